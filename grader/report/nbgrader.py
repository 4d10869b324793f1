"""The table that `nbgrader export` writes: the same columns and order, for whoever reads that already."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TextIO

from grader.course.paths import short_name
from grader.gradebook.standing import ClassView, Standing
from grader.model import ClassRules, Student
from grader.report.final import LeftOut, Written, final_points, left_out
from grader.report.harmless import cell

COLUMNS = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
           "late_submission_penalty", "score", "max_score")  # fmt: skip


def write(out: TextIO, view: ClassView, rules: ClassRules, exercises: tuple[str, ...]) -> Written:
    """Write a row for each final standing, in nbgrader's order: by due date, then by name.

    nbgrader quotes nothing. We quote what would otherwise break a row, and there alone the bytes are not nbgrader's.
    """
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    count = 0
    notes: list[LeftOut] = []
    for exercise in sorted(exercises, key=lambda e: (_utc(rules.exercises[e].due), short_name(e))):
        for student in sorted(view.students, key=lambda s: (*names(s.name), s.id)):
            standing = view.standings[student.id, exercise]
            points = final_points(standing)
            if points is None:
                notes.append(left_out(standing))
                continue
            table.writerow(_row(student, standing, points, _utc(rules.exercises[exercise].due)))
            count += 1
    return Written(count, "rows", tuple(notes))


def names(name: str) -> tuple[str, str]:
    """Return last and first name. Where no comma parts them they are not taken apart: that would be a guess."""
    last, comma, first = name.partition(",")
    return (last.strip(), first.strip()) if comma else ("", name.strip())


def _row(student: Student, standing: Standing, points: float, due: str) -> list[str]:
    """Return a row; nbgrader's score is the raw one less the penalty in points, so the raw one holds all else."""
    judged = standing.last.score if standing.last is not None else None
    penalty = ((judged or 0.0) + sum(standing.hand.values())) * standing.penalty
    received = standing.last.received_at if standing.last is not None else ""
    last, first = names(student.name)
    numbers = (points + penalty, penalty, points, float(standing.max_score))
    texts = (short_name(standing.exercise), due, _utc(datetime.fromisoformat(received) if received else None),
             student.id, last, first, student.email)  # fmt: skip
    return [*map(cell, texts), *(str(round(number, 4)) for number in numbers)]


def _utc(when: datetime | None) -> str:
    """Return a time as nbgrader keeps it: in UTC, without saying so."""
    return "" if when is None else str(when.astimezone(UTC).replace(tzinfo=None))
