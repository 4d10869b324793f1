"""A class's roster: a CSV file with a row for each student."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.intake.names import composed
from grader.model import Student

COLUMNS = {
    "id": ("id", "student id", "student_id", "sid", "username", "sis user id", "学号", "student"),
    "name": ("name", "full name", "姓名", "student"),
    "email": ("email", "e-mail", "email address", "邮箱"),
    "section": ("section", "group", "class", "班级"),
}
_POINTS_POSSIBLE = "points possible"  # Canvas writes the most points of each assignment below its titles, as if of a student
_TITLES = "A roster has a line of titles: id,name,email,section"


def read_roster(path: Path) -> list[Student]:
    """Read a roster: the columns id, name, e-mail and section, of which only the first must be there.

    Cells are separated by commas, semicolons or tabs, as the titles are. `UsageError` where there is nobody, or one id twice.
    """
    lines = csv_lines(path)
    rows = csv.DictReader(lines, delimiter=delimiter_of(lines), strict=True)
    try:
        titles = rows.fieldnames or ()
        columns = {field: _column(titles, names) for field, names in COLUMNS.items()}
        if columns["id"] is None:
            raise UsageError(f"{path}: no column is called id.", _TITLES)
        if columns["name"] == columns["id"]:
            columns["name"] = None
        found: dict[str, Student] = {}
        for row in rows:
            if (row.get(titles[0]) or "").strip().casefold() == _POINTS_POSSIBLE:
                continue
            student = Student(*(composed(((row.get(c) or "") if c else "").strip()) for c in columns.values()))
            if student.id in found:
                raise UsageError(
                    f"{path}, line {rows.line_num}: {student.id} is there twice.", "Each student has an id of their own."
                )
            if student.id:
                found[student.id] = student
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file: {error}.") from None
    if not found:
        raise UsageError(f"{path}: nobody is on this roster.", _TITLES)
    return list(found.values())


def csv_lines(path: Path) -> list[str]:
    """Return the lines of a CSV file with their ends, without a byte-order mark. `UsageError` where they cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.readlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no CSV file in UTF-8: {error}.", "Save it again as CSV UTF-8.") from None


def delimiter_of(lines: list[str]) -> str:
    """Return what parts the cells of a CSV file: a comma, a semicolon or a tab, as its titles have it."""
    titles = next((line for line in lines if line.strip()), "")
    return max(",;\t", key=titles.count)


def _column(titles: Sequence[str], names: tuple[str, ...]) -> str | None:
    """Return the title that the first of these names fits, which is the surest: Canvas has both `Student` and `ID`."""
    known = {title.strip().lower(): title for title in reversed(titles) if title is not None}
    return next((known[name] for name in names if name in known), None)
