"""A folder for each student, and nbgrader's: whose each file is, which exercise it answers, and when it was handed in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from made_up_sources import STARTER, lay_out, read, reasons, told, zipped

from grader.errors import UsageError
from grader.model import Student


def test_each_way_to_lay_out_a_students_folder_is_read(tmp_path):
    lay_out(tmp_path, {
        "ada/ex03.py": "x = 1",
        "bob/ex03/ex03.ipynb": "{}",
        "cyd/exercises/ex03_stateless_layer/ex03.py": "x = 2",
        "dan/EX3.PY": "x = 3",
        "eve/week1/ex03_stateless_layer/answer.py": "x = 4",
        "fay/my_ex03.py": "x = 5",
    })  # fmt: skip
    intake = read(tmp_path)
    assert intake.kind == "a folder for each student" and not intake.skipped
    assert [(s.student, s.exercise) for s in intake.submissions] == [
        (student, "ex03_stateless_layer") for student in ("ada", "bob", "cyd", "dan", "eve", "fay")
    ]


def test_what_is_no_submission_is_named_with_the_reason(tmp_path):
    lay_out(tmp_path, {
        "ada/notes.txt": "", "ada/ex99.py": "", "ada/ex03.py": STARTER, "ada/.ex04.py": "", "ada/test_ex05.py": "",
        "ada/__pycache__/ex03.py": "", "readme.md": "", "ada/work.rar": "", "ada/ex06.py": "x" * (1 << 20) + "x",
    })  # fmt: skip
    (tmp_path / "ada" / "ex07.py").symlink_to("/etc/passwd")
    (tmp_path / "bob").symlink_to(tmp_path / "ada")
    os.mkfifo(tmp_path / "ada" / "ex08.py")
    intake = read(tmp_path)
    assert not intake.submissions
    assert reasons(intake) == {
        "ada/notes.txt": "it is neither a .py nor an .ipynb file",
        "ada/ex99.py": "no exercise has this name",
        "ada/ex03.py": "it is the starter, nothing was filled in",
        "ada/.ex04.py": "its name begins with a dot",
        "ada/test_ex05.py": "no exercise has this name",
        "ada/__pycache__": "a folder of this name is not read",
        "readme.md": "it is neither a .py nor an .ipynb file",
        "ada/work.rar": "it is packed, and neither a zip nor a tar",
        "ada/ex06.py": "it is larger than 1 MiB",
        "ada/ex07.py": "it is a link",
        "ada/ex08.py": "it is no regular file",
        "bob": "it is a link",
    }


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    lay_out(tmp_path, {"ada/ex03.py": "x = 1"})

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("grader.intake.handed_in.read_submission", refuse)
    assert reasons(read(tmp_path)) == {"ada/ex03.py": "it cannot be read: Permission denied"}


def test_a_folder_that_cannot_be_read_is_named(tmp_path):
    lay_out(tmp_path, {"ada/ex03.py": "x = 1", "bob/ex03.py": "x = 1"})
    (tmp_path / "ada").chmod(0)
    program = (
        "import sys; from pathlib import Path; from grader.worker.capabilities import give_up\n"
        "give_up()  # the administrator may read everything, unless it gives that up\n"
        "from made_up_sources import read, reasons; print(reasons(read(Path(sys.argv[1]))))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)])}
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, env=environment)
    (tmp_path / "ada").chmod(0o700)
    assert run.stdout.strip() == "{'ada': 'it cannot be read: Permission denied'}", run.stderr


def test_all_submissions_of_a_student_are_kept_and_the_last_counts(tmp_path):
    lay_out(tmp_path, {"ada/second/ex03.py": "x = 2"}, when=1_700_000_100)
    lay_out(tmp_path, {"ada/third/ex03.py": "x = 1"}, when=1_700_000_000)
    assert [s.file for s in read(tmp_path).submissions] == ["ada/third/ex03.py", "ada/second/ex03.py"]


def test_of_files_alike_in_time_the_one_with_the_exercises_own_name_counts_and_a_copy_is_later(tmp_path):
    lay_out(
        tmp_path, dict.fromkeys(["ada/ex03.py", "ada/ex03_old.py", "ada/ex03 (2).py", "ada/ex03-1.py", "ada/my_ex03.py"], "x")
    )
    intake = read(tmp_path)
    assert [s.file for s in intake.submissions] == ["ada/ex03_old.py", "ada/ex03.py", "ada/ex03-1.py", "ada/ex03 (2).py"]
    assert reasons(intake) == {"ada/my_ex03.py": "a file beside it is called ex03"}


def test_the_exercise_asked_for_settles_what_names_leave_open(tmp_path):
    lay_out(tmp_path, {
        "ada/solution.py": "a", "bob/one.py": "b", "bob/two.py": "b", "cyd/solution.py": "c", "cyd/ex03.py": "c", "dan/ex04.py": "d",
    })  # fmt: skip
    assert set(told(read(tmp_path))) == {"cyd/ex03.py", "dan/ex04.py"}
    intake = read(tmp_path, only=("ex03",))
    assert told(intake) == {"ada/solution.py": ("ada", "ex03"), "cyd/ex03.py": ("cyd", "ex03")}
    assert reasons(intake)["dan/ex04.py"] == "ex04 is not asked for"
    assert (
        "not the only file" in reasons(intake)["bob/one.py"]
        and reasons(intake)["cyd/solution.py"] == "no exercise has this name"
    )
    assert set(told(read(tmp_path, only=("ex03", "ex04")))) == {"cyd/ex03.py", "dan/ex04.py"}


def test_what_a_file_says_of_its_author_counts_for_nothing(tmp_path):
    lay_out(
        tmp_path, {"ada/ex03.py": "# student: bob\n__author__ = 'bob'\n", "ada/submission_metadata.yml": "submission_1:\n"}
    )
    lay_out(tmp_path, {"ada/bob/ex03.py": "x", "ada/submitted/bob/ex03/ex03.py": "y", "ada/bob_9_9_ex04.py": "z"})
    assert {s.student for s in read(tmp_path).submissions} == {"ada"}


def test_names_that_would_steer_a_terminal_or_cannot_be_written_down_are_told_apart(tmp_path):
    for name in (b"a\xff", b"a\xfe", b"a\x1b[31m", b"a\nb", b"a\\n"):
        folder = os.path.join(os.fsencode(tmp_path), name)
        os.mkdir(folder)
        with open(os.path.join(folder, b"ex03.py"), "w") as file:
            file.write("x")
    students = [s.student for s in read(tmp_path).submissions]
    assert len(set(students)) == 5 and all(student.isprintable() for student in students)
    assert "".join(students).encode()


def test_one_name_is_one_student_whichever_system_composed_its_accents(tmp_path):
    lay_out(tmp_path, {"Jose\u0301/ex03.py": "x", "Jos\u00e9/ex04.py": "y"})
    assert {s.student for s in read(tmp_path).submissions} == {"Jos\u00e9"}


def test_a_source_is_read_the_same_wherever_it_lies_and_however_it_is_packed(tmp_path):
    lay_out(
        tmp_path / "class",
        {"ada/ex03.py": "x", "bob/a/ex03.ipynb": "{}", "bob/notes.txt": "", "readme": "", "cyd/__pycache__/a": ""},
    )
    shutil.copytree(tmp_path / "class", tmp_path / "elsewhere" / "copy")
    wanted = read(tmp_path / "class")
    others = [tmp_path / "elsewhere" / "copy"]
    others += [shutil.make_archive(str(tmp_path / f"p{f}"), f, tmp_path / "class") for f in ("zip", "tar", "gztar", "xztar")]
    others += [shutil.make_archive(str(tmp_path / f"q{f}"), f, tmp_path, "class") for f in ("zip", "tar")]
    for other in others:
        intake = read(type(tmp_path)(other))
        assert (intake.submissions, intake.skipped) == (wanted.submissions, wanted.skipped), other


def test_a_source_that_is_not_there_is_the_callers_mistake(tmp_path):
    with pytest.raises(UsageError, match="no folder"):
        read(tmp_path / "none")


# ---- nbgrader -------------------------------------------------------------------------------------------------------------


def nbgrader_course(top):
    return lay_out(top, {
        "submitted/ada/ex03/problem.ipynb": "{}",
        "submitted/ada/ex03/timestamp.txt": "2015-02-02 14:58:23.948203 America/Los_Angeles\n",
        "submitted/bob/ex03/ex03.ipynb": "{}",
        "submitted/bob/ex03/timestamp.txt": "2015-02-02 14:58:23.948203 +0130",
        "submitted/cyd/ps1/ex04.ipynb": "{}",
        "submitted/cyd/ps1/timestamp.txt": "2015-02-02 14:58:23.948203 UTC",
        "submitted/dan/ex03/ex03.ipynb": "{}",
        "submitted/eve/ex03/ex03.ipynb": "{}",
        "submitted/eve/ex03/timestamp.txt": "soon",
        "submitted/fay/ex03/data/timestamp.txt": "2015-02-02 14:58:23",
        "source/ex03/ex03.ipynb": "{}",
        "nbgrader_config.py": "",
    })  # fmt: skip


def test_nbgraders_course_is_recognised_and_its_times_are_read(tmp_path):
    intake = read(nbgrader_course(tmp_path))
    assert intake.kind == "nbgrader's submitted/"
    assert [(s.student, s.exercise[:4], s.received_at) for s in intake.submissions] == [
        ("ada", "ex03", "2015-02-02T22:58:23+00:00"),
        ("bob", "ex03", "2015-02-02T13:28:23+00:00"),
        ("cyd", "ex04", "2015-02-02T14:58:23+00:00"),
        ("dan", "ex03", "2023-11-14T22:13:20+00:00"),
        ("eve", "ex03", ""),
    ]
    why = reasons(intake)
    assert why["submitted/eve/ex03/timestamp.txt"].startswith("it says no time that can be read")
    assert why["source/ex03/ex03.ipynb"] == why["nbgrader_config.py"] == "it lies beside submitted/"
    assert why["submitted/ada/ex03/timestamp.txt"].startswith("it says when")
    assert why["submitted/fay/ex03/data/timestamp.txt"] == "it is neither a .py nor an .ipynb file"


def test_nbgraders_folder_is_read_packed_and_without_its_course(tmp_path):
    nbgrader_course(tmp_path / "c")
    whole = read(tmp_path / "c")
    packed = read(type(tmp_path)(shutil.make_archive(str(tmp_path / "z"), "zip", tmp_path / "c")))
    assert packed.submissions == whole.submissions and packed.skipped == whole.skipped
    alone = read(tmp_path / "c" / "submitted", kind="nbgrader")
    assert [(s.student, s.received_at) for s in alone.submissions] == [(s.student, s.received_at) for s in whole.submissions]


def test_nbgraders_own_folder_is_recognised_by_the_times_that_most_students_have(tmp_path):
    whole = read(nbgrader_course(tmp_path / "c"))
    alone = read(tmp_path / "c" / "submitted")
    assert alone.kind == whole.kind
    assert [(s.student, s.received_at) for s in alone.submissions] == [(s.student, s.received_at) for s in whole.submissions]


def test_a_student_who_writes_a_time_makes_no_course_of_nbgraders(tmp_path):
    dated = {"ada/ex03/ex03.py": "x", "ada/ex03/timestamp.txt": "2000-01-01 00:00:00 UTC"}
    for top, others in (("one", {}), ("two", {"bob/ex03/ex03.py": "x"}), ("three", {"bob/ex03.py": "x", "cyd/ex03.py": "y"})):
        intake = read(lay_out(tmp_path / top, {**dated, **others}))
        assert intake.kind == "a folder for each student"
        assert {s.received_at for s in intake.submissions} == {"2023-11-14T22:13:20+00:00"}


def test_a_time_that_a_student_packed_is_not_believed(tmp_path):
    nbgrader_course(tmp_path)
    (tmp_path / "submitted" / "gus").mkdir()
    packed = zipped(tmp_path / "submitted" / "gus" / "ps.zip", {"ex03.py": "x", "timestamp.txt": "2000-01-01 00:00:00 UTC"})
    os.utime(packed, (1_700_000_000, 1_700_000_000))
    intake = read(tmp_path)
    assert [s.received_at for s in intake.submissions if s.student == "gus"] == ["2023-11-14T22:13:20+00:00"]
    assert "a student may have packed it" in reasons(intake)["submitted/gus/ps/timestamp.txt"]


def test_no_students_names_are_made_up(tmp_path):
    assert read(lay_out(tmp_path, {"ada/ex03.py": "x"})).students == {}
    assert Student("ada") == Student("ada", "", "", "")


def test_what_a_source_is_can_be_said(tmp_path):
    zipped(tmp_path / "x.zip", {"submitted/ada/ex03/ex03.py": "x = 1"})
    assert told(read(tmp_path / "x.zip")) == {"submitted/ada/ex03/ex03.py": ("ada", "ex03")}
    assert told(read(tmp_path / "x.zip", kind="folders")) == {"submitted/ada/ex03/ex03.py": ("submitted", "ex03")}
    with pytest.raises(UsageError, match="no export of Gradescope"):
        read(tmp_path / "x.zip", kind="gradescope")
    intake = read(tmp_path / "x.zip", kind="canvas")
    assert not intake.submissions and reasons(intake) == {"submitted/ada/ex03/ex03.py": "Canvas gives files no such names"}
