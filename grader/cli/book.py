"""`grade book` and `grade adjust`: looking into a gradebook, and correcting what a judge cannot know."""

from __future__ import annotations

import difflib
from pathlib import Path

from rich.table import Table

from grader.cli.console import console
from grader.course.exercise import Course
from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import Standing, standings


def show_book(file: str) -> int:
    """Print student × exercise. Returns 0."""
    course = Course.around(Path.cwd())
    with open_gradebook(_existing(file)) as book:
        found = {(s.student, s.exercise): s for s in standings(book)}
    exercises = [e for e in course.exercises if any(exercise == e.id for _, exercise in found)]
    table = Table("student", *(e.short for e in exercises), "sum", box=None)
    for student in sorted({student for student, _ in found}):
        cells = [found.get((student, e.id)) for e in exercises]
        total = sum(cell.points or 0.0 for cell in cells if cell is not None)
        table.add_row(student, *(_cell(cell) for cell in cells), f"{total:g}")
    out = console()
    out.print(table)
    out.print(
        "Points of the last submission, with corrections (±); the best one in parentheses where it was better.", soft_wrap=True
    )
    out.print("· is nothing handed in, ? is handed in and without a score: neither is 0.", soft_wrap=True)
    return 0


def adjust(file: str, student: str, word: str, points: float, because: str) -> int:
    """Add a correction to a student's points. `UsageError` where the student handed in nothing for the exercise."""
    exercise = Course.around(Path.cwd()).find(word)
    with open_gradebook(_existing(file)) as book:
        students = {s.student for s in book.submissions()}
        if student not in students:
            near = difflib.get_close_matches(student, sorted(students), n=1)
            hint = f"Did you mean {near[0]}?" if near else "`grade book` shows the students."
            raise UsageError(f"There is no student {student} in {file}.", hint)
        book.add_adjustment(student, exercise.id, points, because)
        standing = next((s for s in standings(book) if (s.student, s.exercise) == (student, exercise.id)), None)
    now = "nothing handed in yet" if standing is None else _cell(standing)
    console().print(f"{student}, {exercise.short}: {points:+g}. Now: {now}", markup=False, soft_wrap=True)
    return 0


def _existing(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"There is no gradebook {file}.", "`grade batch CLASS` makes one; --book names another.")
    return path


def _cell(standing: Standing | None) -> str:
    if standing is None:
        return "·"
    if standing.points is None:
        return "?"
    text = f"{standing.points:g}{'±' if standing.adjusted else ''}"
    better = standing.best is not None and standing.last is not None and standing.best > standing.last
    return f"{text} ({standing.best:g})" if better else text
