"""The ten lines of the README that lead from nothing to a graded class, run as they stand, and those that fetch run twice."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys

import pytest
from conftest import ROOT, answer

pytestmark = pytest.mark.slow
EX03 = "exercises/ex03_stateless_layer"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org")
# In place of `make`, which would fetch torch: the grader of the clone, run by this interpreter.
MAKE = """#!/bin/sh
test "$*" = demo && grep -q "^demo:" Makefile || exit 9
mkdir -p .venv/bin
printf '#!/bin/sh\\nPYTHONPATH=%s exec {python} -P -m grader.cli "$@"\\n' "$PWD" > .venv/bin/grade
chmod +x .venv/bin/grade
"""


def git(*words, cwd):
    run = subprocess.run(["git", *IDENTITY, *map(str, words)], cwd=cwd, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def the_lines():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("    git clone REPOSITORY"))
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("    "))
    return [line.removeprefix("    ") for line in lines[start:end]]


@pytest.fixture
def place(tmp_path):
    """A teacher's folder, with the repository of a course of one exercise to clone from."""
    repository = tmp_path / "repository"
    ignored = shutil.ignore_patterns("__pycache__", "ex0[12456789]_*", "ex1*_*")
    for name in ("exercises", "solutions", "grader"):
        shutil.copytree(ROOT / name, repository / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "Makefile", ".gitignore"):
        shutil.copy(ROOT / name, repository / name)
    git("init", "-q", "-b", "main", cwd=repository)
    git("add", "--all", cwd=repository)
    git("commit", "-qm", "The course", cwd=repository)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "make").write_text(MAKE.format(python=sys.executable))
    (tmp_path / "tools" / "make").chmod(0o755)
    (tmp_path / "teacher").mkdir()
    return tmp_path


def run(place, lines):
    text = "\n".join(lines).replace("REPOSITORY", str(place / "repository")).replace("SHEET.csv", "../sheet.csv")
    identity = {f"GIT_{who}_{what}": "t@t" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        "PATH": f"{place / 'tools'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(place),
        "LANG": "C.UTF-8",
        **identity,
    }
    done = subprocess.run(["sh", "-e", "-c", text], cwd=place / "teacher", env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def hand_in(place, who, text, *words):
    work = place / f"{who}.work"
    if not work.exists():
        git("clone", "-q", "--bare", place / "teacher" / "handout", place / f"{who}.git", cwd=place)
        git("clone", "-q", place / f"{who}.git", work, cwd=place)
    (work / EX03 / "ex03.py").write_text(text)
    git("commit", "-qam", "My answer", *words, cwd=work)
    git("push", "-q", "--force", cwd=work)


def points(place):
    with sqlite3.connect(place / "teacher" / "course" / "gradebook.db") as book:
        rows = "SELECT student, score FROM submissions JOIN judgements USING (exercise, sha256) ORDER BY received_at, judgements.id"
        return dict(book.execute(rows)), dict(book.execute("SELECT student, name FROM students"))


def test_ten_lines_lead_from_nothing_to_a_graded_class_and_the_last_six_can_be_run_again(place):
    lines = the_lines()
    assert len(lines) == 10
    once, again = lines[:4], ["cd course", lines[1], *lines[4:]]
    run(place, once)
    assert (place / "teacher" / "handout" / EX03 / "ex03.py").is_file()
    hand_in(place, "ada", answer("ex03"))
    hand_in(place, "bob", answer("ex03", "wrong_answer", "mean_detached"))
    hand_in(place, "王小明", answer("ex03"))
    teacher = place / "teacher"
    rows = [
        f'ada,{place}/ada.git,"Lovelace, Ada",ada@x.edu,A',
        f"王小明,{place}/王小明.git,王小明,,",
        f"bob,{place}/bob.git,Bob,,B",
    ]
    (teacher / "class.csv").write_text(
        "\r\n".join(["id,repository,name,email,section", *rows]), newline=""
    )  # no last line end
    header = "Student,ID,SIS User ID,SIS Login ID,Section,ex03 (98765)\n    Points Possible,,,,,6\n"
    (teacher / "sheet.csv").write_text(header + '"Lovelace, Ada",1,,ada,,\nBob,2,,bob,,\n')
    run(place, again)
    scores, names = points(place)
    assert scores["ada"] == scores["王小明"] == 6 and 0 < scores["bob"] < 6
    assert names == {"ada": "Lovelace, Ada", "王小明": "王小明", "bob": "Bob"}
    told = run(place, again)
    assert "fatal" not in told, told
    hand_in(place, "bob", answer("ex03"), "--amend", "--date=now")  # who rewrites history is fetched, too
    run(place, again)
    assert points(place)[0]["bob"] == 6
    assert (teacher / "course" / "reports" / "index.html").is_file()
    (sheet,) = (teacher / "course").glob("canvas*.csv")
    assert "Bob,2,,bob,,6" in sheet.read_text() and '"Lovelace, Ada",1,,ada,,6' in sheet.read_text()
