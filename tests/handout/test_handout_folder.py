"""`grade handout` writes into a new folder or its own, and never on top of somebody's work."""

from __future__ import annotations

import json
import subprocess

import pytest
from a_handout import INDEX

from grader.author.handout_folder import LIST, HandoutFolder
from grader.author.handout_keep import Keep, digest
from grader.errors import CourseError, UsageError

FROM_INDEX = ("--grader", "index", "--index-url", INDEX)

FIRST = {"README.md": b"read me\n", "exercises/ex01/ex01.py": b"raise NotImplementedError\n", "wheels/grade-1.whl": b"PK"}
SECOND = {
    "README.md": b"read me\n",
    "exercises/ex01/ex01.py": b"# anew\nraise NotImplementedError\n",
    "wheels/grade-2.whl": b"PK",
}


def files(folder):
    found = (p for p in folder.rglob("*") if p.is_file() and ".git" not in p.parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if p.name != LIST}


@pytest.fixture
def folder(tmp_path):
    HandoutFolder(tmp_path / "handout").write(FIRST)
    return tmp_path / "handout"


def refuses(folder, words):
    before = files(folder)
    with pytest.raises(UsageError, match=words):
        HandoutFolder(folder).write(SECOND)
    assert files(folder) == before


def test_a_new_folder_holds_what_was_handed_out(folder):
    assert files(folder) == FIRST
    assert set(json.loads((folder / LIST).read_text())["files"]) == set(FIRST)


def test_writing_again_brings_it_up_to_date_and_removes_what_is_no_longer_there(folder):
    HandoutFolder(folder).write(SECOND)
    assert files(folder) == SECOND


def test_writing_the_same_again_touches_nothing(folder):
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    HandoutFolder(folder).write(FIRST)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()} == before


def test_a_repository_stays_one_and_a_clone_gets_the_update(folder, tmp_path):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(folder)]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    (folder / ".git" / "hooks" / "mine").write_text("x")
    HandoutFolder(folder).write(SECOND)
    assert (folder / ".git" / "hooks" / "mine").read_text() == "x"
    changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    assert "README.md" not in changed and "ex01.py" in changed


def test_an_empty_repository_is_as_good_as_a_new_folder(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    HandoutFolder(tmp_path / "new").write(FIRST)
    assert files(tmp_path / "new") == FIRST


def test_what_grade_keeps_for_a_student_is_no_work_of_anybodys(folder):
    (folder / ".grade").mkdir()
    (folder / ".grade" / "progress.json").write_text("{}")
    (folder / "exercises" / "ex01" / "__pycache__").mkdir()
    (folder / "exercises" / "ex01" / "__pycache__" / "ex01.pyc").write_bytes(b"x")
    HandoutFolder(folder).write(SECOND)
    assert (folder / ".grade" / "progress.json").exists()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "README.md").write_text("mine")
    refuses(tmp_path, r"did not write: thesis\.tex, a/README\.md")


def test_an_answer_that_was_filled_in_is_neither_lost_nor_handed_out(folder):
    (folder / "exercises" / "ex01" / "ex01.py").write_text("my answer\n")
    refuses(folder, r"changed since `grade handout` wrote it: exercises/ex01/ex01\.py")


def test_a_file_that_was_added_is_named_and_not_handed_out_with_the_rest(folder):
    (folder / "exercises" / "ex01" / "ex01.old-1.py").write_text("an answer\n")
    refuses(folder, r"did not write: exercises/ex01/ex01\.old-1\.py")


def test_a_file_that_is_already_what_it_would_become_is_no_conflict(folder):
    (folder / "exercises" / "ex01" / "ex01.py").write_bytes(SECOND["exercises/ex01/ex01.py"])
    HandoutFolder(folder).write(SECOND)
    assert files(folder) == SECOND


def test_a_file_that_was_removed_comes_back(folder):
    (folder / "README.md").unlink()
    HandoutFolder(folder).write(FIRST)
    assert files(folder) == FIRST


@pytest.mark.parametrize("place", ["README.md", "exercises", "exercises/ex01/ex01.py"])
def test_nothing_is_written_through_a_link(folder, tmp_path, place):
    import shutil

    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder / place, elsewhere)
    (folder / place).symlink_to(elsewhere)
    before = {p: p.read_bytes() for p in [elsewhere, *elsewhere.rglob("*")] if p.is_file()}
    with pytest.raises(UsageError):
        HandoutFolder(folder).write(SECOND)
    assert {p: p.read_bytes() for p in [elsewhere, *elsewhere.rglob("*")] if p.is_file()} == before


def test_a_list_that_names_files_outside_removes_nothing_there(folder, tmp_path):
    (tmp_path / "precious").write_text("x")
    document = json.loads((folder / LIST).read_text())
    document["files"]["../precious"] = "0" * 64
    (folder / LIST).write_text(json.dumps(document))
    with pytest.raises(UsageError, match="damaged"):
        HandoutFolder(folder).write(SECOND)
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema": "grade/handout/v9", "grade": "9", "files": {}}'])
def test_a_damaged_list_is_told(folder, text):
    (folder / LIST).write_text(text)
    refuses(folder, "damaged|another version")


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "handout").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        HandoutFolder(tmp_path / "handout")


# ---- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["exercises/out"], "lies inside exercises/"),
        (["solutions/x"], "lies inside solutions/"),
        (["out", "--hidden", "keyed", "--key-file", "out/key"], "students would get it"),
        (["out", "--gradescope", "out/z.zip"], "students would get it"),
        (["out", "--gradescope", "nowhere/z.zip"], "nowhere/z.zip cannot be written"),
        (["out", "--gradescope", "exercises"], "exercises cannot be written"),
        (["out", "--hidden", "keyed", "--key-file", "nowhere/key"], "nowhere/key cannot be written"),
        (["exercises/course.toml/out"], "cannot be written|lies inside"),
        (["out", "--key-file", "key"], "--key-file is for --hidden keyed"),
        (["out", "--grader", "index"], "the name grade-torch may be anybody's"),
        (["out", "--index-url", INDEX], "--index-url is for --grader index"),
        (["out", "--grader", "index", "--index-url", "https://pypi.org/simple/"], "is a public index"),
        (["out", "--grader", "index", "--index-url", "https://me:secret@example.edu/simple"], "students would get it"),
        (["out", "--grader", "index", "--index-url", "https://x/ -r evil"], "is no address"),
        (["out", "--grader", "index", "--index-url", "https://x/\n--extra-index-url y"], "is no address"),
        (["out", "--grader", "index", "--index-url", "https://$HOST/simple"], "is no address"),
        (["out", "--hidden", "keyed", "--key-file", "exercises/course.toml"], "holds no key"),
        (["."], "did not write|lies inside"),
    ],
)
def test_odd_places_are_refused_before_anything_is_written(course_copy, monkeypatch, words, message):
    from grader.cli.main import main_group

    before = sorted(course_copy.rglob("*"))
    monkeypatch.chdir(course_copy)
    with pytest.raises(UsageError, match=message):
        main_group.main(["handout", *words, "--lang", "en"], standalone_mode=False)
    assert sorted(course_copy.rglob("*")) == before


def test_a_handout_makes_no_handout(grade, handout, tmp_path):
    run = grade("handout", str(tmp_path / "out"), cwd=handout)
    assert run.returncode == 2 and "for teachers" in run.stderr


@pytest.fixture
def small_course(course_copy):
    """Two exercises, one of them a draft: the rest of the command is the same for fourteen."""
    import shutil

    for folder in [*course_copy.glob("exercises/ex*"), *course_copy.glob("solutions/ex*")]:
        if folder.name not in ("ex01_linear_forward", "ex03_stateless_layer"):
            shutil.rmtree(folder)
    config = course_copy / "exercises" / "ex01_linear_forward" / "exercise.toml"
    config.write_text("draft = true\n" + config.read_text())
    return course_copy


def test_a_key_is_made_kept_used_again_and_never_handed_out(grade, small_course, tmp_path):
    words = ("handout", str(tmp_path / "out"), "--hidden", "keyed", *FROM_INDEX, "--lang", "en")
    first = grade(*words, "--key-file", "key", cwd=small_course)
    key = (small_course / "key").read_text().strip()
    assert first.returncode == 0 and (small_course / "key").stat().st_mode & 0o777 == 0o600
    assert key not in first.stdout + first.stderr and "A new key is in key" in first.stdout
    second = grade(*words, "--key-file", "key", cwd=small_course)
    assert second.returncode == 0 and (small_course / "key").read_text().strip() == key
    assert "Encrypted with the key in key" in second.stdout
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file() and key.encode() in p.read_bytes()]
    assert "grade-torch[keys]==" in (tmp_path / "out" / "requirements.txt").read_text()
    third = grade(*words, cwd=small_course, GRADE_KEY=key)
    assert third.returncode == 0 and key not in third.stdout and "the key in GRADE_KEY" in third.stdout


def test_a_key_without_a_file_is_shown_once_and_a_draft_stays_at_home(grade, small_course, tmp_path):
    import re

    run = grade("handout", str(tmp_path / "out"), "--hidden", "keyed", *FROM_INDEX, "--lang", "en", cwd=small_course)
    assert run.returncode == 0 and len(re.findall(r"grade1_[\w-]{43}", run.stdout)) == 1
    assert "Drafts are not handed out: ex01" in run.stdout
    assert [p.name for p in (tmp_path / "out" / "exercises").iterdir() if p.is_dir()] == ["ex03_stateless_layer"]


def test_what_was_left_out_or_is_not_proven_is_said(grade, small_course, tmp_path):
    ex03 = small_course / "exercises" / "ex03_stateless_layer"
    (ex03 / "picture.png").write_bytes(b"x")
    with (small_course / "solutions" / "ex03_stateless_layer" / "test_hidden.py").open("a") as file:
        file.write("# changed\n")
    run = grade("handout", str(tmp_path / "out"), "--hidden", "none", *FROM_INDEX, "--lang", "en", cwd=small_course)
    assert "exercises/ex03_stateless_layer/picture.png" in run.stdout and "`grade verify` has not passed" in run.stdout


def test_where_the_zip_cannot_be_written_after_all_there_is_no_handout_and_no_key(small_course, monkeypatch, tmp_path):
    """A disk that is full shows only when it is written to."""
    from grader.cli import handout
    from grader.cli.main import main_group

    def full(path):
        raise UsageError(f"{path} cannot be written: No space left on device.")

    monkeypatch.setattr(handout, "whole_file", full)
    monkeypatch.chdir(small_course)
    before = sorted(small_course.rglob("*"))
    words = ["handout", str(tmp_path / "out"), "--hidden", "keyed", "--key-file", "key", "--gradescope", "z.zip"]
    with pytest.raises(UsageError, match="No space left"):
        main_group.main(words, standalone_mode=False)
    assert sorted(small_course.rglob("*")) == before and not (tmp_path / "out").exists()


# ---- what a teacher keeps there ---------------------------------------------------------------------------------------


KEEP = Keep(("LICENSE", "data/**", "notes/*.pdf"), {digest(b"def answer(): ...\n"): "solutions/ex01/reference.py"})


def lay(folder, **contents):
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_what_the_teacher_names_stays_as_it_is_and_the_rest_is_refused(folder):
    mine = {"LICENSE": b"MIT", "data/a/b.csv": b"1,2\n", "notes/one.pdf": b"%PDF"}
    lay(folder, **mine)
    target = HandoutFolder(folder, KEEP)
    target.write(SECOND)
    assert files(folder) == {**SECOND, **mine} and sorted(target.kept(SECOND)) == sorted(mine)
    assert set(json.loads((folder / LIST).read_text())["files"]) == set(SECOND), "they never become ours"
    for name in ("LICENSE.old", "exercises/LICENSE", "data", "notes/deep/one.pdf", "notes/one.txt"):
        if not (folder / name).exists():
            lay(folder, **{name: b"x"})
            with pytest.raises(UsageError, match="did not write"):
                HandoutFolder(folder, KEEP).write(FIRST)
            (folder / name).unlink()


def test_a_repository_that_was_begun_with_a_licence_takes_a_handout(tmp_path):
    lay(tmp_path / "new", LICENSE=b"MIT")
    HandoutFolder(tmp_path / "new", KEEP).write(FIRST)
    assert files(tmp_path / "new") == {**FIRST, "LICENSE": b"MIT"}


def test_what_a_handout_writes_itself_is_not_overwritten_because_it_is_named(tmp_path):
    lay(tmp_path, **{"README.md": b"years of work"})
    with pytest.raises(UsageError, match="did not write: README"):
        HandoutFolder(tmp_path, Keep(("README.md",))).write(FIRST)
    assert (tmp_path / "README.md").read_bytes() == b"years of work"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "data/reference.py",
            b"def answer(): ...\n",
            r"data/reference\.py is solutions/ex01/reference\.py: students must not",
        ),
        ("solutions/notes.txt", b"notes", "nothing called solutions/ stays"),
        ("Solutions/notes.txt", b"notes", "nothing called solutions/ stays"),
    ],
)
def test_nothing_of_solutions_stays_whatever_it_is_called_and_whoever_says_so(folder, name, content, words):
    lay(folder, **{name: content})
    before = files(folder)
    keep = Keep(("data/**", "solutions/**", "Solutions/**"), KEEP.private)
    with pytest.raises(UsageError, match=words):
        HandoutFolder(folder, keep).write(SECOND)
    assert files(folder) == before


def test_what_students_get_anyway_may_be_there_twice(folder):
    lay(folder, **{"data/copy.md": FIRST["README.md"]})
    HandoutFolder(folder, Keep(("data/**",), {digest(FIRST["README.md"]): "solutions/README.md"})).write(FIRST)


def test_a_link_does_not_stay(folder, tmp_path):
    (folder / "LICENSE").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="LICENSE is a link"):
        HandoutFolder(folder, KEEP).write(SECOND)


def test_the_course_says_what_stays_and_the_command_names_it(grade, small_course, tmp_path):
    config = small_course / "solutions" / "course.toml"
    config.write_text('[handout]\nkeep = ["LICENSE", "data/**"]\n')
    lay(tmp_path / "out", **{"LICENSE": b"MIT", "data/points.csv": b"1\n"})
    words = ("handout", str(tmp_path / "out"), *FROM_INDEX, "--lang", "en")
    run = grade(*words, cwd=small_course)
    assert run.returncode == 0, run.stderr
    assert "as solutions/course.toml says: LICENSE, data/points.csv" in run.stdout
    reference = small_course / "solutions" / "ex03_stateless_layer" / "reference.py"
    lay(tmp_path / "out", **{"data/ex03.py": reference.read_bytes()})
    run = grade(*words, cwd=small_course)
    assert run.returncode == 2 and "data/ex03.py is solutions/ex03_stateless_layer/reference.py" in run.stderr


@pytest.mark.parametrize("pattern", ["", "/etc/passwd", "../x", "a/../b", "**", "**/x", "a/**/b", "a/"])
def test_a_pattern_that_names_no_file_of_a_handout_is_told(course_copy, pattern):
    from grader.course.exercise import Course

    (course_copy / "solutions" / "course.toml").write_text(f"[handout]\nkeep = [{json.dumps(pattern)}]\n")
    with pytest.raises(CourseError, match=r"solutions/course\.toml: handout\.keep"):
        Keep.of(Course.around(course_copy))
