"""`grade book`: where everyone stands."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from grader.cli.console import console
from grader.cli.copies import warn_of_settings
from grader.cli.options import Settings
from grader.cli.outdated import outdated, show_outdated
from grader.course.exercise import Course
from grader.course.paths import short_name
from grader.gradebook.book import existing_gradebook, open_gradebook
from grader.gradebook.standing import ClassView, Standing, class_view
from grader.locale import Say, mark, speaker


def show_book(settings: Settings, file: str) -> int:
    """Print student × exercise. Returns 0."""
    course = Course.around(Path.cwd())
    warn_of_settings(settings, course)
    with open_gradebook(existing_gradebook(file), writing=False) as book:
        rules = course.rules()
        view = class_view(book, rules)
        by_other_checks = outdated(course, book)
    out, say = console(), speaker(settings.language)
    out.print(_table(view, say))
    for student in sorted(rules.extensions.keys() - {student.id for student in view.students}):
        told = say(mark("There is a longer due date for {student}, who is not in the gradebook."))
        out.print(told.format(student=student), style="yellow")
    for standing in view.standings.values():
        for criterion, points in standing.more_given.items():
            told = say(mark("{student}, {exercise}: {points} points were given for {criterion}, of which {most} count."))
            told = told.format(
                student=standing.student, exercise=short_name(standing.exercise), points=f"{points:g}", criterion=criterion,
                most=f"{standing.hand[criterion]:g}",
            )  # fmt: skip
            out.print(told, style="yellow", soft_wrap=True)
    out.print(say(mark("Points of the last submission, and in parentheses the best judged score where it was better.")))
    out.print(say(mark("± with corrections, ↓ less what lateness takes, … with points still to come.")))
    out.print(say(mark("– is missing, ? is without a score: neither is 0.")))
    show_outdated(out, by_other_checks, say)
    return 0


def _table(view: ClassView, say: Say) -> Table:
    table = Table(say(mark("student")), *(short_name(exercise) for exercise in view.exercises), say(mark("sum")), box=None)
    for student in view.students:
        name = f"{student.id} ({student.name})" if student.name and student.name != student.id else student.id
        table.add_row(name, *(cell_of(standing) for standing in view.of_student(student.id)), f"{view.total(student.id):g}")
    return table


def cell_of(standing: Standing) -> str:
    """Return a standing in a few characters."""
    if standing.points is None:
        return "–" if standing.state == "missing" else "?"
    marks = ("±" if standing.adjusted else "") + ("↓" if standing.penalty else "")
    text = f"{standing.points:g}{marks}{'…' if standing.state == 'pending' else ''}"
    last = standing.last.score if standing.last is not None else None
    better = standing.best is not None and last is not None and standing.best > last
    return f"{text} ({standing.best:g})" if better else text
