"""`grade adjust`: what a judge cannot know, a person adds, with the reason."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.cli.book import cell_of
from grader.cli.console import console, number_of
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.errors import UsageError
from grader.gradebook.book import Gradebook, existing_gradebook, open_gradebook
from grader.gradebook.standing import Standing, class_view
from grader.intake.roster import csv_lines, delimiter_of
from grader.locale import Say, mark, speaker
from grader.model import ClassRules

SHEET = ("student", "exercise", "criterion", "points", "because")


class Wanted(msgspec.Struct, frozen=True):
    """What `grade adjust` was asked to do."""

    student: str | None
    exercise: str | None
    points: float | None
    because: str
    criterion: str
    sheet: str | None
    book: str


def adjust_points(settings: Settings, wanted: Wanted) -> int:
    """Add a correction, or points that a person gave. `UsageError` where a student, exercise or criterion is not known."""
    course, say = Course.around(Path.cwd()), speaker(settings.language)
    with open_gradebook(existing_gradebook(wanted.book)) as book:
        if wanted.sheet is not None:
            if wanted.student is not None or wanted.points is not None or wanted.criterion or wanted.because:
                raise UsageError("--csv FILE says all there is to say.", "Leave out the other words, or the file.")
            return _take_sheet(course, book, Path(wanted.sheet), say)
        if wanted.student is None or wanted.exercise is None or wanted.points is None or not math.isfinite(wanted.points):
            raise UsageError("Say whom, what and how much.", 'grade adjust STUDENT EXERCISE --points +1 --because "…"')
        student, exercise = known_student(everyone(book), wanted.student), course.find(wanted.exercise)
        rules = course.rules()
        if wanted.criterion:
            given = (student, exercise.id, _criterion(rules, exercise.id, wanted.criterion, wanted.points))
            book.add_hand_points([(*given, wanted.points, wanted.because.strip())])
        else:
            book.add_adjustment(student, exercise.id, wanted.points, wanted.because)
        standing = class_view(book, rules).standings.get((student, exercise.id))
    unknown = say(mark("no score yet, with which this will count"))  # points by hand are added to a score
    now = unknown if standing is None or standing.points is None else cell_of(standing)
    what = f"{wanted.criterion} {wanted.points:g}" if wanted.criterion else f"{wanted.points:+g}"
    told = say(mark("{student}, {exercise}: {what}. Now: {now}"))
    told = told.format(student=student, exercise=exercise.short, what=what, now=now)
    console().print(told, soft_wrap=True)
    if standing is not None and (beyond := _beyond(standing, say)):
        console().print(beyond, style="yellow", soft_wrap=True)
    return 0


def _beyond(standing: Standing, say: Say) -> str:
    """Say that a student's corrections add up to more than what counts of them, or to less; "" where all of it counts."""
    total = standing.unbounded
    if total is None or total == standing.points:
        return ""
    if total > standing.max_score:
        told = say(mark("With all corrections it would be {points}, and no more than {most} count."))
    else:
        told = say(
            mark("With all corrections it would be {points}, and it counts as 0. What is added later fills that up first.")
        )
    return told.format(points=f"{total:g}", most=standing.max_score)


def everyone(book: Gradebook) -> list[str]:
    """Return the ids of all who are in a gradebook."""
    return sorted({attempt.student for attempt in book.attempts()} | {student.id for student in book.students()})


def known_student(students: Sequence[str], word: str) -> str:
    """Return the id of a student of the gradebook. `UsageError` with a near miss where there is none."""
    if word in students:
        return word
    near = difflib.get_close_matches(word, students, n=1)
    raise UsageError(
        f"There is no student {word} in the gradebook.",
        f"Did you mean {near[0]}?" if near else "`grade book` shows the students.",
    )


def _criterion(rules: ClassRules, exercise: str, word: str, points: float) -> str:
    by_hand = rules.exercises[exercise].by_hand
    if word not in by_hand:
        hint = f"By hand: {', '.join(by_hand)}." if by_hand else 'In exercise.toml, `by = "hand"` makes a criterion one.'
        raise UsageError(f"{exercise} has no criterion {word!r} that a person grades.", hint)
    if not 0 <= points <= by_hand[word]:
        raise UsageError(f"{word} of {exercise} has 0 to {by_hand[word]} points, not {points:g}.")
    return word


def _take_sheet(course: Course, book: Gradebook, path: Path, say: Say) -> int:
    """Take in all rows of a sheet, or none where one is wrong."""
    given, rules, students = [], course.rules(), everyone(book)
    for number, row in _rows(path):
        try:
            exercise = course.find(row["exercise"]).id
            points = _number(row["points"])
            student = known_student(students, row["student"])
            criterion = _criterion(rules, exercise, row["criterion"], points)
        except ValueError:
            raise UsageError(
                f"{path}, line {number}: {row['points'] or 'a blank'} is no number. Nothing was taken in."
            ) from None
        except UsageError as error:
            raise UsageError(f"{path}, line {number}: {error.message} Nothing was taken in.", error.hint) from None
        given.append((student, exercise, criterion, points, row.get("because", "")))
    book.add_hand_points(given)
    console().print(say(mark("{rows} taken in.")).format(rows=number_of(len(given), "row", say)))
    return 0


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return a sheet's rows by column, each with the line that it ends in: a cell may hold several lines."""
    lines = csv_lines(path)
    rows = csv.DictReader(lines, delimiter=delimiter_of(lines))
    try:
        titles = rows.fieldnames or []
        columns = {name: title for name in SHEET for title in titles if title.strip().lower() == name}
        if not set(SHEET[:4]) <= columns.keys():
            has = f"It has: {', '.join(titles)}." if titles else "It is empty."
            raise UsageError(f"{path}: it must have the columns {', '.join(SHEET)}.", has)
        filled = [(rows.line_num, {name: (row[title] or "").strip() for name, title in columns.items()}) for row in rows]
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file in UTF-8: {error}.") from None
    if not filled:
        raise UsageError(f"{path}: there is no row below the titles.")
    return filled


def _number(text: str) -> float:
    """Return a number, written with a point or, as some spreadsheets do, with a comma. `ValueError` where it is none."""
    return float(text.strip().replace(",", "."))
