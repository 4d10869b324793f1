"""What came of a class: a table by exercise, and what needs a person's eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from grader.cli.console import console, number_of
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.gradebook.alike import to_look_at
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.model import Submission
from grader.report.attention import ConcernKind, concern

CONCERNS: dict[ConcernKind, tuple[str, str]] = {
    "unscored": ("no score", "red"),
    "unloadable": ("could not be loaded", "yellow"),
    "alarm": ("alarm of the cage", "yellow"),
}
ALARMS = {
    "died": "it ended its process, or answered nonsense",
    "memory_limit": "it asked for more memory than it may have",
    "output_limit": "it printed more than it may",
}


def show_summary(course: Course, book: Gradebook, submissions: Sequence[Submission]) -> bool:
    """Print how these submissions did; return whether any that counts has no score."""
    out = console()
    view = class_view(book, course.rules())
    exercises = {s.exercise for s in submissions}
    out.print(_table(course, view, exercises))
    concerned = {(s.student, s.exercise) for s in submissions}
    last = [standing.last for key, standing in view.standings.items() if key in concerned and standing.last is not None]
    for sentence, style in _for_a_person(book, last):
        out.print(sentence, style=style, markup=False, soft_wrap=True)
    for sentence in _alike(course, book, view, exercises):
        out.print(sentence, style="yellow", markup=False, soft_wrap=True)
    _show_missing(out, course, view, exercises)
    return any(attempt.score is None for attempt in last)


def _table(course: Course, view: ClassView, exercises: set[str]) -> Table:
    table = Table("exercise", "students", "mean", "full marks", "points", "missing", box=None)
    for exercise in course.exercises:
        if exercise.id in exercises:
            standings = view.of_exercise(exercise.id)
            points = [s.points for s in standings if s.points is not None and s.last is not None]
            full = sum(s.points == s.max_score for s in standings)
            missing = sum(s.state == "missing" for s in standings)
            mean = f"{sum(points) / len(points):.2f}" if points else "–"
            most = str(course.configuration(exercise).max_score)
            table.add_row(exercise.short, str(len(points)), mean, str(full), most, str(missing) if missing else "")
    return table


def _for_a_person(book: Gradebook, last: Sequence[Attempt]) -> Iterator[tuple[str, str]]:
    """Yield what someone should look at, with the colour to say it in: one judgement in memory at a time.

    What is not judged yet is counted: after Ctrl-C it may be the whole class.
    """
    unjudged = 0
    for attempt in last:
        found = concern(attempt, None if attempt.judgement is None else book.judgement(attempt.judgement))
        if found is not None and found.kind == "unjudged":
            unjudged += 1
        elif found is not None:
            what, style = CONCERNS[found.kind]
            detail = ALARMS.get(found.detail, found.detail)
            check = f" ({found.check})" if found.check else ""
            yield f"{what}: {attempt.file}{': ' if detail else ''}{detail}{check}", style
    if unjudged:
        yield f"not judged yet: {number_of(unjudged, 'submission')}", "red"


def _alike(course: Course, book: Gradebook, view: ClassView, exercises: set[str]) -> list[str]:
    """Name files of these exercises that a person may want to look at side by side."""
    starters = {e.id: open_pack(course, e).starter for e in course.exercises if e.id in exercises}
    return [found.in_words() for found in to_look_at(book, view, starters) if found.exercise in exercises]


def _show_missing(out: Console, course: Course, view: ClassView, exercises: set[str]) -> None:
    """Name who of the class handed in nothing: which is not zero, unless the course says so."""
    for exercise in course.exercises:
        if exercise.id in exercises:
            missing = [s.student for s in view.of_exercise(exercise.id) if s.state == "missing"]
            if missing:
                out.print(f"missing, {exercise.short}: {', '.join(missing)}", style="dim", markup=False, soft_wrap=True)
