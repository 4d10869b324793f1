"""A class's roster: a CSV file with a row for each student."""

from __future__ import annotations

import csv
from pathlib import Path

from grader.errors import UsageError
from grader.model import Student

COLUMNS = {
    "id": ("id", "student", "student id", "student_id", "sid", "username", "sis user id", "学号"),
    "name": ("name", "full name", "姓名"),
    "email": ("email", "e-mail", "email address", "邮箱"),
    "section": ("section", "group", "class", "班级"),
}


def read_roster(path: Path) -> list[Student]:
    """Read a roster: the columns id, name, e-mail and section, of which only the first must be there."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
            header = list(rows[0]) if rows else []
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV file in UTF-8: {error}.") from None
    found = {field: _column(header, names) for field, names in COLUMNS.items()}
    if found["id"] is None:
        raise UsageError(f"{path}: no column is called id.", "A roster has a line of titles: id,name,email,section")
    return [
        Student(*(((row.get(column) or "") if column else "").strip() for column in found.values()))
        for row in rows
        if (row.get(found["id"]) or "").strip()
    ]


def _column(header: list[str], names: tuple[str, ...]) -> str | None:
    return next((title for title in header if title is not None and title.strip().lower() in names), None)
