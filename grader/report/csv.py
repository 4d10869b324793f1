"""A class as one plain table, a row for each student and exercise, that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import math
from typing import TextIO

from grader.course.paths import short_name
from grader.gradebook.standing import ClassView, Standing
from grader.model import Student
from grader.report.final import Written, in_order
from grader.report.harmless import cell, legal

COLUMNS = ("student", "name", "email", "section", "exercise", "state", "points", "max_points", "pending_points", "score",
           "by_hand", "days_late", "penalty_percent", "correction", "attempts", "best_score", "received_at", "file",
           "sha256")  # fmt: skip
Value = str | float | int | None


def write(out: TextIO, view: ClassView, exercises: tuple[str, ...]) -> Written:
    """Write the table. Nobody is left out: `state` says what the points are worth, and a cell without a number is empty.

    Text is quoted throughout, which tells an id of digits from a number.
    """
    table = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    table.writerow(COLUMNS)
    count = 0
    for student, standing in in_order(view, exercises):
        table.writerow([_shown(value) for value in _row(student, standing)])
        count += 1
    return Written(count, "rows")


def _shown(value: Value) -> Value:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return cell(legal(value)) if isinstance(value, str) else value


def _row(student: Student, standing: Standing) -> tuple[Value, ...]:
    last = standing.last
    return (
        student.id,
        student.name,
        student.email,
        student.section,
        short_name(standing.exercise),
        standing.state,
        standing.points,
        standing.max_score,
        float(standing.pending_points),
        None if last is None else last.score,
        sum(standing.hand.values(), 0.0),
        standing.days_late,
        round(100 * standing.penalty, 4),
        standing.adjusted,
        len(standing.attempts),
        standing.best,
        "" if last is None else last.received_at,
        "" if last is None else last.file,
        "" if last is None else last.sha256,
    )
