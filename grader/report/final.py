"""Which points are final and may leave the house, and what is told of those that may not."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from grader.course.paths import short_name
from grader.gradebook.standing import ClassView, Standing
from grader.locale import filled, mark
from grader.model import Student


class LeftOut(msgspec.Struct, frozen=True):
    """Someone whose points were not written, and why, which is marked. `exercise` is empty where it holds for all of them."""

    exercise: str
    who: str
    reason: str


class Written(msgspec.Struct, frozen=True):
    """What an export wrote: how many `things`, what was left out, and what a teacher should know besides."""

    count: int
    things: str
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()


def final_points(standing: Standing) -> float | None:
    """Return the points that will not change by themselves, from 0 to the most; None where there are none yet."""
    points = standing.points
    if points is None or standing.state not in ("scored", "missing") or not _is_finite(standing):
        return None
    return min(max(points, 0.0), float(standing.max_score))


def _is_finite(standing: Standing) -> bool:
    """Whether all that the points are made of is finite: an infinite correction would end at the most points there are."""
    judged = standing.last.score if standing.last is not None else None
    return all(map(math.isfinite, (standing.points or 0.0, judged or 0.0, standing.adjusted, *standing.hand.values())))


def reason(standing: Standing) -> str:
    """Return why a standing has no final points."""
    if standing.last is not None and standing.last.judgement is None:
        return mark("not judged yet")
    return {
        "missing": mark("handed in nothing"),
        "unscored": mark("without a score"),
        "pending": filled(mark("points still to come ({points})"), points=f"{standing.pending_points:g}"),
        "scored": mark("the points are no finite number"),
    }[standing.state]


def left_out(standing: Standing, why: str = "") -> LeftOut:
    """Return the note that a standing was left out."""
    return LeftOut(short_name(standing.exercise), standing.student, why or reason(standing))


def in_order(view: ClassView, exercises: tuple[str, ...]) -> Iterator[tuple[Student, Standing]]:
    """Yield each student's standing, exercise by exercise."""
    for exercise in exercises:
        for student in view.students:
            yield student, view.standings[student.id, exercise]
