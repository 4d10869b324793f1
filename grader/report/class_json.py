"""A class as one JSON document, `grade/class/v1`: all that a teacher may know, and nothing that differs between two runs.

A line for each standing: written, and readable, one at a time.
"""

from __future__ import annotations

from typing import Any, TextIO

import msgspec

from grader.gradebook.book import Adjustment, Gradebook
from grader.gradebook.dump import timeless
from grader.gradebook.standing import ClassView, Standing
from grader.report.final import Written, in_order
from grader.report.json import as_document

SCHEMA = "grade/class/v1"


def write(out: TextIO, book: Gradebook, view: ClassView, exercises: tuple[str, ...], language: str) -> Written:
    """Write the document, one judgement in memory at a time. Nobody is left out."""
    adjustments: dict[tuple[str, str], list[Adjustment]] = {}
    for change in book.adjustments():
        adjustments.setdefault((change.student, change.exercise), []).append(change)
    out.write(f'{{"schema": {_json(SCHEMA)},\n"exercises": {_json(exercises)},\n"students": [')
    for number, student in enumerate(view.students):
        out.write(("," if number else "") + "\n" + _json(student))
    out.write('],\n"standings": [')
    count = 0
    for student, standing in in_order(view, exercises):
        changes = adjustments.get((student.id, standing.exercise), [])
        out.write(("," if count else "") + "\n" + _json(_standing(book, standing, changes, language)))
        count += 1
    out.write("]}\n")
    return Written(count, "standings")


def _standing(book: Gradebook, standing: Standing, changes: list[Adjustment], language: str) -> dict[str, Any]:
    last = standing.last
    judgement = None
    if last is not None and last.judgement is not None:
        judgement = as_document(timeless(book.judgement(last.judgement)), "teacher", language)
        del judgement["usage"]
        judgement["submission"]["file"] = last.file
    return {
        "student": standing.student,
        "exercise": standing.exercise,
        "state": standing.state,
        "points": standing.points,
        "max_points": standing.max_score,
        "pending_points": standing.pending_points,
        "by_hand": dict(sorted(standing.hand.items())),
        "days_late": standing.days_late,
        "penalty": standing.penalty,
        "corrections": [{"points": change.points, "because": change.because} for change in changes],
        "attempts": [
            {
                "file": attempt.file,
                "sha256": attempt.sha256,
                "received_at": attempt.received_at,
                "marked_late": attempt.marked_late,
                "together": attempt.together,
                "score": attempt.score,
                "pending_points": attempt.pending_points,
                "loaded": attempt.loaded,
            }
            for attempt in standing.attempts
        ],
        "judgement": judgement,
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
