"""What was changed is told from commits and bytes; where it cannot be told, it says so; nothing of a hostile clone is run."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "ci"))
from student_repository import git

from grader.intake.changes import NO_BASE, NO_HISTORY, NOT_HERE, changes, top_of
from grader.intake.history import History

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
A, B = "exercises/ex01_a/ex01.py", "exercises/ex02_b/ex02.py"


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    commit(folder, {A: "a = 1\n", B: "b = 1\n"})
    return folder


def commit(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "work")
    return git(folder, "rev-parse", "HEAD")


def changed(folder, *bases, tmp=None):
    files = {name: folder / name for name in (A, B) if (folder / name).exists()}
    view = Path(tmp or folder.parent) / f"view-{len(list(folder.parent.iterdir()))}"
    return changes(History(folder / ".git", view), files, bases)


def test_what_a_push_changed_is_found_in_the_work_tree_too(clone):
    before = git(clone, "rev-parse", "HEAD")
    assert changed(clone, before).names == frozenset()
    commit(clone, {A: "a = 2\n"})
    assert changed(clone, before).names == {A}
    (clone / B).write_text("b = 2\n")
    assert changed(clone, before).names == {A, B}


def test_a_branch_is_compared_with_where_it_parted_and_not_with_what_came_after(clone):
    git(clone, "checkout", "-qb", "work")
    commit(clone, {A: "a = 2\n"})
    git(clone, "checkout", "-q", "main")
    commit(clone, {B: "b = 3\n"})
    git(clone, "checkout", "-q", "work")
    assert changed(clone, "refs/heads/none", "refs/heads/main").names == {A}


def test_a_shallow_clone_a_first_push_and_no_history_are_each_told(clone, tmp_path):
    before = git(clone, "rev-parse", "HEAD")
    commit(clone, {A: "a = 2\n"})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{clone}", "shallow")
    assert changed(tmp_path / "shallow", before).why == NOT_HERE
    assert changed(clone).why == NO_BASE
    plain = tmp_path / "plain"
    shutil.copytree(clone, plain, ignore=shutil.ignore_patterns(".git"))
    assert changed(plain, before).why == NO_HISTORY and top_of(plain) is None


@pytest.mark.parametrize("base", ["--output=/tmp/x", "-h", "main; touch x", "HEAD^{tree}", "", "no such", "\n", "@{upstream}"])
def test_a_base_that_is_none_is_told_and_does_nothing_else(clone, base):
    assert changed(clone, base).why == NOT_HERE


def test_a_clones_own_settings_hooks_filters_and_attributes_run_nothing(clone, tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    before = git(clone, "rev-parse", "HEAD")
    commit(clone, {A: "a = 2\n", ".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
                "diff.evil.command", "diff.external", "core.pager", "core.sshCommand", "uploadpack.packObjectsHook",
                "core.editor", "gpg.program", "alias.merge-base", "alias.ls-tree", "core.alternateRefsCommand"):  # fmt: skip
        git(clone, "config", key, f"!{script}" if key.startswith("alias") else str(script))
    git(clone, "config", "core.hooksPath", str(tmp_path / "hooks"))
    (tmp_path / "hooks").mkdir()
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        shutil.copy(script, tmp_path / "hooks" / hook)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(script))
    assert changed(clone, before).names == {A} and not mark.exists()


def test_a_replaced_commit_and_a_link_in_the_history_change_nothing(clone):
    before = git(clone, "rev-parse", "HEAD")
    after = commit(clone, {A: "a = 2\n"})
    git(clone, "replace", before, after)
    assert changed(clone, before).names == {A}
    (clone / B).unlink()
    os.symlink("/etc/passwd", clone / B)
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "link")
    linked = git(clone, "rev-parse", "HEAD")
    (clone / B).unlink()
    (clone / B).write_text("/etc/passwd")  # the bytes that the link was stored as
    assert changed(clone, linked).names == {B}
