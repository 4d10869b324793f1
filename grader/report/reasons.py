"""Why a student's points are what they are, beside what the checks say: lateness, a person's points, corrections."""

from __future__ import annotations

from collections.abc import Iterator

from grader.course.exercise import Course
from grader.gradebook.book import Adjustment, Gradebook
from grader.gradebook.standing import Standing
from grader.locale import mark, speaker
from grader.report.words import MORE_BY_HAND, NOT_SCORED


class Reasons:
    """What persons and rules did to a class's points, read once."""

    def __init__(self, book: Gradebook, course: Course, language: str) -> None:
        self._language = language
        self._say = speaker(language)
        configurations = ((exercise.id, course.configuration(exercise)) for exercise in course.exercises)
        self._by_hand = {exercise: [c for c in config.criteria if c.by == "hand"] for exercise, config in configurations}
        self._given = {(given.student, given.exercise, given.criterion): given for given in book.hand_points()}
        self._adjustments: dict[tuple[str, str], list[Adjustment]] = {}
        for change in book.adjustments():
            self._adjustments.setdefault((change.student, change.exercise), []).append(change)

    def of(self, standing: Standing) -> Iterator[str]:
        """Yield a sentence for each thing that a reader of the points should know."""
        say, last = self._say, standing.last
        if last is not None:
            if last.judgement is not None and last.score is None:
                yield say(NOT_SCORED)
            if others := [member for member in last.together if member != standing.student]:
                yield say(mark("Handed in together with {others}.")).format(others=", ".join(others))
            if len(standing.attempts) > 1:
                yield say(mark("The last of {count} submissions counts.")).format(count=len(standing.attempts))
            if standing.days_late:
                yield self._lateness(standing)
            elif last.marked_late:
                yield say(mark("It was marked as late where it was handed in; that costs nothing."))
            for criterion in self._by_hand.get(standing.exercise, ()):
                words = self.by_hand(standing, criterion.id, criterion.points)
                yield say(mark("{title}: {words}")).format(title=criterion.title.in_language(self._language), words=words)
            if (unseen := standing.pending_points - self._still_by_hand(standing)) > 0:
                sentence = say(mark("Hidden checks are still to be run; they can add up to {points} points."))
                yield sentence.format(points=f"{unseen:g}")
        for change in self._adjustments.get((standing.student, standing.exercise), ()):
            sentence = say(mark("Corrected by {points}: {because}"))
            yield sentence.format(points=f"{change.points:+g}", because=change.because)

    def is_by_hand(self, exercise: str, criterion: str) -> bool:
        """Whether a person grades this criterion."""
        return any(c.id == criterion for c in self._by_hand.get(exercise, ()))

    def by_hand(self, standing: Standing, criterion: str, most: int) -> str:
        """Say what a person gave for a criterion and wrote about it, or that they have yet to."""
        given = self._given.get((standing.student, standing.exercise, criterion))
        if given is None:
            return self._say(MORE_BY_HAND).format(points=most)
        points = f"{given.points:g}"
        if criterion in standing.more_given:
            more = mark("A person gave {points} points, of which {most} count: {because}")
            sentence = self._say(more if given.because else mark("A person gave {points} points, of which {most} count."))
            return sentence.format(points=points, most=f"{standing.hand[criterion]:g}", because=given.because)
        if not given.because:
            return self._say(mark("A person gave {points} of {most} points.")).format(points=points, most=most)
        sentence = self._say(mark("A person gave {points} of {most} points: {because}"))
        return sentence.format(points=points, most=most, because=given.because)

    def _lateness(self, standing: Standing) -> str:
        say, days = self._say, standing.days_late
        late = say(mark("One day late")) if days == 1 else say(mark("{days} days late")).format(days=days)
        if not standing.penalty:
            return say(mark("{late}; that costs nothing.")).format(late=late)
        percent = f"{100 * standing.penalty:g}\N{NO-BREAK SPACE}%"
        return say(mark("{late}; that takes {percent} of the points.")).format(late=late, percent=percent)

    def _still_by_hand(self, standing: Standing) -> float:
        return sum(c.points for c in self._by_hand.get(standing.exercise, ()) if c.id not in standing.hand)
