"""Starters written from references, and what of them is stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.starter import notebook_of, script_of
from grader.errors import CourseError


def starters(course: Course, exercises: Sequence[ExercisePaths]) -> Iterator[tuple[Path, str]]:
    """Yield each starter file and the text that it must have."""
    for exercise in exercises:
        if not exercise.reference.is_file():
            raise CourseError(f"{course.shown(exercise.reference)}: this file is missing.")
        script = script_of(exercise.reference.read_text(encoding="utf-8"), course.shown(exercise.reference))
        yield exercise.script, script
        yield exercise.notebook, notebook_of(script)


def stale(course: Course, exercises: Sequence[ExercisePaths]) -> list[Path]:
    """Return the starter files that are not what their references make."""
    pairs = starters(course, exercises)
    return [path for path, text in pairs if not path.is_file() or path.read_text(encoding="utf-8") != text]


def write(course: Course, exercises: Sequence[ExercisePaths]) -> list[Path]:
    """Write the starter files that are stale; return them."""
    written = []
    for path, text in starters(course, exercises):
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written
