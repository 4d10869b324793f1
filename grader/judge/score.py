"""Points, as a pure function of verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from grader.model import CheckResult, Criterion, CriterionScore


def criterion_points(criterion: Criterion, checks: Sequence[CheckResult], *, pending_pass: bool) -> float:
    """Return a criterion's points; what is to come (checks that were not run, a person's word) counts as all or nothing.

    While a gate fails it earns nothing. Past its gates a criterion of one point is all or nothing, and a larger one pays
    in proportion to its passed checks, rounded down to half points.
    """

    def passed(check: CheckResult) -> bool:
        return check.verdict == "accepted" or (pending_pass and check.verdict == "not_run")

    if criterion.by == "hand":
        return float(criterion.points) if pending_pass else 0.0
    if not checks or not all(passed(check) for check in checks if check.gate):
        return 0.0
    share = sum(map(passed, checks))
    if criterion.points == 1 or criterion.all_or_nothing:
        return float(criterion.points) if share == len(checks) else 0.0
    return math.floor(2 * criterion.points * share / len(checks)) / 2


def score(criteria: Sequence[Criterion], checks: Sequence[CheckResult]) -> tuple[CriterionScore, ...]:
    """Return the points of each criterion; no points at all, rather than 0, where a check met a fault of ours."""
    scored = []
    for criterion in criteria:
        own = [check for check in checks if check.criterion == criterion.id]
        sure = criterion_points(criterion, own, pending_pass=False)
        most = criterion_points(criterion, own, pending_pass=True)
        unscored = any(check.verdict == "judge_error" for check in own)
        points = None if unscored else sure
        held = hidden_points(criterion, own)
        scored.append(CriterionScore(criterion.id, criterion.title, points, most - sure, criterion.points, criterion.by, held))
    return tuple(scored)


def hidden_points(criterion: Criterion, checks: Sequence[CheckResult]) -> float:
    """Return how many of a criterion's points only hidden checks can give: what is missing where all visible ones pass."""
    if not any(check.visibility == "hidden" for check in checks):
        return 0.0
    shown = [replace(check, verdict="accepted" if check.visibility == "visible" else "not_run") for check in checks]
    return criterion.points - criterion_points(criterion, shown, pending_pass=False)


def total(scored: Sequence[CriterionScore]) -> float | None:
    """Return the sum, or None where any criterion is unscored."""
    points = [criterion.points for criterion in scored]
    known = [p for p in points if p is not None]
    return sum(known) if len(known) == len(points) else None
