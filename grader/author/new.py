"""The skeleton of a new exercise: a small one that works, to be changed file by file."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from grader.author import stubs
from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.errors import UsageError

_NAME = re.compile(r"ex\d\d_[a-z][a-z0-9_]*")
_PLACEHOLDER = "ex00"


def new_exercise(course: Course, name: str) -> ExercisePaths:
    """Write both folders of an exercise and its starters. `UsageError` where the name does not fit or its number is taken."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for an exercise.", "A number of two digits, and a name: ex15_convolution")
    exercise = course.paths.exercise(name)
    for other in course.exercises:
        if other.short == exercise.short:
            raise UsageError(f"{exercise.short} is taken: {course.shown(other.public)}.", "Choose another number.")
    if exercise.private.exists():
        raise UsageError(f"{course.shown(exercise.private)} exists already.", "Move it away, or choose another name.")
    skeleton = files("grader.author") / "skeleton"
    for part, folder in (("exercise", exercise.public), ("solution", exercise.private)):
        _write(skeleton / part, folder, exercise.short)
    stubs.write(course, [exercise])
    return exercise


def _write(source: Traversable, target: Path, short: str) -> None:
    target.mkdir(parents=True)
    for item in source.iterdir():
        if item.name == "__pycache__":
            continue
        if item.is_dir():
            _write(item, target / item.name, short)
        else:
            text = item.read_text(encoding="utf-8").replace(_PLACEHOLDER, short)
            (target / item.name).write_text(text, encoding="utf-8")
