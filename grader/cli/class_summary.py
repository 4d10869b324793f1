"""What came of a class: a table by exercise, and what needs a person's eye."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from grader.cli.console import console
from grader.course.exercise import Course
from grader.gradebook.book import Attempt, Gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.model import Judgement, Submission


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
    _show_missing(out, course, book, view, exercises)
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


def _for_a_person(book: Gradebook, last: Sequence[Attempt]) -> list[tuple[str, str]]:
    """Return what someone should look at, with the colour to say it in: one judgement in memory at a time."""
    found: list[tuple[str, str]] = []
    for attempt in last:
        judgement = book.judgement(attempt.judgement) if attempt.judgement is not None else None
        if judgement is None:
            found.append((f"not judged yet: {attempt.file}", "red"))
        elif judgement.score is None:
            found.append((f"no score: {attempt.file}: {judgement.fault or 'a check met a fault of ours'}", "red"))
        elif judgement.load_error is not None:
            found.append((f"could not be loaded: {attempt.file}: {judgement.load_error.message}", "yellow"))
        elif alarm := alarm_of(judgement):
            found.append((f"alarm of the cage: {attempt.file}: {alarm}", "yellow"))
    return found + [(sentence, "yellow") for sentence in _identical(last)]


def alarm_of(judgement: Judgement) -> str:
    """Return what a submission did that the cage had to answer, "" where there is nothing: it ended its process, or forged."""
    for check in judgement.checks:
        if check.failure is not None and check.failure.kind == "died":
            return f"it ended its process, or answered nonsense ({check.id})"
        if check.verdict in ("memory_limit", "output_limit"):
            return f"{check.verdict.replace('_', ' ')} ({check.id})"
    return ""


def _identical(last: Sequence[Attempt]) -> list[str]:
    """Name students who handed in the same bytes, and did not say that they worked together."""
    owners: dict[tuple[str, str], dict[str, Attempt]] = {}
    for attempt in last:
        owners.setdefault((attempt.exercise, attempt.sha256), {})[attempt.student] = attempt
    return [
        f"the same file, {exercise}: {', '.join(sorted(by))}"
        for (exercise, _), by in sorted(owners.items())
        if any(set(by) - {student, *attempt.together} for student, attempt in by.items())
    ]


def _show_missing(out: Console, course: Course, book: Gradebook, view: ClassView, exercises: set[str]) -> None:
    """Name who of the roster handed in nothing: which is not zero, unless the course says so."""
    named = {student.id for student in book.students()}
    for exercise in course.exercises:
        if exercise.id in exercises:
            missing = [s.student for s in view.of_exercise(exercise.id) if s.state == "missing" and s.student in named]
            if missing:
                out.print(f"missing, {exercise.short}: {', '.join(missing)}", style="dim", markup=False, soft_wrap=True)
