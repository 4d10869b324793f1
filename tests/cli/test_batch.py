"""A class is graded with one command: nothing is lost, nothing is judged twice, and what is no submission is named."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from conftest import ROOT

from grader.course.paths import find_course


def answer(word, kind="reference", name=""):
    folder = next(p for p in (ROOT / "solutions").iterdir() if p.name.startswith(word))
    return (folder / "reference.py" if kind == "reference" else folder / kind / f"{name}.py").read_text()


def hand_in(top, path, text):
    file = top / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.fixture
def small_class(tmp_path):
    top = tmp_path / "class"
    hand_in(top, "ada/ex03.py", answer("ex03"))
    hand_in(top, "bob/ex03/ex03.py", answer("ex03", "wrong_answer", "leaky_relu"))
    hand_in(top, "bob/notes.txt", "hello")
    hand_in(top, "cyd/exercises/ex03_stateless_layer/ex03.py", answer("ex03"))
    starter = ROOT / "exercises" / "ex03_stateless_layer" / "ex03.py"
    hand_in(top, "dan/ex03.py", starter.read_text())
    hand_in(top, "eve/ex01_mine.py", "def linear_forward(:\n")
    hand_in(top, "readme.md", "all of them")
    (top / "eve" / "ex03.py").symlink_to("/etc/passwd")
    return top


def rows(book, query):
    with sqlite3.connect(book) as connection:
        return connection.execute(query).fetchall()


def test_a_class_is_graded_and_kept(grade, small_class, tmp_path):
    book = tmp_path / "book.db"
    run = grade("batch", str(small_class), "--book", str(book))
    assert run.returncode == 0, run.stderr
    scores = rows(
        book,
        "SELECT student, s.exercise, score FROM submissions s JOIN judgements j USING (exercise, sha256) ORDER BY student",
    )
    assert [(s, e[:4]) for s, e, _ in scores] == [("ada", "ex03"), ("bob", "ex03"), ("cyd", "ex03"), ("eve", "ex01")]
    assert scores[0][2] == scores[2][2] == 6 and scores[1][2] < 6 and scores[3][2] == 0
    for text in ("bob/notes.txt", "readme.md", "dan/ex03.py: it is the starter", "eve/ex03.py: it is a link"):
        assert text in run.stdout
    assert "could not be loaded: eve/ex01_mine.py" in run.stdout


def test_the_same_file_is_judged_once_and_never_again(grade, small_class, tmp_path):
    book = str(tmp_path / "book.db")
    for told in ("", "3 files judged before"):
        run = grade("batch", str(small_class), "--book", book)
        assert run.returncode == 0 and told in run.stdout
        assert "missing, ex01: ada, bob, cyd" in run.stdout, "whoever the table counts is named"
    assert rows(book, "SELECT COUNT(*) FROM judgements") == [(3,)]  # ada's and cyd's files are the same
    assert rows(book, "SELECT COUNT(*) FROM submissions") == [(4,)]
    assert grade("batch", str(small_class), "--book", book, "--again", "-e", "ex03").returncode == 0
    assert rows(book, "SELECT COUNT(*) FROM judgements") == [(5,)]


def test_a_dry_run_judges_nothing(grade, small_class, tmp_path):
    book = tmp_path / "book.db"
    run = grade("batch", str(small_class), "--book", str(book), "--dry-run")
    assert run.returncode == 0 and not book.exists()
    assert "bob/ex03/ex03.py: ex03_stateless_layer of bob" in run.stdout


def test_nbgraders_folder_is_recognised(grade, tmp_path):
    top = tmp_path / "course"
    hand_in(top, "submitted/ada/ex03/ex03.py", answer("ex03"))
    run = grade("batch", str(top), "--dry-run")
    assert "nbgrader" in run.stdout and "ex03_stateless_layer of ada" in run.stdout


def test_a_folder_without_submissions_exits_2(grade, tmp_path):
    assert grade("batch", str(tmp_path), "--book", str(tmp_path / "b.db")).returncode == 2
    assert grade("batch", str(tmp_path / "not_there")).returncode == 2


def test_the_last_submission_counts_and_all_are_kept(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    file = hand_in(top, "ada/ex03.py", answer("ex03"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert "6.00" in grade("batch", str(top), "--book", book).stdout
    file.write_text(answer("ex03", "wrong_answer", "forgets_return"))
    assert "6.00" not in grade("batch", str(top), "--book", book).stdout
    assert rows(book, "SELECT COUNT(*) FROM submissions") == [(2,)]


def test_a_class_that_was_copied_again_is_not_late_by_that(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    file = hand_in(top, "ada/ex03.py", answer("ex03"))
    for when in (1_700_000_000, 1_800_000_000):
        os.utime(file, (when, when))
        assert grade("batch", str(top), "--book", book).returncode == 0
    assert rows(book, "SELECT received_at FROM submissions") == [("2023-11-14T22:13:20+00:00",)]


def test_a_time_that_is_still_to_come_is_named(grade, tmp_path):
    for name in ("ada", "bob"):
        hand_in(tmp_path, f"{name}/ex03.py", answer("ex03"))
    os.utime(tmp_path / "ada" / "ex03.py", (1 << 33, 1 << 33))
    run = grade("batch", str(tmp_path), "--dry-run")
    told = [line for line in run.stdout.splitlines() if "still to come" in line]
    assert told == ["  look at ada/ex03.py: the time at which it was received is still to come"]


def interrupted_batch(top, book, held, *words):
    """Stop a batch once the gradebook holds more judgements than so many; return what it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "batch", str(top), "--book", book, "--jobs", "1", *words],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests may run in the background, where it is ignored
    )  # fmt: skip
    while not (
        os.path.exists(book)
        and rows(book, "SELECT name FROM sqlite_master")
        and rows(book, "SELECT COUNT(*) FROM judgements")[0][0] > held
    ):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does: everyone in the foreground gets it
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Stopped" in out and "ex03" in out and "Traceback" not in err
    return out


def test_ctrl_c_stops_with_a_summary_and_the_same_command_goes_on(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    files = find_course(ROOT).exercise("ex03_stateless_layer").known("wrong_answer")[:16]
    for number, file in enumerate(files):
        hand_in(top, f"student{number:02}/ex03.py", file.read_text())
    out = interrupted_batch(top, book, 0)
    held = rows(book, "SELECT COUNT(*) FROM judgements")[0][0]
    assert f"not judged yet: {len(files) - held} submissions" in out
    assert 0 < held < len(files)
    assert grade("batch", str(top), "--book", book).returncode == 0
    assert rows(book, "SELECT COUNT(*), COUNT(DISTINCT sha256) FROM judgements") == [(len(files), len(files))]
    told = interrupted_batch(top, book, len(files), "--again")
    assert "goes on" not in told and "The same command begins with the first file again" in told


def test_who_of_the_roster_handed_in_nothing_is_missing_and_has_no_zero(grade, tmp_path):
    hand_in(tmp_path, "class/ada/ex03.py", answer("ex03"))
    roster = hand_in(tmp_path, "roster.csv", "id,name,email,section\nada,Ada Lovelace,ada@x.edu,1\nbob,Bob,,1\n")
    book = str(tmp_path / "book.db")
    run = grade("batch", str(tmp_path / "class"), "--book", book, "--roster", str(roster))
    assert run.returncode == 0 and "missing, ex03: bob" in run.stdout and "6.00" in run.stdout
    shown = grade("book", "--book", book).stdout
    assert "ada (Ada Lovelace)" in shown and "bob (Bob)" in shown and "–" in shown
    told = grade("adjust", "bob", "ex03", "--points", "2", "--because", "by mail", "--book", book).stdout
    assert "Now: 2±" in told, "what a person gives counts, also where nothing was judged"


def test_a_clone_is_who_the_roster_or_the_gradebook_knows_also_where_it_comes_alone(grade, tmp_path):
    book, roster = str(tmp_path / "book.db"), hand_in(tmp_path, "roster.csv", "id\ns26-ada\ns26-bob\n")
    for name in ("s26-ada", "s26-bob"):
        file = hand_in(tmp_path, f"clones/{name}/ex03.py", answer("ex03"))
        subprocess.run(["git", "init", "-q"], cwd=file.parent, check=True)
    run = grade("batch", str(tmp_path / "clones"), "--book", book, "--roster", str(roster))
    assert run.returncode == 0, run.stderr
    assert "named without" not in run.stdout and "not on the roster" not in run.stdout and "missing, ex03" not in run.stdout
    assert rows(book, "SELECT student FROM submissions ORDER BY 1") == [("s26-ada",), ("s26-bob",)]
    (tmp_path / "clones" / "s26-ada").rename(tmp_path / "alone-s26-ada")
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone-s26-ada").rename(tmp_path / "alone" / "ex03-s26-ada")
    run = grade("batch", str(tmp_path / "alone"), "--book", book, "--dry-run")
    assert "ex03-s26-ada/ex03.py: ex03_stateless_layer of s26-ada" in run.stdout and "named without ex03-" in run.stdout


def test_sections_are_not_taken_for_students_unless_the_caller_says_so(grade, tmp_path):
    for student in ("secA/ada", "secA/bob", "secB/ada", "secB/cyd"):
        hand_in(tmp_path, f"class/{student}/ex03.py", answer("ex03") + f"# {student}\n")
    top, book = tmp_path / "class", tmp_path / "book.db"
    run = grade("batch", str(top), "--book", str(book))
    assert run.returncode == 2 and not book.exists(), "nothing is in the gradebook under a section's name"
    assert "secA, secB: this looks like sections" in run.stderr and f"grade batch {top}/*" in run.stderr
    run = grade("batch", str(top), "--dry-run", "--book", str(book))
    assert run.returncode == 0 and "this looks like sections" in run.stdout and f"grade batch {top}/*" in run.stdout
    run = grade("batch", str(top), "--dry-run", "--book", str(book), "--from", "folders")
    assert "looks like sections" not in run.stdout and "4 submissions of 2 students" in run.stdout
    run = grade("batch", str(top / "secA"), str(top / "secB"), "--book", str(book))
    assert run.returncode == 0 and "ex03 of one student in several sources: ada\n" in run.stdout and "--book" in run.stdout
    assert rows(book, "SELECT DISTINCT student FROM submissions ORDER BY 1") == [("ada",), ("bob",), ("cyd",)]


def test_a_learning_systems_number_and_the_rosters_id_are_one_student(grade, tmp_path):
    book, new_book = str(tmp_path / "book.db"), str(tmp_path / "new.db")
    roster = hand_in(tmp_path, "roster.csv", "id,name\nada01,Ada Lovelace\nbob01,Bob M\nt1,Eve\nt2,Eve\n")
    for name in ("Ada Lovelace_12", "Bob M_13", "Eve_14"):
        hand_in(tmp_path, f"moodle/{name}_assignsubmission_file/ex03.py", answer("ex03"))
    command = ("batch", str(tmp_path / "moodle"), "--roster", str(roster))
    run = grade(*command, "--book", book)
    assert "found on the roster by name or e-mail address: 2 students" in run.stdout, run.stderr
    assert "not on the roster: 14 (may be t1 or t2)\n" in run.stdout and "missing, ex03: t1, t2\n" in run.stdout
    assert [s for (s,) in rows(book, "SELECT DISTINCT student FROM submissions ORDER BY 1")] == ["14", "ada01", "bob01"]
    again = grade(*command, "--book", book, "--dry-run").stdout
    assert (
        "  12 is ada01\n" in again and "ex03_stateless_layer of ada01 (Ada Lovelace)" in again and "by another id" not in again
    )
    forgotten = grade("batch", str(tmp_path / "moodle"), "--book", book, "--dry-run").stdout
    assert "may be in the gradebook by another id: 12 is ada01, 13 is bob01; --roster" in forgotten
    assert grade("batch", str(tmp_path / "moodle"), "--book", new_book).returncode == 0
    late = grade(*command, "--book", new_book, "--dry-run").stdout
    assert "12 (may be ada01, and is in the gradebook by this id)" in late and "found on the roster" not in late
    assert "by another id than on the roster: 12 is ada01, 13 is bob01; only a new --book" in late


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_doubled(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    course = find_course(ROOT)
    exercise = course.exercise("ex03_stateless_layer")
    for number, file in enumerate(exercise.known("wrong_answer")[:12]):
        hand_in(top, f"student{number:02}/ex03.py", file.read_text())
    for seconds in (3.0, 4.5, 6.0):
        process = subprocess.Popen(
            [sys.executable, "-m", "grader.cli", "batch", str(top), "--book", book],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(seconds)
        before = os.path.exists(book) and rows(book, "SELECT COUNT(*) FROM sqlite_master") != [(0,)]
        held = set(rows(book, "SELECT id, sha256 FROM judgements")) if before else set()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if before:
            assert held <= set(rows(book, "SELECT id, sha256 FROM judgements"))
    assert grade("batch", str(top), "--book", book).returncode == 0
    judged = rows(book, "SELECT sha256 FROM judgements")
    assert len(judged) == len(set(judged)) == len({s for (s,) in rows(book, "SELECT sha256 FROM submissions")})


def test_the_book_shows_last_and_best_and_a_correction_survives_regrading(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    file = hand_in(top, "ada/ex03.py", answer("ex03"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    grade("batch", str(top), "--book", book)
    file.write_text(answer("ex03", "wrong_answer", "forgets_return"))
    grade("batch", str(top), "--book", book)
    assert "0 (6)" in grade("book", "--book", book).stdout
    run = grade("adjust", "ada", "ex03", "--points", "+1.5", "--because", "the statement was unclear", "--book", book)
    assert run.returncode == 0 and "1.5± (6)" in run.stdout
    grade("batch", str(top), "--book", book, "--again")
    assert "1.5± (6)" in grade("book", "--book", book).stdout


def test_a_student_who_is_not_in_the_book_is_asked_about(grade, tmp_path):
    top, book = tmp_path / "class", str(tmp_path / "book.db")
    hand_in(top, "ada/ex03.py", answer("ex03", "wrong_answer", "forgets_return"))
    grade("batch", str(top), "--book", book)
    run = grade("adjust", "adda", "ex03", "--points", "1", "--because", "x", "--book", book)
    assert run.returncode == 2 and "Did you mean ada?" in run.stderr
    assert grade("book", "--book", str(tmp_path / "none.db")).returncode == 2


def test_an_archive_of_a_class_is_read_like_its_folder(grade, small_class, tmp_path):
    import shutil

    (small_class / "eve" / "ex03.py").unlink()
    for file in small_class.rglob("*.py"):
        os.utime(file, (1_700_000_000, 1_700_000_000))  # a zip made so holds even seconds alone
    archive = shutil.make_archive(str(tmp_path / "handed_in"), "zip", small_class)
    of_folder = grade("batch", str(small_class), "--dry-run").stdout.splitlines()[1:]
    of_archive = grade("batch", archive, "--dry-run").stdout.splitlines()[1:]
    assert of_archive == of_folder and any("of bob" in line for line in of_archive)


def test_a_file_name_cannot_steer_the_terminal(grade, tmp_path):
    hand_in(tmp_path / "class", "ada/\x1b[31mex03\x07.txt", "x")
    run = grade("batch", str(tmp_path / "class"), "--dry-run")
    assert run.returncode == 0 and "\x1b" not in run.stdout and "ex03" in run.stdout


GROUP = """submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1'
    :email: ada@x.edu
  - :name: Bob B
    :sid: '2'
  :created_at: 2024-02-01 12:00:00.000000000 Z
"""


def test_a_dry_run_shows_whose_each_file_would_be(grade, tmp_path):
    hand_in(tmp_path, "export/submission_metadata.yml", GROUP)
    hand_in(tmp_path, "export/submission_1/ex03.py", answer("ex03"))
    hand_in(tmp_path, "canvas/curiemarie_LATE_7_8_ex03.py", answer("ex03"))
    for number in range(12):
        hand_in(tmp_path, f"canvas/curiemarie_LATE_7_{number}_notes.txt", "")
    run = grade("batch", str(tmp_path / "export"), str(tmp_path / "canvas"), "--dry-run", "-e", "ex03")
    assert "an export of Gradescope; 2 submissions of 2 students" in run.stdout
    assert (
        "submission_1/ex03.py: ex03_stateless_layer of 1 (Ada Lovelace), received 2024-02-01T12:00:00+00:00, together with 2"
        in run.stdout
    )
    assert "curiemarie_LATE_7_8_ex03.py: ex03_stateless_layer of 7 (curiemarie), marked late" in run.stdout
    assert run.stdout.count("_notes.txt: it is neither") == 12


def test_a_group_is_judged_once_and_written_for_each_member(grade, tmp_path):
    book = tmp_path / "book.db"
    hand_in(tmp_path, "export/submission_metadata.yml", GROUP)
    hand_in(tmp_path, "export/submission_1/ex03.py", answer("ex03"))
    (tmp_path / "roster.csv").write_text("id;name\n2;Bob Brown\n3;Cyd\n")
    run = grade("batch", str(tmp_path / "export"), "--book", str(book), "--roster", str(tmp_path / "roster.csv"))
    assert run.returncode == 0, run.stderr
    assert rows(book, "SELECT student, together FROM submissions ORDER BY 1") == [("1", '["1","2"]'), ("2", '["1","2"]')]
    assert rows(book, "SELECT COUNT(*) FROM judgements") == [(1,)]
    names = "SELECT student, name, email FROM students ORDER BY 1"
    assert rows(book, names) == [("1", "Ada Lovelace", "ada@x.edu"), ("2", "Bob Brown", ""), ("3", "Cyd", "")]
    assert "missing, ex03: 3" in run.stdout and "not on the roster: 1" in run.stdout and "the same file" not in run.stdout
    grade("batch", str(tmp_path / "export"), "--book", str(book))  # without the roster its names stay
    assert rows(book, names) == [("1", "Ada Lovelace", "ada@x.edu"), ("2", "Bob Brown", ""), ("3", "Cyd", "")]
