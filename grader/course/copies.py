"""What students get of a course to read, the settings and the visible checks: in their copy it may be changed, and counts for
nothing. A copy that differs is named, so that nobody wonders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.regular import read_regular

_MOST_BYTES = 16 << 20


def digests(course: Course, exercises: Iterable[ExercisePaths]) -> dict[str, str]:
    """Return the digest of each such file by its name, as a handout's pack keeps it."""
    files = [course.paths.course_file, *(path for exercise in exercises for path in _of(exercise))]
    return {course.shown(path): _digest(path) for path in files}


def changed_copies(course: Course, exercise: ExercisePaths, folder: Path) -> list[str]:
    """Return which of an exercise's files in a student's folder are not as the course has them, by their names in it."""
    return [name for name in map(course.shown, _of(exercise)) if _is_changed(course, name, folder)]


def changed_settings(course: Course, folder: Path) -> list[str]:
    """Return the name of a copy of the course's own settings that is not as the course has them; at most the one."""
    return [name for name in [course.shown(course.paths.course_file)] if _is_changed(course, name, folder)]


def _of(exercise: ExercisePaths) -> list[Path]:
    return [exercise.config, exercise.visible_suite]


def _is_changed(course: Course, name: str, folder: Path) -> bool:
    found = _digest(folder / name)
    return bool(found) and found != (_digest(course.paths.root / name) if course.head is None else course.head.files.get(name))


def _digest(path: Path) -> str:
    """Return the digest of a text, whatever its lines end with; "" where there is no such file."""
    try:
        data = read_regular(path, _MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        return "unreadable"  # a folder, a device, too large to be ours
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
