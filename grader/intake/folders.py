"""A folder with a folder for each student, and nbgrader's `submitted/`: what is read as whose, and what is not read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.submission import read_submission
from grader.errors import UsageError
from grader.model import Student, Submission

NEVER_READ = (".git", "__pycache__", ".ipynb_checkpoints", ".venv", "venv", "node_modules", "__MACOSX")
SUFFIXES = (".py", ".ipynb")

Untouched = Callable[[ExercisePaths, Path], bool]


class Skipped(msgspec.Struct, frozen=True):
    """A file, or a whole folder, that is no submission, and why."""

    file: str
    reason: str


class Intake(msgspec.Struct):
    """What a source holds: submissions in the order of their students, all that is none, and who the students are by name.

    Of a student's submissions to an exercise the last one counts.
    """

    kind: str
    submissions: list[Submission]
    skipped: list[Skipped]
    students: dict[str, Student] = {}


def read_folder(course: Course, source: Path, untouched: Untouched) -> Intake:
    """Read a class from a folder. `untouched` says whether a file is still its exercise's starter.

    The last file of a student for an exercise is the one that counts; all of them are returned, by time.
    """
    if not source.is_dir():
        raise UsageError(f"There is no folder {source}.")
    nested = source / "submitted"
    kind, top = ("nbgrader", nested) if nested.is_dir() else ("a folder for each student", source)
    intake = Intake(kind, [], [])
    for entry in sorted(top.iterdir(), key=lambda path: path.name):
        if entry.is_symlink():
            intake.skipped.append(Skipped(_shown(source, entry), "it is a link"))
        elif not entry.is_dir():
            intake.skipped.append(Skipped(_shown(source, entry), "it lies in no student's folder"))
        elif entry.name in NEVER_READ:
            intake.skipped.append(Skipped(_shown(source, entry), "a folder of this name is not read"))
        else:
            _read_student(course, source, entry, untouched, intake)
    return intake


def _read_student(course: Course, source: Path, student: Path, untouched: Untouched, intake: Intake) -> None:
    found: list[Submission] = []
    for file, reason in _files(student):
        shown = _shown(source, file)
        exercise = None if reason else _exercise(course, student, file)
        if exercise is None:
            intake.skipped.append(Skipped(shown, reason or "no exercise has this name"))
        elif untouched(exercise, file):
            intake.skipped.append(Skipped(shown, "it is the starter, nothing was filled in"))
        else:
            try:
                read = read_submission(file, exercise.id, shown)
            except UsageError as error:
                intake.skipped.append(Skipped(shown, error.message))
                continue
            when = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
            found.append(msgspec.structs.replace(read, student=_printable(student.name), received_at=when))
    intake.submissions += sorted(found, key=lambda s: (s.exercise, s.received_at, s.file))


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file below a folder with the reason not to read it, "" where there is none; unread folders as one."""
    for here, folders, files in os.walk(folder, followlinks=False):
        for name in sorted(folders):
            path = Path(here, name)
            if path.is_symlink():
                yield path, "it is a link"
            elif name in NEVER_READ:
                yield path, "a folder of this name is not read"
        folders[:] = sorted(name for name in folders if name not in NEVER_READ)
        for name in sorted(files):
            path = Path(here, name)
            if path.is_symlink() or not path.is_file():
                yield path, "it is a link" if path.is_symlink() else "it is no regular file"
            else:
                yield path, "" if path.suffix.lower() in SUFFIXES else "it is neither a .py nor an .ipynb file"


def _exercise(course: Course, student: Path, file: Path) -> ExercisePaths | None:
    """Return the exercise that a file answers: its own name says so, or it is the only such file in a folder that does."""
    if (exercise := _named(course, file.stem)) is not None:
        return exercise
    alone = sum(other.suffix.lower() in SUFFIXES for other in file.parent.iterdir()) == 1
    return _named(course, file.parent.name) if alone and file.parent != student else None


def _named(course: Course, name: str) -> ExercisePaths | None:
    number = re.match(r"ex0*(\d+)(?![a-z0-9])", name, re.IGNORECASE)
    if number is None:
        return None
    return next((e for e in course.exercises if int(e.short.removeprefix("ex")) == int(number[1])), None)


def _shown(source: Path, path: Path) -> str:
    return _printable(path.relative_to(source).as_posix())


def _printable(name: str) -> str:
    """Return a name without what would steer a terminal, or could not be written down."""
    return "".join(character if character.isprintable() else "\ufffd" for character in name)
