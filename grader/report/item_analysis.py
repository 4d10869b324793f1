"""What a class's results say of the checks: how hard each one is, and whether it separates strong from weak. Pure.

Judgements are added one at a time, and only sums of whole numbers are kept: the order changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import msgspec

from grader.model import Judgement, Text, Verdict, Visibility

Separates = Literal[
    "too_few", "nobody", "nearly_nobody", "everybody", "nearly_everybody", "clearly", "a_little", "not_at_all", "backwards"
]
Earned = tuple[float, float]  # points that were earned, of how many
FEWEST = 5  # students below which not even "nobody" says anything
ENOUGH = 20  # students below which a correlation is mostly chance: its standard error is about 1/sqrt(n)
EACH_SIDE = 4  # students who must have passed, and failed, before a correlation says anything
CLEAR, LITTLE = 0.3, 0.1  # of the discrimination: the usual bounds of classical test theory


class CheckFigures(msgspec.Struct, frozen=True):
    """One check over a class: of `tried`, `passed` passed; `skipped` did not get to it, because its gate failed.

    `discrimination` is None where it is not defined: all passed, none did, or the rest of the score is the same for all.
    """

    id: str
    title: Text
    criterion: str
    gate: bool
    visibility: Visibility
    tried: int
    passed: int
    skipped: int
    discrimination: float | None

    @property
    def difficulty(self) -> float | None:
        """The share of who tried that passed: classical test theory's difficulty, which is high where a check is easy."""
        return self.passed / self.tried if self.tried else None

    @property
    def separates(self) -> Separates:
        """What the two numbers say in a word, or that the students are too few to say."""
        failed = self.tried - self.passed
        if self.tried < FEWEST:
            return "too_few"
        if not self.passed or not failed:
            return "everybody" if self.passed else "nobody"
        if self.tried < ENOUGH or self.discrimination is None:
            return "too_few"
        if min(self.passed, failed) < EACH_SIDE:
            return "nearly_everybody" if self.passed > failed else "nearly_nobody"
        if self.discrimination >= CLEAR:
            return "clearly"
        if self.discrimination >= LITTLE:
            return "a_little"
        return "not_at_all" if self.discrimination > -LITTLE else "backwards"


class CriterionFigures(msgspec.Struct, frozen=True):
    """One criterion over a class: of `students` with points for it, `full` have all of them."""

    id: str
    title: Text
    max_points: int
    by_hand: bool
    students: int
    full: int
    mean: float | None


class ItemAnalysis:
    """The checks and criteria of one exercise, judgement by judgement."""

    def __init__(self) -> None:
        self._checks: dict[str, _CheckSums] = {}
        self._criteria: dict[str, _CriterionSums] = {}

    def add(self, judgement: Judgement, hand: Mapping[str, float], elsewhere: Earned = (0.0, 0.0)) -> None:
        """Add a submission that counts, what a person gave for criteria of theirs, and the student's other exercises.

        One without a score adds nothing. One that could not be loaded counts for its criteria, as what it earned there, and
        not for the checks: it says nothing of them.
        """
        if judgement.score is None:
            return
        earned = {c.id: (c.points or 0.0, c.max_points - c.pending) for c in judgement.criteria}
        got, most = (sum(pair) for pair in zip(elsewhere, *earned.values(), strict=True))
        judged_by_machine = {check.criterion for check in judgement.checks}
        for order, criterion in enumerate(judgement.criteria):
            by_hand = criterion.id not in judged_by_machine
            points = hand.get(criterion.id) if by_hand else criterion.points
            sums = self._criteria.setdefault(
                criterion.id, _CriterionSums(order, criterion.title, criterion.max_points, by_hand)
            )
            if points is not None:
                sums.add(points)
        if judgement.load_error is not None:
            return
        for order, check in enumerate(judgement.checks):
            about = CheckFigures(check.id, check.title, check.criterion, check.gate, check.visibility, 0, 0, 0, None)
            checked = self._checks.setdefault(check.id, _CheckSums(order, about))
            own_got, own_most = earned[check.criterion]
            checked.add(check.verdict, _rest(got - own_got, most - own_most))

    def checks(self) -> list[CheckFigures]:
        """Return the checks, in the order of the suite."""
        return [sums.figures() for sums in sorted(self._checks.values(), key=lambda s: (s.order, s.about.id))]

    def criteria(self) -> list[CriterionFigures]:
        """Return the criteria, in the order of the exercise."""
        by_order = sorted(self._criteria.items(), key=lambda item: (item[1].order, item[0]))
        return [sums.figures(name) for name, sums in by_order]


def corrected_item_total(n: int, passed: int, rest: int, rest_squares: int, rest_of_passed: int) -> float | None:
    """Return the corrected item-total correlation of a check, from sums over `n` students; None where it is not defined.

    It is Pearson's correlation of "passed" (0 or 1: so it is a point-biserial correlation) with the rest score, the share
    of the points that a student earned with everything else: the correction is that the check's own criterion is left out,
    whole, because its gates tie its checks to one another. Who did not get to the check is left out, too. `rest` sums the
    rest scores, `rest_squares` their squares, `rest_of_passed` those of who passed.
    """
    covariance = n * rest_of_passed - passed * rest
    variances = (n * passed - passed**2) * (n * rest_squares - rest**2)
    return covariance / math.sqrt(variances) if variances > 0 else None


def _rest(got: float, most: float) -> int | None:
    """Return a rest score as a whole number of hundredths of a percent, None where nothing else was judged."""
    return round(10_000 * got / most) if most > 0 else None


class _CheckSums:
    """What has to be kept of one check."""

    def __init__(self, order: int, about: CheckFigures) -> None:
        self.order = order
        self.about = about
        self._tried = self._passed = self._skipped = 0
        self._compared = self._compared_passed = self._rest = self._rest_squares = self._rest_of_passed = 0

    def add(self, verdict: Verdict, rest: int | None) -> None:
        self._skipped += verdict == "skipped"
        if verdict in ("skipped", "not_run", "judge_error"):
            return
        passed = verdict == "accepted"
        self._tried += 1
        self._passed += passed
        if rest is None:
            return
        self._compared += 1
        self._compared_passed += passed
        self._rest += rest
        self._rest_squares += rest * rest
        self._rest_of_passed += rest * passed

    def figures(self) -> CheckFigures:
        return msgspec.structs.replace(
            self.about,
            tried=self._tried,
            passed=self._passed,
            skipped=self._skipped,
            discrimination=corrected_item_total(
                self._compared, self._compared_passed, self._rest, self._rest_squares, self._rest_of_passed
            ),
        )


class _CriterionSums:
    """What has to be kept of one criterion: points in hundredths, so that the sum is exact."""

    def __init__(self, order: int, title: Text, max_points: int, by_hand: bool) -> None:
        self.order = order
        self._title, self._max_points, self._by_hand = title, max_points, by_hand
        self._students = self._full = self._hundredths = 0

    def add(self, points: float) -> None:
        self._students += 1
        self._full += points >= self._max_points
        self._hundredths += round(100 * points)

    def figures(self, name: str) -> CriterionFigures:
        mean = self._hundredths / 100 / self._students if self._students else None
        return CriterionFigures(name, self._title, self._max_points, self._by_hand, self._students, self._full, mean)
