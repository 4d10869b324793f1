"""What `make` promises: a low score is no failure of make's."""

import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def make(tmp_path, *words):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("Makefile", "exercises", "solutions", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv" / "core").touch()
    return subprocess.run(["make", "-s", "-o", ".venv/core", *words], cwd=tmp_path, capture_output=True, text=True)


def test_make_grade_succeeds_when_grading_took_place(tmp_path):
    run = make(tmp_path, "grade", "EX=ex03")
    assert run.returncode == 0 and "Score: 0 of 6" in run.stdout, run.stderr


def test_make_grade_fails_for_an_exercise_that_is_not_there(tmp_path):
    run = make(tmp_path, "grade", "EX=ex77")
    assert run.returncode != 0 and "no exercise" in run.stderr
