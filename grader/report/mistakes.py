"""Groups of the same mistake, and the points that each one cost a class. Pure: judgements are added one at a time.

The points that a criterion lost are shared evenly among its checks that failed: the costs of all groups add up to all that
was lost.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from grader.judge.explain import meaning
from grader.judge.feedback import tell
from grader.model import CheckResult, Judgement, Text

Key = tuple[str, ...]
OF_A_NAME = ("absent", "stub", "no_forward", "barred", "died", "time_limit", "memory_limit", "output_limit", "given_up")
_PLACE = re.compile(r" ?[(（](?:cell \d+, line \d+|[^()（）]+\.\w+:\d+)[)）]")
Kind = Literal["mistake", "unwritten", "unloadable"]


class Mistake(msgspec.Struct, frozen=True):
    """What several students did, in the sentence that they were told without what was drawn; `points` is what it cost."""

    exercise: str
    kind: Kind
    sentence: str
    checks: tuple[Text, ...]
    students: tuple[str, ...]
    points: Fraction


class Mistakes:
    """The mistakes of a class."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._groups: dict[Key, _Group] = {}

    def add(self, student: str, judgement: Judgement) -> None:
        """Add a student's submission that counts. What has no score, or may still be earned, cost nothing."""
        if judgement.score is None:
            return
        checks = {check.id: check for check in judgement.checks}
        for name, cost in costs(judgement).items():
            if judgement.load_error is not None:
                self._group((judgement.exercise, "unloadable"), "unloadable").add(student, "", None, cost)
                continue
            check = checks[name]
            unwritten = check.verdict == "missing"
            group = self._group((judgement.exercise, *mistake_of(check)), "unwritten" if unwritten else "mistake")
            group.add(student, self._sentence(check), check, cost)

    def groups(self) -> list[Mistake]:
        """Return the groups: those that cost most first."""
        found = [group.mistake(key[0]) for key, group in sorted(self._groups.items())]
        return sorted(found, key=lambda m: (-m.points, -len(m.students)))

    def _group(self, key: Key, kind: Kind) -> _Group:
        return self._groups.setdefault(key, _Group(kind))

    def _sentence(self, check: CheckResult) -> str:
        """Return the first sentence that every student of the group may be told: nothing drawn, no line of one's own file."""
        hidden = msgspec.structs.replace(check, visibility="hidden")
        told = tell(hidden, "student", self._language)
        return _PLACE.sub("", next(iter(told.message.splitlines()), "")) or told.title


def mistake_of(check: CheckResult) -> Key:
    """Return what a failed check has in common with others that fail for the same reason, of whatever student.

    A diagnosis, an author's sentence, an error that we can explain, a name that is missing: these are one mistake in all
    checks of an exercise. What else a check saw is one mistake in this check.
    """
    failure = check.failure
    if failure is None:
        return ("check", check.id, check.verdict)
    again = "" if failure.repeats else "depends on earlier calls"
    if check.diagnosed_by:
        return ("diagnosis", check.diagnosed_by, again)
    if failure.kind == "said":
        return ("said", failure.subject.en, again)
    if failure.kind in OF_A_NAME:
        return (failure.kind, failure.name, again)
    if failure.kind == "raised":
        known = meaning(failure.builtin, failure.text)
        return ("meaning", known, again) if known else ("raised", check.id, failure.builtin, again)
    return ("check", check.id, failure.kind, failure.subject.en, again)


def costs(judgement: Judgement) -> dict[str, Fraction]:
    """Return the points that each check cost: a criterion's lost points, shared evenly among its checks that failed.

    A check that was skipped for a failed gate costs nothing: the gate does. Where all that failed were skipped, for two
    limits met or a file that could not be loaded, they share it.
    """
    found: dict[str, Fraction] = defaultdict(Fraction)
    for criterion in judgement.criteria:
        if criterion.points is None:
            continue
        lost = Fraction(criterion.max_points) - Fraction(criterion.points) - Fraction(criterion.pending)
        blamed = _blamed([check for check in judgement.checks if check.criterion == criterion.id])
        for check in blamed if lost > 0 else ():
            found[check.id] += lost / len(blamed)
    return found


def _blamed(checks: Sequence[CheckResult]) -> list[CheckResult]:
    failed = [check for check in checks if check.verdict not in ("accepted", "not_run", "judge_error")]
    return [check for check in failed if check.verdict != "skipped"] or failed


class _Group:
    """A mistake, while students are added to it."""

    def __init__(self, kind: Kind) -> None:
        self._kind: Kind = kind
        self._students: set[str] = set()
        self._checks: dict[str, Text] = {}
        self._sentences: Counter[str] = Counter()
        self._points = Fraction(0)

    def add(self, student: str, sentence: str, check: CheckResult | None, points: Fraction) -> None:
        self._students.add(student)
        self._sentences[sentence] += 1
        self._points += points
        if check is not None:
            self._checks[check.id] = check.title

    def mistake(self, exercise: str) -> Mistake:
        sentence = min(self._sentences, key=lambda words: (-self._sentences[words], words))
        checks = tuple(self._checks[name] for name in sorted(self._checks))
        return Mistake(exercise, self._kind, sentence, checks, tuple(sorted(self._students)), self._points)
