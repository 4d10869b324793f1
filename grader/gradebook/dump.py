"""A gradebook as one canonical text: sorted, without the times of judging and what it used.

Two gradebooks of the same class, judged under the same conditions, give the same text, in whatever order and after however
many interruptions they came about.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grader.gradebook.book import Gradebook
from grader.model import Judgement, Usage

SCHEMA = "grade/gradebook/v1"


def dump(book: Gradebook) -> str:
    """Return all that a gradebook holds, the latest judgement of each file, as JSON."""
    attempts = book.attempts()
    numbers = {(a.exercise, a.sha256): a.judgement for a in attempts if a.judgement is not None}
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "students": book.students(),
        "submissions": sorted(
            (a.student, a.exercise, a.received_at, a.file, a.sha256, a.marked_late, a.together) for a in attempts
        ),
        "judgements": [timeless(book.judgement(numbers[key])) for key in sorted(numbers)],
        "adjustments": sorted((a.student, a.exercise, a.points, a.because) for a in book.adjustments()),
        "hand_points": sorted((h.student, h.exercise, h.criterion, h.points, h.because) for h in book.hand_points()),
    }
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1).decode() + "\n"


def timeless(judgement: Judgement) -> Judgement:
    """Return a judgement without what differs from one run to the next: seconds, usage, and which name a shared file had."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in judgement.checks)
    return msgspec.structs.replace(judgement, checks=checks, usage=Usage(), file="")
