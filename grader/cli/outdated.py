"""What is said where points in a gradebook were given by other checks than those that the course has now."""

from __future__ import annotations

from grader.cli.console import Verbatim
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.errors import CourseError
from grader.gradebook.book import Gradebook
from grader.locale import Say, mark

ONE = mark("1 judgement was made by other checks than today's: `grade regrade` says what would change.")
SEVERAL = mark("{count} judgements were made by other checks than today's: `grade regrade` says what would change.")


def show_outdated(out: Verbatim, count: int, say: Say) -> None:
    """Say how many judgements are by other checks, where there are any."""
    if count:
        out.print(say(ONE if count == 1 else SEVERAL).format(count=count), style="yellow", soft_wrap=True)


def outdated(course: Course, book: Gradebook) -> int:
    """Return how many of the judgements that count were made by other checks than the course has now."""
    judged = book.suites()
    present = {exercise: _digest(course, exercise) for exercise, _ in judged}
    return sum(count for (exercise, digest), count in judged.items() if present[exercise] not in ("", digest))


def _digest(course: Course, exercise: str) -> str:
    """Return the digest of an exercise's present checks, "" where they are not all here to be compared."""
    try:
        pack = next((open_pack(course, known) for known in course.exercises if known.id == exercise), None)
    except CourseError:  # told by the commands that need the checks: points can be looked at without them
        return ""
    return "" if pack is None or pack.absent else pack.digest
