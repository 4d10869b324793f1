"""The teacher's workflow, run for real: students' repositories are fetched, graded, and nothing in them is obeyed."""

import shutil
import sqlite3
import subprocess
import sys

import pytest
from conftest import ROOT, answer
from environments import ONLY_LOOKING
from github_machine import Event, Machine, git
from workflow_files import CLASS

pytestmark = pytest.mark.slow
TOKEN = "github_pat_that_nobody_may_see"


def repository(folder, files):
    """A student's bare repository."""
    work = folder.with_suffix(".work")
    git(folder.parent, "init", "--quiet", str(work))
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "My answer")
    git(folder.parent, "clone", "--quiet", "--bare", str(work), str(folder))
    return folder


def lend_the_grader(machine):
    """In place of what pip looked up: this grader, at the front of PATH."""
    script = machine.folder / "tools" / "grade"
    if not script.exists():
        script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m grader.cli "$@"\n')
        script.chmod(0o755)


def test_a_class_is_fetched_and_graded_and_whose_repository_is_missing_is_said(tmp_path):
    course = tmp_path / "course"
    course.mkdir()
    for name in ("exercises", "solutions", "grader"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, course / name)
    git(course, "init", "--quiet")
    git(course, "add", "--all")
    git(course, "commit", "--quiet", "--message", "The course")
    remote = tmp_path / "course.git"
    git(tmp_path, "clone", "--quiet", "--bare", "course", str(remote))
    ex03 = "exercises/ex03_stateless_layer/ex03.py"
    spy = "import os\nprint('::error::' + repr(os.environ))\n"
    hooks = {
        ".gitattributes": "* filter=evil\n",
        "::error::x ##[error]ex03.py": "x = 1\n",
        "conftest.py": "import os; os._exit(0)\n",
    }
    names = {
        "ada": repository(tmp_path / "ada.git", {ex03: answer("ex03")}),
        "bob": repository(tmp_path / "bob.git", {ex03: spy + answer("ex03", "wrong_answer", "mean_detached"), **hooks}),
        "eve": tmp_path / "nowhere.git",
    }
    (tmp_path / "machine").mkdir()
    machine = Machine(
        tmp_path / "machine",
        secrets={"CLASS_TOKEN": TOKEN},
        variables={"CLASS": "\n".join(f"{name} {place}" for name, place in names.items()) + "\n"},
        fakes={"Install the grader": ONLY_LOOKING},
        after={"Install the grader": lend_the_grader},
    )
    done = machine.perform(CLASS, remote, Event("workflow_dispatch", git(course, "rev-parse", "HEAD")))
    assert set(done.codes.values()) == {0}, done.log
    with sqlite3.connect(machine.workspace / "gradebook.db") as book:
        found = dict(
            book.execute(
                "SELECT student, max(score) FROM submissions JOIN judgements USING (exercise, sha256) GROUP BY student"
            )
        )
    assert found["ada"] == 6 and 0 < found["bob"] < 6 and "eve" not in found
    assert done.commands() == ["::warning::eve: cannot be fetched"]
    assert (machine.temp / "reports" / "index.html").is_file()
    assert TOKEN not in done.log
    kept = subprocess.run(["grep", "-rl", TOKEN, str(machine.temp), str(machine.workspace)], capture_output=True, text=True)
    assert kept.stdout == ""
