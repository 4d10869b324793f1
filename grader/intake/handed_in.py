"""What was handed in, by whom: files become submissions, and what becomes none is named with the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.submission import MAX_NOTEBOOK, MAX_SCRIPT, read_submission
from grader.errors import UsageError
from grader.intake.exercises import Answer, Asked, answers
from grader.intake.files import LARGE, UNREADABLE, File, Skipped
from grader.locale import filled, mark
from grader.model import Student, Submission

STARTER = mark("it is the starter, nothing was filled in")
NOT_ASKED = mark("{exercise} is not asked for")
Untouched = Callable[[ExercisePaths, Path], bool]


class HandedIn(msgspec.Struct, frozen=True):
    """A file of which the source says who handed it in: one student, or several together.

    `inside` is its path within what they handed in. `received_at` is None where the file's own time is to be believed, empty
    where nothing says when. Of files alike in time the one with the highest `order` is the last.
    """

    file: File
    by: tuple[Student, ...]
    inside: str
    received_at: str | None = None
    marked_late: bool = False
    order: int = 0


class Intake(msgspec.Struct):
    """What a source holds: submissions in the order of their students, all that is none, and who the students are by name.

    Of a student's submissions to an exercise the last one counts.
    """

    kind: str
    submissions: list[Submission]
    skipped: list[Skipped]
    students: dict[str, Student] = {}


def take_in(
    kind: str, course: Course, found: Iterable[HandedIn | Skipped], untouched: Untouched, only: Collection[str] = ()
) -> Intake:
    """Return what becomes of files. `untouched` says whether one is still its exercise's starter.

    `only` are the exercises asked for, by id; all where there are none.
    """
    intake = Intake(kind, [], [])
    handed_in: list[HandedIn] = []
    for item in found:
        if isinstance(item, Skipped):
            intake.skipped.append(item)
        elif item.file.reason or item.file.path is None:
            intake.skipped.append(item.file.skipped(mark("it cannot be read")))
        else:
            handed_in.append(item)
    asked = [Asked(tuple(student.id for student in item.by), item.inside) for item in handed_in]
    read: list[tuple[tuple[object, ...], Submission]] = []
    for item, answer in zip(handed_in, answers(course, asked, only), strict=True):
        submission = _read(item, answer, untouched, only)
        if isinstance(submission, Skipped):
            intake.skipped.append(submission)
            continue
        for student in item.by:
            if student.name or student.email:
                intake.students[student.id] = student
            mine = msgspec.structs.replace(submission, student=student.id)
            order = (student.id, mine.exercise, mine.received_at, item.order, answer.rank, mine.file)
            read.append((order, mine))
    intake.submissions = _of_one_download([submission for _, submission in sorted(read, key=lambda pair: pair[0])])
    intake.skipped.sort(key=lambda skipped: (skipped.file, skipped.reason))
    return intake


def _read(item: HandedIn, answer: Answer, untouched: Untouched, only: Collection[str]) -> Submission | Skipped:
    path, exercise = item.file.path, answer.exercise
    if exercise is None or path is None:
        return item.file.skipped(answer.reason)
    if only and exercise.id not in only:
        return item.file.skipped(filled(NOT_ASKED, exercise=exercise.short))
    try:
        with path.open("rb") as file:
            file.read(1)
        most = MAX_NOTEBOOK if path.suffix.lower() == ".ipynb" else MAX_SCRIPT
        if path.stat().st_size > most:
            return item.file.skipped(filled(LARGE, most=most >> 20))
        read = read_submission(path, exercise.id, item.file.shown)
        if untouched(exercise, path):
            return item.file.skipped(STARTER)
        modified = path.stat().st_mtime
    except OSError as error:
        return item.file.skipped(filled(UNREADABLE, why=error.strerror))
    except UsageError as error:
        return item.file.skipped(f"it{error.message.removeprefix(item.file.shown)}".rstrip("."))
    own_time = in_utc(datetime.fromtimestamp(modified, UTC))
    return msgspec.structs.replace(
        read,
        received_at=own_time if item.received_at is None else item.received_at,
        seen_at=own_time if item.received_at == "" else "",
        file_time=item.received_at is None,
        marked_late=item.marked_late,
        together=tuple(student.id for student in item.by) if len(item.by) > 1 else (),
    )


def _of_one_download(submissions: list[Submission]) -> list[Submission]:
    """Give what has no time of its own the time of the newest such file: they came in one download, written file by file."""
    made = max((s.seen_at for s in submissions), default="")
    return [msgspec.structs.replace(s, seen_at=made) if s.seen_at else s for s in submissions]


def still_to_come(submissions: Iterable[Submission]) -> list[Submission]:
    """Return those received later than tomorrow, by their time: someone set it, or a clock was wrong."""
    tomorrow = in_utc(datetime.now(UTC) + timedelta(days=1))
    return [submission for submission in submissions if submission.received_at > tomorrow]


def in_utc(moment: datetime) -> str:
    """Return a moment as submissions hold it; one without a zone is taken to be in UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds")
