"""What a person should look at: submissions without a score, that could not be loaded, or that the cage had to answer."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.gradebook.attempts import Attempt
from grader.model import LIMITS, Judgement

ConcernKind = Literal["unjudged", "unscored", "unloadable", "alarm"]
KINDS: tuple[ConcernKind, ...] = ("unjudged", "unscored", "unloadable", "alarm")


class Concern(msgspec.Struct, frozen=True):
    """A submission that a person should look at, and why; `check`, or the line of the file, shows it: "" where none does."""

    kind: ConcernKind
    exercise: str
    student: str
    file: str
    detail: str = ""
    check: str = ""


def concern(attempt: Attempt, judgement: Judgement | None) -> Concern | None:
    """Return why a person should look at a submission, None where nothing asks for it."""

    def because(kind: ConcernKind, detail: str = "", check: str = "") -> Concern:
        return Concern(kind, attempt.exercise, attempt.student, attempt.file, detail, check)

    if judgement is None:
        return because("unjudged")
    if judgement.score is None:
        met = next((check for check in judgement.checks if check.verdict == "judge_error"), None)
        said = met.failure.text if met is not None and met.failure is not None else ""
        return because("unscored", judgement.fault or said, met.id if met is not None else "")
    if judgement.load_error is not None:
        return because("unloadable", judgement.load_error.message)
    for check in judgement.checks:
        if check.failure is not None and check.failure.kind == "died":
            return because("alarm", "died", check.id)
        if check.verdict in ("memory_limit", "output_limit"):
            return because("alarm", check.verdict, check.id)
    for note in judgement.notes:
        if note.kind == "killed" or note.verdict in LIMITS:
            died = note.verdict == "run_time_error"
            return because("alarm", "died" if died else note.verdict or note.text, note.place)
    return None
