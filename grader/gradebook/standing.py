"""Where each student stands: a view over the history, computed anew each time and never stored."""

from __future__ import annotations

from itertools import groupby

import msgspec

from grader.gradebook.book import Gradebook
from grader.model import Judgement


class Standing(msgspec.Struct, frozen=True):
    """One student's points for one exercise. `last` and `best` are None where no submission has a score."""

    student: str
    exercise: str
    submissions: int
    last: float | None
    best: float | None
    adjusted: float
    max_score: int

    @property
    def points(self) -> float | None:
        """The last submission's score with a person's corrections, never below 0; None where it has no score."""
        return None if self.last is None else max(0.0, self.last + self.adjusted)


def standings(book: Gradebook) -> list[Standing]:
    """Return where each student stands in each exercise that they handed in, by student and exercise."""
    adjusted: dict[tuple[str, str], float] = {}
    for adjustment in book.adjustments():
        key = adjustment.student, adjustment.exercise
        adjusted[key] = adjusted.get(key, 0.0) + adjustment.points
    found = []
    for key, group in groupby(book.submissions(), key=lambda s: (s.student, s.exercise)):
        judgements: list[Judgement | None] = [book.latest(s.exercise, s.sha256) for s in group]
        scores = [None if j is None else j.score for j in judgements]
        known = [score for score in scores if score is not None]
        most = max((j.max_score for j in judgements if j is not None), default=0)
        found.append(Standing(*key, len(judgements), scores[-1], max(known, default=None), adjusted.get(key, 0.0), most))
    return found
