"""Where each student stands: a view over the history, computed anew each time and never stored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

import msgspec

from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook
from grader.model import ClassRules, ExerciseRules, LatePolicy, Student

State = Literal["missing", "unscored", "pending", "scored"]
DAY = timedelta(days=1)


class Standing(msgspec.Struct, frozen=True):
    """Where one student stands in one exercise.

    `attempts` are in the order of time, and the last one counts. `hand` has the points that a person gave, by criterion, up to
    what the course pays for it now; where they gave more, `more_given` says how much they gave.
    `penalty` is the share of the points that lateness takes, from 0 to 1. A person's correction gives points also where there
    is no score: `corrected` tells one that adds up to nothing from none.
    """

    student: str
    exercise: str
    max_score: int
    attempts: tuple[Attempt, ...] = ()
    hand: dict[str, float] = {}
    more_given: dict[str, float] = {}
    pending_points: float = 0.0
    days_late: int = 0
    penalty: float = 0.0
    adjusted: float = 0.0
    corrected: bool = False
    missing_is_zero: bool = False

    @property
    def last(self) -> Attempt | None:
        """The submission that counts."""
        return self.attempts[-1] if self.attempts else None

    @property
    def best(self) -> float | None:
        """The best score of any submission, None where none has one."""
        return max((a.score for a in self.attempts if a.score is not None), default=None)

    @property
    def state(self) -> State:
        """`unscored` and `missing` are no zeros; `pending` points may still become more."""
        if self.last is None:
            return "scored" if self.corrected else "missing"
        if self.last.score is None:
            return "scored" if self.corrected else "unscored"
        return "pending" if self.pending_points else "scored"

    @property
    def points(self) -> float | None:
        """What counts: last score and a person's points, less what lateness takes, with corrections; None without a score."""
        return None if self.unbounded is None else min(max(self.unbounded, 0.0), float(self.max_score))

    @property
    def unbounded(self) -> float | None:
        """What `points` would be if corrections could lead below 0 and above the most there is."""
        earned = None if self.last is None else self.last.score
        if earned is None:
            if not self.corrected and not (self.missing_is_zero and self.last is None):
                return None
            earned = 0.0
        return round((earned + sum(self.hand.values())) * (1 - self.penalty) + self.adjusted, 2)


class ClassView(msgspec.Struct, frozen=True):
    """A class: its students by id, the exercises that anyone has handed in, and where each student stands in each of them."""

    students: tuple[Student, ...]
    exercises: tuple[str, ...]
    standings: dict[tuple[str, str], Standing]

    def of_student(self, student: str) -> list[Standing]:
        """Return a student's standings, in the order of the exercises."""
        return [self.standings[student, exercise] for exercise in self.exercises]

    def of_exercise(self, exercise: str) -> list[Standing]:
        """Return an exercise's standings, in the order of the students."""
        return [self.standings[student.id, exercise] for student in self.students]

    def total(self, student: str) -> float:
        """Return the sum of a student's points; what has no score adds nothing."""
        return round(sum(standing.points or 0.0 for standing in self.of_student(student)), 2)


def class_view(book: Gradebook, rules: ClassRules) -> ClassView:
    """Return a gradebook as it stands under these rules."""
    attempts = book.attempts()
    named = {student.id: student for student in book.students()}
    ids = sorted(named.keys() | {attempt.student for attempt in attempts})
    concerned = {attempt.exercise for attempt in attempts} | {change.exercise for change in book.adjustments()}
    exercises = [e for e in rules.exercises if e in concerned] + sorted(concerned - rules.exercises.keys())
    found = {key: tuple(group) for key, group in groupby(attempts, key=lambda a: (a.student, a.exercise))}
    adjusted: dict[tuple[str, str], float] = {}
    for change in book.adjustments():
        adjusted[change.student, change.exercise] = adjusted.get((change.student, change.exercise), 0.0) + change.points
    hand: dict[tuple[str, str], dict[str, float]] = {}
    for given in book.hand_points():
        hand.setdefault((given.student, given.exercise), {})[given.criterion] = given.points
    standings = {
        (student, exercise): _standing(
            student, exercise, found.get((student, exercise), ()), hand.get((student, exercise), {}),
            adjusted.get((student, exercise)), rules,
        )
        for student in ids
        for exercise in exercises
    }  # fmt: skip
    return ClassView(tuple(named.get(i, Student(i)) for i in ids), tuple(exercises), standings)


def _standing(
    student: str,
    exercise: str,
    attempts: tuple[Attempt, ...],
    hand: dict[str, float],
    adjusted: float | None,
    rules: ClassRules,
) -> Standing:
    about = rules.exercises.get(exercise, ExerciseRules(0))
    last = attempts[-1] if attempts else None
    days = 0
    if last is not None:
        days = days_late(last.received_at, rules.extensions.get(student, {}).get(exercise, about.due), rules.late)
    counting = {criterion: min(hand[criterion], float(most)) for criterion, most in about.by_hand.items() if criterion in hand}
    return Standing(
        student=student,
        exercise=exercise,
        max_score=about.max_score,
        attempts=attempts,
        hand=counting,
        more_given={criterion: hand[criterion] for criterion, points in counting.items() if points < hand[criterion]},
        pending_points=0.0 if last is None or last.score is None else _pending(last, about, counting),
        days_late=days,
        penalty=min(days * rules.late.per_day, rules.late.cap) / 100,
        adjusted=adjusted or 0.0,
        corrected=adjusted is not None,
        missing_is_zero=rules.missing_is_zero,
    )


def _pending(last: Attempt, about: ExerciseRules, given: Mapping[str, float]) -> float:
    """Return what may still come: from checks that were not run, and by hand as the course pays for it now."""
    by_hand = sum(most for criterion, most in about.by_hand.items() if criterion not in given)
    return max(0.0, last.pending_points - last.pending_by_hand) + by_hand


def days_late(received_at: str, due: datetime | None, policy: LatePolicy) -> int:
    """Return the days that have begun since the due date; 0 within the grace, or where either time is not known."""
    if due is None or not received_at:
        return 0
    late = datetime.fromisoformat(received_at) - due
    return math.ceil(late / DAY) if late > timedelta(minutes=policy.grace_minutes) else 0
