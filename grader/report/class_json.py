"""A class as one JSON document, `grade/class/v1`: all that a teacher may know, and nothing that differs between two runs.

A line for each standing: written, and readable, one at a time.
"""

from __future__ import annotations

from typing import Any, TextIO

import msgspec

from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Adjustment, Gradebook
from grader.gradebook.standing import ClassView, Standing
from grader.judge.feedback import tell
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
    return {
        "student": standing.student,
        "exercise": standing.exercise,
        "state": standing.state,
        "points": standing.points,
        "max_points": standing.max_score,
        "pending_points": float(standing.pending_points),
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
                "pending_points": float(attempt.pending_points),
                "loaded": attempt.loaded,
            }
            for attempt in standing.attempts
        ],
        "judgement": _judgement(book, last, language),
    }


def _judgement(book: Gradebook, last: Attempt | None, language: str) -> dict[str, Any] | None:
    """Return the judgement of the submission that counts: all that a teacher is told of each check, without times."""
    if last is None or last.judgement is None:
        return None
    judgement = book.judgement(last.judgement)
    document = as_document(judgement, "teacher", language)
    told = [tell(check, "teacher", language) for check in judgement.checks]
    checks = [{name: value for name, value in msgspec.structs.asdict(check).items() if name != "seconds"} for check in told]
    del document["usage"]
    return {**document, "submission": {"file": last.file, "sha256": last.sha256}, "checks": checks, "fault": judgement.fault}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
