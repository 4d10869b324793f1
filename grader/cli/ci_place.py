"""Whose checks and whose answers `grade ci` takes: the course, the student's folder, and the checks that are believed.

A student may have written anything into their folder. Where it is the course's, too, its pack is the checks, and nothing else
in it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader.cli.surroundings import autograder, metadata, top
from grader.course.exercise import Course
from grader.course.pack_file import sha256_of
from grader.course.paths import CoursePaths, ExercisePaths, find_course
from grader.errors import CourseError, UsageError
from grader.intake.changes import top_of

PIN = "GRADE_PACK_SHA256"


class Place(msgspec.Struct, frozen=True):
    """Where all is. A file is called `inside` and its name from the clone's top, `prefix` and its name by whoever runs this.

    In `assigned` work all that is there is graded, and what is asked for and missing earns nothing: the exercises `only`, all
    of the course where there are none.
    """

    course: Course
    folder: Path
    clone: Path
    inside: str
    prefix: str
    assigned: bool
    only: frozenset[str]

    @property
    def asked(self) -> list[ExercisePaths]:
        """What assigned work asks for; nothing where a student works as they please."""
        return [e for e in self.course.exercises if self.assigned and (not self.only or e.id in self.only)]


def find_place(kind: str, submission: str | None, environment: Mapping[str, str], exercises: Sequence[str] = ()) -> Place:
    """Return where all is; `CourseError` where the checks are not those of a course that may be believed.

    `exercises` are those that whoever runs this asks for; without any, an assignment's name may say one.
    """
    paths = find_course(Path.cwd())
    root = paths.root.resolve()
    words = environment.get("ASSIGNMENT", "") if kind == "classroom50" else ""
    folder = Path(submission).resolve() if submission else root
    if kind == "gradescope":
        folder = folder if submission else (autograder(environment) / "submission").resolve()
        words = metadata(environment).assignment.title
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    paths = CoursePaths(paths.root, received=folder == root)
    _check_pack(paths, environment)
    course = Course(paths)
    clone = top_of(folder) or folder
    return Place(
        course=course,
        folder=folder,
        clone=clone,
        inside=_way(folder, clone),
        prefix=_way(folder, top(environment) or clone),
        assigned=kind in ("gradescope", "classroom50") or bool(exercises),
        only=frozenset(course.find(word).id for word in exercises) if exercises else _asked(course, words),
    )


def _way(folder: Path, above: Path) -> str:
    """Return what comes before a file's name seen from a folder above."""
    return f"{folder.relative_to(above).as_posix()}/" if folder != above and folder.is_relative_to(above) else ""


def _check_pack(paths: CoursePaths, environment: Mapping[str, str]) -> None:
    """Hold the pack against the digest that whoever runs this expects: students may write into the folder that it lies in."""
    expected = environment.get(PIN, "").strip().lower()
    if paths.received and not paths.pack_file.is_file():
        raise CourseError(
            "There is no exercises/course.pack: in a student's repository, these are the only checks that are believed.",
            "Put the pack of the handout back; or run this in the course's folder, with --submission DIR.",
        )
    if expected and sha256_of(paths.pack_file) != expected:
        raise CourseError(
            f"exercises/course.pack is not the one that {PIN} names.",
            "Put the pack of the handout back, or set the digest anew.",
        )


def _asked(course: Course, words: str) -> frozenset[str]:
    """Return the exercise that an assignment's name names, none where it may mean another, or several.

    A number alone is none's name, as in "Exercise 1": it may be that of a sheet. But beside a name it may be a second one.
    """
    text = words.lower()
    for name in sorted((e.id.lower() for e in course.exercises), key=len, reverse=True):
        text = re.sub(rf"(?<![a-z0-9]){re.escape(name).replace('_', '[_-]')}(?![a-z0-9])", name.partition("_")[0], text)
    numbers = {e.number for e in course.exercises}
    alone = {int(number) for number in re.findall(r"(?<![a-z0-9])(\d{1,4})(?![a-z0-9])", text)} & numbers
    named = re.findall(r"(?<![a-z0-9])(ex(?:ercises?)?[ _-]?\d+[a-z0-9]*)", text)
    return frozenset(e.id for e in course.exercises if named == [e.short.lower()] and not alone - {e.number})
