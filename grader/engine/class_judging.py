"""Judging what of a class is not yet judged: under which conditions, which files, and what a crash leaves in the gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from grader.course.pack import Pack
from grader.engine.pool import Outcome
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Conditions, Gradebook
from grader.model import CriterionScore, Judgement, Submission

OfAFile = TypeVar("OfAFile", Submission, Attempt)


class Terms(msgspec.Struct, frozen=True):
    """What judgements made now are made by: the packs, and the conditions, by exercise."""

    packs: dict[str, Pack]
    conditions: dict[str, Conditions]

    @classmethod
    def of(cls, packs: Iterable[Pack], versions: dict[str, str], walls: tuple[tuple[str, bool, str], ...]) -> Terms:
        """Return the terms of these packs under these versions and this cage."""
        by_exercise = {pack.exercise: pack for pack in packs}
        conditions = {e: Conditions(p.digest, p.course_seed, versions, walls) for e, p in by_exercise.items()}
        return cls(by_exercise, conditions)

    def unscored(self, outcome: Outcome) -> Judgement:
        """Return the judgement of a submission over which the judge itself came to grief: no score, and no zero."""
        submission = outcome.submission
        pack, conditions = self.packs[submission.exercise], self.conditions[submission.exercise]
        criteria = tuple(CriterionScore(c.id, c.title, None, 0.0, c.points, c.by) for c in pack.config.as_criteria())
        return Judgement(
            exercise=submission.exercise,
            file=submission.file,
            sha256=submission.sha256,
            load_error=None,
            notes=(),
            score=None,
            pending_points=0.0,
            max_score=pack.config.max_score,
            criteria=criteria,
            checks=(),
            fault=outcome.fault,
            seed=conditions.seed,
            suite_digest=conditions.suite_digest,
            versions=conditions.versions,
            walls=conditions.walls,
        )


def unjudged(book: Gradebook, submissions: Sequence[OfAFile], terms: Terms, *, again: bool) -> list[OfAFile]:
    """Return one of these for each file that has no judgement that may stand under these terms."""
    files = {(s.exercise, s.sha256): s for s in submissions}
    return [
        s
        for s in files.values()
        if again or book.reusable_judgement(s.exercise, s.sha256, terms.conditions[s.exercise]) is None
    ]


def judgements(outcomes: Iterable[Outcome], terms: Terms) -> Iterator[Judgement]:
    """Yield the judgement of each outcome, an unscored one where the judge came to grief."""
    for outcome in outcomes:
        yield outcome.judgement or terms.unscored(outcome)
