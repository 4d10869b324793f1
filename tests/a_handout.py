"""A handout of this repository's course, for tests: made once, looked into, made in another way."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
from canary import plant
from conftest import ROOT

INDEX = "https://packages.example.edu/simple"


class Made(msgspec.Struct, frozen=True):
    """A teacher's copy, the handout that was made of it, and what was planted where."""

    teacher: Path
    handout: Path
    planted: dict[str, str]

    def again(self, folder: Path, way: str, key: str = "") -> Path:
        """Make a handout another way, with an index in place of a wheel, and without looking for the hidden checks again."""
        from grader.author.handout_folder import HandoutFolder

        HandoutFolder(folder).write(self.files(way, key).files)
        return folder

    def files(self, way: str, key: str = "", source=None):
        """Return such a handout as it would be written."""
        from grader.author.handout import make_handout
        from grader.author.wheel import own_index
        from grader.course.exercise import Course

        hidden = {name: pack.absent for name, pack in public_halves(self.handout).items()}
        return make_handout(Course.around(self.teacher), hidden, way, key, source or own_index(INDEX))


def make_with_canaries(teacher: Path, folder: Path) -> Made:
    """Call `grade handout` as a teacher does, in a copy of the course with a string planted in every private file."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, teacher / name, ignore=shutil.ignore_patterns("__pycache__"))
    planted = plant(teacher)
    command = [sys.executable, "-m", "grader.cli", "handout", str(folder), "--lang", "en"]
    run = subprocess.run(command, cwd=teacher, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return Made(teacher, folder, planted)


def public_halves(handout: Path):
    """Return what a pack file holds in clear, by exercise."""
    from grader.course.pack import PublicHalf
    from grader.course.pack_file import read_pack_file

    entries = read_pack_file(handout / "exercises" / "course.pack").entries
    return {name: msgspec.json.decode(entry.public, type=PublicHalf) for name, entry in entries.items()}
