"""The gradebook sheet that Canvas exported, with points filled in: as Canvas' own importer will read it.

Canvas finds a column by the id in its title and a student by ID, SIS ids, name; it takes `EX` for excused and a blank cell
for no change; it reads no column that says "read only" in the row of the points possible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from grader.course.paths import short_name
from grader.errors import UsageError
from grader.gradebook.standing import ClassView, Standing
from grader.locale import filled, mark
from grader.report.final import LeftOut, Written, final_points, left_out
from grader.report.matching import Person, match
from grader.report.sheet import Sheet, has_decimal_commas, number, written

ABOUT_STUDENTS = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account",
                  "Section")  # fmt: skip
TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
WITH_ID = re.compile(r"(.*)\((\d+)\)\s*")
READ_ONLY = re.compile(r"read\s+only|只读", re.IGNORECASE)
NO_STUDENT = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
HOW = "In Canvas: Grades, Export; give that file as it is."


class Column(msgspec.Struct, frozen=True):
    """An assignment's column that may be written."""

    index: int
    title: str

    @property
    def bare(self) -> str:
        """The title without the id."""
        match = WITH_ID.fullmatch(self.title)
        return (match[1] if match else self.title).strip()


def fill(sheet: Sheet, view: ClassView, exercises: Sequence[str], *, asked_for: bool) -> tuple[bytes, Written]:
    """Return the sheet with final points in it. `asked_for`: the exercises were named, so each must have its column."""
    _check_header(sheet)
    possible = next((row for row in range(1, len(sheet.rows)) if "Points Possible" in sheet.value(row, 0)), None)
    columns = _columns(sheet, possible)
    chosen, remarks = _choose(sheet, columns, exercises, asked_for)
    people = _people(sheet, possible)
    matches = match(people, view.students)
    commas = has_decimal_commas(sheet.value(row, c.index) for c in columns for row in range(1, len(sheet.rows)))
    cells: dict[tuple[int, int], str] = {}
    count = 0
    notes: list[LeftOut] = []
    for exercise, column in chosen.items():
        remarks += _other_maximum(sheet, possible, column, view.of_exercise(exercise))
        for row, student in matches.students.items():
            standing = view.standings[student, exercise]
            points, now = final_points(standing), sheet.value(row, column.index)
            if why := _untouchable(sheet, row, column, now):
                notes.append(left_out(standing, why))
            elif points is None:
                notes.append(left_out(standing))
            else:
                count += 1
                if (number(now) if now else None) != round(points, 2):
                    cells[row, column.index] = written(points, commas)
    return sheet.filled(cells), Written(count, "points", (*notes, *matches.left_out), tuple(remarks))


def _check_header(sheet: Sheet) -> None:
    header = sheet.header
    one_name = len(header) > 3 and "Student" in header[0] and "ID" in header[1]
    two_names = len(header) > 4 and "LastName" in header[0] and "FirstName" in header[1] and "ID" in header[2]
    if not (one_name or two_names) or "Section" not in header:
        raise UsageError(f"{sheet.shown} is no gradebook of Canvas: its columns begin {', '.join(header[:4])}.", HOW)


def _columns(sheet: Sheet, possible: int | None) -> list[Column]:
    """Return the columns of assignments: behind the students', neither totals nor read only; with an id, where any has one."""
    start = sheet.header.index("Section") + 1
    columns = [
        Column(index, title)
        for index, title in enumerate(sheet.header)
        if index >= start
        and title not in ABOUT_STUDENTS
        and not TOTALS.search(title)
        and not (possible is not None and READ_ONLY.search(sheet.value(possible, index)))
    ]
    return [column for column in columns if WITH_ID.fullmatch(column.title)] or columns


def _choose(
    sheet: Sheet, columns: Sequence[Column], exercises: Sequence[str], asked_for: bool
) -> tuple[dict[str, Column], list[str]]:
    """Return each exercise's column: its title is the exercise's name, or else holds it; or it is the only one there."""
    chosen: dict[str, Column] = {}
    without = []
    for exercise in exercises:
        short = short_name(exercise)
        exact = [c for c in columns if c.bare.casefold() in (short.casefold(), exercise.casefold())]
        found = exact or [c for c in columns if _names(c.bare, exercise)]
        if not found and asked_for and len(exercises) == 1:
            found = list(columns)
        if len(found) > 1:
            titles = ", ".join(column.title for column in found)
            hint = f"Call one of them {short} in Canvas, or export a view that shows only that one."
            raise UsageError(f"{sheet.shown}: which column is {short}: {titles}?", hint)
        if found:
            chosen[exercise] = found[0]
        else:
            without.append(short)
    if without and (asked_for or not chosen):
        titles = ", ".join(column.title for column in columns) or "none"
        raise UsageError(f"{sheet.shown} has no column for {', '.join(without)}; its assignments: {titles}.", HOW)
    _check_each_is_another(sheet, chosen)
    return chosen, [filled(mark("no column for {exercises}"), exercises=", ".join(without))] if without else []


def _check_each_is_another(sheet: Sheet, chosen: dict[str, Column]) -> None:
    owners: dict[int, str] = {}
    for exercise, column in chosen.items():
        if column.index in owners:
            both = f"{short_name(owners[column.index])} and {short_name(exercise)}"
            raise UsageError(f"{sheet.shown}: the column {column.title} names {both}.", "Choose with -e, one at a time.")
        owners[column.index] = exercise


def _names(title: str, exercise: str) -> bool:
    """Whether a title has the exercise's short name in it: `Homework 3: ex03`, `EX3`, `ex03_stateless_layer`."""
    digits = short_name(exercise).removeprefix("ex").lstrip("0")
    return re.search(rf"(?<![a-z0-9])ex\s?0*{digits}(?![0-9])", title.casefold()) is not None


def _people(sheet: Sheet, possible: int | None) -> list[Person]:
    """Return who is in the rows, passing over those that Canvas, too, takes for no student's."""
    header = sheet.header
    places = {title: index for index, title in reversed(list(enumerate(header)))}
    people = []
    for row in range(1, len(sheet.rows)):
        texts = sheet.rows[row]
        if row == possible or "Points Possible" in sheet.value(row, 0) or all(NO_STUDENT.fullmatch(t) for t in texts):
            continue
        keys = tuple(sheet.value(row, places.get(title)) for title in ("ID", "SIS User ID", "SIS Login ID"))
        two = "LastName" in places and "FirstName" in places
        name = f"{sheet.value(row, 1)} {sheet.value(row, 0)}" if two else sheet.value(row, 0)
        people.append(Person(row, keys, _unwrapped(name)))
    return people


def _unwrapped(name: str) -> str:
    """Return a name without the formula that Canvas puts around one that begins with =."""
    match = re.fullmatch(r'="(.*)"', name)
    return match[1] if match else name


def _untouchable(sheet: Sheet, row: int, column: Column, now: str) -> str:
    if column.index >= len(sheet.rows[row]):
        return mark("its row in the sheet is too short")
    return {"ex": mark("excused in Canvas"), "n/a": mark("not assigned in Canvas")}.get(now.casefold(), "")


def _other_maximum(sheet: Sheet, possible: int | None, column: Column, standings: Sequence[Standing]) -> list[str]:
    most = number(sheet.value(possible, column.index)) if possible is not None else None
    ours = standings[0].max_score if standings else None
    if most is None or ours is None or most == ours:
        return []
    other = mark("{column} has {most} points in Canvas and {ours} here: nothing was scaled")
    return [filled(other, column=column.title, most=f"{most:g}", ours=f"{ours:g}")]
