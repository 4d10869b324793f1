"""`grade handout` writes into a new folder or its own, and never on top of somebody's work."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from grader.author.handout_folder import LIST, HandoutFolder
from grader.errors import MachineError, UsageError

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
        (["out", "--key-file", "key"], "--key-file is for --hidden keyed"),
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
    words = ("handout", str(tmp_path / "out"), "--hidden", "keyed", "--grader", "index", "--lang", "en")
    first = grade(*words, "--key-file", "key", cwd=small_course)
    key = (small_course / "key").read_text().strip()
    assert first.returncode == 0 and (small_course / "key").stat().st_mode & 0o777 == 0o600
    assert key not in first.stdout + first.stderr and "A new key is in key" in first.stdout
    second = grade(*words, "--key-file", "key", cwd=small_course)
    assert second.returncode == 0 and (small_course / "key").read_text().strip() == key
    assert "Encrypted with the key in key" in second.stdout
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file() and key.encode() in p.read_bytes()]
    assert "grade[keys]==" in (tmp_path / "out" / "requirements.txt").read_text()
    third = grade(*words, cwd=small_course, GRADE_KEY=key)
    assert third.returncode == 0 and key not in third.stdout and "the key in GRADE_KEY" in third.stdout


def test_a_key_without_a_file_is_shown_once_and_a_draft_stays_at_home(grade, small_course, tmp_path):
    import re

    run = grade("handout", str(tmp_path / "out"), "--hidden", "keyed", "--grader", "index", "--lang", "en", cwd=small_course)
    assert run.returncode == 0 and len(re.findall(r"grade1_[\w-]{43}", run.stdout)) == 1
    assert "Drafts are not handed out: ex01" in run.stdout
    assert [p.name for p in (tmp_path / "out" / "exercises").iterdir() if p.is_dir()] == ["ex03_stateless_layer"]


def test_what_was_left_out_or_is_not_proven_is_said(grade, small_course, tmp_path):
    ex03 = small_course / "exercises" / "ex03_stateless_layer"
    (ex03 / "picture.png").write_bytes(b"x")
    with (small_course / "solutions" / "ex03_stateless_layer" / "test_hidden.py").open("a") as file:
        file.write("# changed\n")
    run = grade("handout", str(tmp_path / "out"), "--hidden", "none", "--grader", "index", "--lang", "en", cwd=small_course)
    assert "exercises/ex03_stateless_layer/picture.png" in run.stdout and "`grade verify` has not passed" in run.stdout


def test_a_grader_that_changed_under_the_same_version_is_named(grade, small_course, tmp_path):
    """pip takes a wheel of the same version for the one that it has."""
    out = tmp_path / "out"
    words = ("handout", str(out), "--hidden", "none", "--lang", "en")
    assert "kept its version" not in grade(*words, cwd=small_course).stdout
    (wheel,) = (out / "wheels").iterdir()
    wheel.write_bytes(b"an older one")
    document = json.loads((out / LIST).read_text())
    document["files"][f"wheels/{wheel.name}"] = hashlib.sha256(b"an older one").hexdigest()
    (out / LIST).write_text(json.dumps(document))
    assert f"--force-reinstall --no-deps wheels/{wheel.name}" in grade(*words, cwd=small_course).stdout


def test_a_wheel_needs_the_graders_repository_and_says_so(monkeypatch, tmp_path):
    import grader
    from grader.author.wheel import build_wheel

    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n')
    monkeypatch.setattr(grader, "__file__", str(tmp_path / "grader" / "__init__.py"))
    with pytest.raises(MachineError, match="its own repository") as caught:
        build_wheel()
    assert "--grader index" in caught.value.hint


def test_a_wheel_needs_a_builder_and_says_so(monkeypatch):
    import importlib.util

    from grader.author.wheel import build_wheel

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MachineError, match="hatchling") as caught:
        build_wheel()
    assert "grade[teacher]" in caught.value.hint
