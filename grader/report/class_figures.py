"""All that the page of a class says, gathered in one pass: one judgement, and one file, in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

import msgspec

from grader.course.exercise import Course
from grader.course.pack import starters
from grader.course.paths import short_name
from grader.gradebook.alike import Alike, to_look_at
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import DAY, ClassView, Standing
from grader.model import ClassRules, Judgement, Text
from grader.report.attention import Concern, concern
from grader.report.calendar import Calendar, calendar_of
from grader.report.distribution import Bin, mean, percent_bins, point_bins, quantile, second_bins
from grader.report.item_analysis import CheckFigures, CriterionFigures, Earned, ItemAnalysis
from grader.report.mistakes import Mistake, Mistakes


class DueFigures(msgspec.Struct, frozen=True):
    """When the submissions that count came in, against their due dates: own ones, where a student's was extended."""

    due: datetime
    earlier: int = 0
    last_day: int = 0
    one_day_late: int = 0
    later: int = 0
    unknown: int = 0


class ExerciseFigures(msgspec.Struct, frozen=True):
    """One exercise over a class; `students` have points for it. `share` is the mean of their shares of what counts by now."""

    id: str
    short: str
    title: Text
    max_score: int
    students: int
    share: float | None
    full: int
    bins: tuple[Bin, ...]
    missing: tuple[str, ...]
    unscored: int
    pending: int
    criteria: tuple[CriterionFigures, ...]
    checks: tuple[CheckFigures, ...]
    seconds: float | None
    due: DueFigures | None

    @property
    def weakest(self) -> CriterionFigures | None:
        """The criterion of which the class earned the smallest share, where it lost anything."""
        known = [c for c in self.criteria if c.mean is not None and c.mean < c.max_points]
        return min(known, key=lambda c: (c.mean or 0.0) / c.max_points, default=None)


class ClassFigures(msgspec.Struct, frozen=True):
    """A class in numbers.

    `shares` are of the students who have anything that counts, which `uncounted` have not: points, of how many there could
    be by now. `dues` has the number of a bar of the `calendar`, and the exercise that is due there.
    """

    names: dict[str, str]
    exercises: tuple[ExerciseFigures, ...]
    submissions: int
    counting: int
    shares: tuple[float, ...]
    uncounted: int
    pending: int
    bins: tuple[Bin, ...]
    mistakes: tuple[Mistake, ...]
    concerns: tuple[Concern, ...]
    alike: tuple[Alike, ...]
    verdicts: dict[str, int]
    seconds: tuple[float, ...]
    second_bins: tuple[Bin, ...]
    calendar: Calendar
    dues: tuple[tuple[int, str], ...]
    zone: str
    late_costs: bool
    missing_is_zero: bool

    @property
    def mean(self) -> float | None:
        """The mean share."""
        return mean(self.shares)

    @property
    def median(self) -> float | None:
        """The share that half of the students reach."""
        return quantile(self.shares, 0.5)


def gather(book: Gradebook, view: ClassView, course: Course, language: str) -> ClassFigures:
    """Return a class in numbers; sentences of mistakes in `language`."""
    rules = course.rules()
    passing = _Passing(book, rules, Mistakes(language))
    exercises = tuple(passing.exercise(view, exercise, course) for exercise in view.exercises)
    shares = tuple(share for s in view.students if (share := share_of(view.of_student(s.id))) is not None)
    zone = next((about.due.tzinfo for about in rules.exercises.values() if about.due is not None), None) or UTC
    moments = [_moment(a.received_at, zone) for s in view.standings.values() for a in s.attempts if a.received_at]
    calendar = calendar_of(moments)
    return ClassFigures(
        names={student.id: student.name for student in view.students},
        exercises=exercises,
        submissions=sum(len(s.attempts) for s in view.standings.values()),
        counting=sum(s.last is not None for s in view.standings.values()),
        shares=shares,
        uncounted=len(view.students) - len(shares),
        pending=len({s.student for s in view.standings.values() if s.state == "pending"}),
        bins=percent_bins(shares),
        mistakes=tuple(passing.mistakes.groups()),
        concerns=tuple(passing.concerns),
        alike=tuple(to_look_at(book, view, starters(course, view.exercises))),
        verdicts=dict(passing.verdicts),
        seconds=tuple(passing.seconds),
        second_bins=second_bins(passing.seconds),
        calendar=calendar,
        dues=tuple(_dues(exercises, calendar, zone)),
        zone=str(zone),
        late_costs=rules.late.per_day > 0,
        missing_is_zero=rules.missing_is_zero,
    )


class _Passing:
    """What is kept while judgements pass by."""

    def __init__(self, book: Gradebook, rules: ClassRules, mistakes: Mistakes) -> None:
        self._book = book
        self._rules = rules
        self.mistakes = mistakes
        self.concerns: list[Concern] = []
        self.verdicts: Counter[str] = Counter()
        self.seconds: list[float] = []

    def exercise(self, view: ClassView, exercise: str, course: Course) -> ExerciseFigures:
        items, before = ItemAnalysis(), len(self.seconds)
        standings = view.of_exercise(exercise)
        for standing in standings:
            self._add(standing, items, _elsewhere(view, standing))
        handed = [standing for standing in standings if standing.last is not None]
        points = [standing.points for standing in handed if standing.points is not None]
        most = max((standing.max_score for standing in standings), default=0)
        titles = {e.id: course.configuration(e).title for e in course.exercises if e.id == exercise}
        return ExerciseFigures(
            id=exercise,
            short=short_name(exercise),
            title=titles.get(exercise, Text(exercise)),
            max_score=most,
            students=len(points),
            share=mean([share for standing in handed if (share := share_of([standing])) is not None]),
            full=sum(p >= most for p in points),
            bins=point_bins(points, most) if most else (),
            missing=tuple(s.student for s in standings if s.last is None),
            unscored=sum(s.state == "unscored" for s in standings),
            pending=sum(s.state == "pending" for s in standings),
            criteria=tuple(items.criteria()),
            checks=tuple(items.checks()),
            seconds=quantile(self.seconds[before:], 0.5),
            due=self._due(exercise, handed),
        )

    def _add(self, standing: Standing, items: ItemAnalysis, elsewhere: Earned) -> None:
        last = standing.last
        if last is None:
            return
        judgement = self._book.judgement(last.judgement) if last.judgement is not None else None
        found = concern(last, judgement)
        if found is not None:
            self.concerns.append(found)
        if judgement is not None:
            items.add(judgement, standing.hand, elsewhere)
            self.mistakes.add(standing.student, judgement)
            self.verdicts.update(_verdicts(judgement))
            self.seconds.append(judgement.usage.wall_seconds)

    def _due(self, exercise: str, handed: list[Standing]) -> DueFigures | None:
        about = self._rules.exercises.get(exercise)
        if about is None or about.due is None:
            return None
        counts = Counter(_when(standing, about.due, self._rules.extensions) for standing in handed)
        return DueFigures(about.due, **counts)


def _elsewhere(view: ClassView, standing: Standing) -> Earned:
    """Return what the judge gave a student in the other exercises, of how much: what was not handed in does not count."""
    got = most = 0.0
    for other in view.of_student(standing.student):
        if other.exercise != standing.exercise and other.last is not None and other.last.score is not None:
            got += other.last.score
            most += other.max_score - other.last.pending_points
    return got, most


def _verdicts(judgement: Judgement) -> Counter[str]:
    return Counter(check.verdict for check in judgement.checks)


def _when(standing: Standing, due: datetime, extensions: Mapping[str, Mapping[str, datetime]]) -> str:
    last = standing.last
    assert last is not None
    if not last.received_at:
        return "unknown"
    if standing.days_late:
        return "one_day_late" if standing.days_late == 1 else "later"
    own = extensions.get(standing.student, {}).get(standing.exercise, due)
    return "last_day" if datetime.fromisoformat(last.received_at) > own - DAY else "earlier"


def _moment(received_at: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(received_at).astimezone(zone)


def _dues(exercises: tuple[ExerciseFigures, ...], calendar: Calendar, zone: tzinfo) -> Iterator[tuple[int, str]]:
    """Yield the bar that an exercise's due date lies in, where it has one."""
    for exercise in exercises:
        bar = calendar.bar_of(exercise.due.due.astimezone(zone).date()) if exercise.due is not None else None
        if bar is not None:
            yield bar, exercise.short


def share_of(standings: Sequence[Standing]) -> float | None:
    """Return a student's points as a share of all that could be had by now in what counts; None where nothing counts.

    What is missing or has no score counts neither as points nor as none, unless the course says that missing is zero. Points
    that a person has still to give, or a check that was not run, are not among those that could be had.
    """
    counting = [(s.points, max(s.max_score - s.pending_points, 0.0)) for s in standings if s.points is not None]
    most = sum(possible for _, possible in counting)
    return min(sum(points for points, _ in counting) / most, 1.0) if most > 0 else None
