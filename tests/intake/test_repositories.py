"""Clones of students' repositories are read as they lie, with the time of the last commit, and nothing of theirs is run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from made_up_sources import lay_out, read, reasons, told

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
EARLY, LATE = "2024-02-01T12:00:00+08:00", "2024-02-05T12:00:00+00:00"


def git(folder, *words, when=EARLY):
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    identity = ("-c", "user.name=a", "-c", "user.email=a@x")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **own})


def clone(folder, files):
    lay_out(folder, files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "work")
    return folder


def commit(folder, files, when=LATE):
    lay_out(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "more", when=when)


@pytest.fixture
def clones(tmp_path):
    top = tmp_path / "clones"
    clone(top / "ex03-ada", {"ex03.py": "a = 1", "README.md": ""})
    commit(top / "ex03-ada", {"README.md": "later"})
    clone(top / "ex03-bob-m", {"src/ex03.py": "b = 1", "node_modules/x.py": ""})
    commit(top / "ex03-bob-m", {"src/ex03.py": "b = 22"})
    git(top / "ex03-bob-m", "gc", "-q")
    clone(top / "ex03-cyd", {"answer.py": "c = 1"})
    lay_out(top / "ex03-cyd", {"ex04.py": "c = 2"})
    return top


TOLD = {
    "ex03-ada/ex03.py": ("ada", "ex03"),
    "ex03-bob-m/src/ex03.py": ("bob-m", "ex03"),
    "ex03-cyd/ex04.py": ("cyd", "ex04"),
}
TIMES = {"ada": "2024-02-01T04:00:00+00:00", "bob-m": "2024-02-05T12:00:00+00:00", "cyd": "2023-11-14T22:13:20+00:00"}


def test_clones_are_read_with_the_times_of_their_commits(clones):
    intake = read(clones)
    assert intake.kind == "clones of students' repositories, named without ex03-"
    assert told(intake) == TOLD and {s.student: s.received_at for s in intake.submissions} == TIMES
    why = reasons(intake)
    assert why["ex03-ada/.git"].startswith("it says when") and "ex03-bob-m/node_modules" in why


@pytest.mark.parametrize("how", ["zip", "gztar"])
def test_packed_clones_are_read_the_same(clones, tmp_path, how):
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), how, clones))
    packed, plain = read(archive), read(clones)
    assert (packed.submissions, packed.skipped, packed.kind) == (plain.submissions, plain.skipped, plain.kind)


def test_a_clone_that_names_the_exercise_needs_no_file_that_does(tmp_path):
    clone(tmp_path / "ex03-ada", {"answer.py": "x", "notes.md": ""})
    clone(tmp_path / "ex03-bob", {"one.py": "x", "two.py": "x"})
    assert told(read(tmp_path)) == {"ex03-ada/answer.py": ("ada", "ex03")}


def test_the_names_of_clones_are_stripped_of_what_all_share_and_no_more(tmp_path):
    for top, names, students in (
        ("one", ["hw-ada"], {"hw-ada"}),
        ("two", ["hw-x-ada", "hw-x-adam"], {"ada", "adam"}),
        ("three", ["hw-ada", "bob"], {"hw-ada", "bob"}),
        ("four", ["hw", "hw-ada"], {"hw", "hw-ada"}),
    ):
        for name in names:
            clone(tmp_path / top / name, {"ex03.py": "x"})
        assert {s.student for s in read(tmp_path / top).submissions} == students


def test_bare_clones_and_added_work_trees(clones, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(clones / "ex03-ada"), str(clones / "ex03-eve"))
    git(clones / "ex03-ada", "worktree", "add", "-q", "-b", "w", str(clones / "ex03-fay"))
    intake = read(clones)
    assert reasons(intake)["ex03-eve"] == "it is a bare repository: clone it with its files"
    assert [(s.received_at) for s in intake.submissions if s.student == "fay"] == ["2024-02-01T04:00:00+00:00"]


def test_nothing_that_a_clone_names_is_run(clones, tmp_path):
    mark = tmp_path / "was_run"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    hostile = clones / "ex03-ada"
    for key in ("core.fsmonitor", "gpg.program", "core.pager", "diff.external", "core.sshCommand", "log.showSignature=true",
                "filter.x.clean", "filter.x.smudge", "core.hooksPath", "pager.log", "alias.log", "diff.x.textconv"):  # fmt: skip
        name, _, value = key.partition("=")
        git(hostile, "config", name, value or (f"!{program}" if name.startswith("alias") else str(program)))
    (hostile / ".gitattributes").write_text("* filter=x diff=x\n")
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout"):
        shutil.copy(program, hostile / ".git" / "hooks" / hook)
    git(hostile, "config", "extensions.partialClone", "origin")
    git(hostile, "config", "remote.origin.url", f"ext::{program}")
    git(hostile, "config", "protocol.ext.allow", "always")
    shutil.rmtree(hostile / ".git" / "objects")
    (hostile / ".git" / "objects").mkdir()
    intake = read(clones)
    assert told(intake) == TOLD and not mark.exists()
    assert {s.student: s.received_at for s in intake.submissions} == {**TIMES, "ada": "2023-11-14T22:13:20+00:00"}


@pytest.mark.parametrize("head", ["ref: refs/heads/none\n", "", "ref: ../../../etc/passwd\n", "x" * 10000])
def test_a_broken_history_leaves_the_files_own_times(clones, head):
    (clones / "ex03-ada" / ".git" / "HEAD").write_text(head)
    intake = read(clones)
    assert (
        told(intake) == TOLD and {s.student: s.received_at for s in intake.submissions}["ada"] == "2023-11-14T22:13:20+00:00"
    )


def test_without_git_the_files_own_times_are_taken(clones, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert {s.received_at for s in read(clones).submissions} == {"2023-11-14T22:13:20+00:00"}


def test_a_lone_students_history_makes_no_class_of_clones(tmp_path):
    lay_out(tmp_path, {"hw-ada/ex03.py": "x", "hw-bob/ex03.py": "x", "hw-cyd/ex03.py": "x"})
    git(tmp_path / "hw-ada", "init", "-q")
    assert {s.student for s in read(tmp_path).submissions} == {"hw-ada", "hw-bob", "hw-cyd"}


def test_what_a_committed_archive_holds_has_the_time_of_its_commit(clones):
    folder = clones / "ex03-ada"
    (folder / "work").mkdir()
    (folder / "work" / "ex05.py").write_text("x = 1")
    shutil.make_archive(str(folder / "packed"), "zip", folder / "work")
    shutil.rmtree(folder / "work")
    commit(folder, {})
    times = {s.file: s.received_at for s in read(clones).submissions}
    assert times["ex03-ada/packed/ex05.py"] == "2024-02-05T12:00:00+00:00"


def test_names_of_files_are_no_patterns(clones):
    commit(clones / "ex03-ada", {":(top)ex03_x.py": "x", "ex03*.py": "x"})
    times = {s.file: s.received_at for s in read(clones).submissions}
    assert times["ex03-ada/ex03.py"] == TIMES["ada"] and times["ex03-ada/ex03*.py"] == "2024-02-05T12:00:00+00:00"
