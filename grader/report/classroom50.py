"""A run as Classroom 50's `result.json` (`classroom50/result/v1`): a test for each criterion.

It counts whole points: ours are doubled, the most along with the earned, and each test says so. Whose result it is, its
runner says in the environment; nothing of that is read from what was handed in. Nothing in it can say that a score is not
final yet: such a one is not written, and its runner then notes a run that failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.locale import mark, speaker
from grader.model import CriterionScore
from grader.report.harmless import legal
from grader.report.run import Graded, Run

SCHEMA = "classroom50/result/v1"
MODES = ("individual", "group", "team")
DOUBLED = mark("{points} of {most} points; doubled, as Classroom 50 counts whole points: {doubled} of {doubled_most}.")


def identity(environment: Mapping[str, str]) -> dict[str, str]:
    """Return whose result it is, and of what, as Classroom 50's runner says it. `UsageError` where it does not."""

    def given(*names: str) -> str:
        found = next((environment[name] for name in names if environment.get(name)), "")
        if not found:
            raise UsageError(f"{names[0]} is not set.", "Classroom 50's runner sets it; elsewhere, choose another --format.")
        return found

    return {
        "classroom": given("CLASSROOM"),
        "assignment": given("ASSIGNMENT"),
        "assignment_type": _mode(environment),
        "owner": given("OWNER", "USERNAME"),
        "submission": given("SUBMISSION_TAG"),
        "commit": given("COMMIT_URL"),
        "release": given("RELEASE_URL"),
        "review": given("REVIEW_URL", "COMMIT_URL"),
    }


def result(run: Run, environment: Mapping[str, str], committed: str, now: str) -> bytes | None:
    """Return the text, None where there is no score: without a file, the runner says that grading failed, which is true.

    `committed` and `now` are moments in UTC as ISO 8601 writes them; the first one may be unknown and empty. `UsageError`
    where points are still to come, or where this is not Classroom 50's runner.
    """
    if run.score is None:
        return None
    _refuse_what_is_not_final(run)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **identity(environment),
        "datetime": _second(committed or now),
        "graded_at": _second(now),
        "score": _doubled(run.score),
        "max-score": 2 * run.max_score,
        "tests": [_test(graded, criterion, run.language) for graded in run.graded for criterion in graded.judgement.criteria],
    }
    actor, number = environment.get("GITHUB_ACTOR", ""), environment.get("GITHUB_ACTOR_ID", "")
    if actor:
        document["submitted_by"] = {"username": actor, "id": int(number) if number.isdecimal() else None}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _refuse_what_is_not_final(run: Run) -> None:
    waiting = [graded for graded in run.graded if graded.judgement.pending_points]
    if not waiting:
        return
    points = ", ".join(f"{graded.short}: {graded.judgement.pending_points:g}" for graded in waiting)
    not_run = any(check.verdict == "not_run" for graded in waiting for check in graded.judgement.checks)
    raise UsageError(
        f"There is no result.json: points are still to come ({points}), and Classroom 50 takes every score for the final one.",
        "Have hidden checks run: set GRADE_KEY, use a handout made with --hidden packed, or call this from the course's own "
        "folder with --submission DIR."
        if not_run
        else "A person gives them: grade with `grade batch`, and `grade export` when they are given.",
    )


def _mode(environment: Mapping[str, str]) -> str:
    """Return what kind of assignment it is. The runner holds it against its own: another word for it is refused there."""
    mode = environment.get("ASSIGNMENT_TYPE", "").strip().lower() or MODES[0]
    if mode not in MODES:
        raise UsageError(f"ASSIGNMENT_TYPE is {mode!r}: Classroom 50 knows {', '.join(MODES)}.", "Choose another --format.")
    return mode


def _test(graded: Graded, criterion: CriterionScore, language: str) -> dict[str, Any]:
    points = criterion.points or 0.0
    most = criterion.max_points
    text = speaker(language)(DOUBLED)
    return {
        "test-name": legal(f"{graded.short}: {criterion.title.in_language(language)}"),
        "passed": points == most,
        "score": _doubled(points),
        "max-score": 2 * most,
        "message": text.format(points=f"{points:g}", most=most, doubled=_doubled(points), doubled_most=2 * most),
    }


def _doubled(points: float) -> int:
    """Return twice the points. What is no half point is no score of ours."""
    if points * 2 != int(points * 2):
        raise ValueError(points)
    return int(points * 2)


def _second(moment: str) -> str:
    """Write a moment in UTC as the schema asks for it."""
    return f"{moment[:19]}Z"
