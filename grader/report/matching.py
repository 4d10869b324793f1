"""Whose row is it: the people in another system's sheet and the students of a gradebook. In doubt it is nobody's."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from grader.gradebook.people import strange, unique, words_of
from grader.locale import filled, mark
from grader.model import Student
from grader.report.final import LeftOut
from grader.report.harmless import legal


class Person(msgspec.Struct, frozen=True):
    """Someone in a row of a sheet: what may be their id, the surest first, and their name there."""

    row: int
    keys: tuple[str, ...]
    name: str


class Matches(msgspec.Struct, frozen=True):
    """Students by row, and who is left over on either side."""

    students: dict[int, str]
    left_out: tuple[LeftOut, ...]


def match(people: Sequence[Person], students: Sequence[Student]) -> Matches:
    """Find each person's student: by an id or e-mail address, else by a name that only one student and one row have."""
    by_id = {student.id: student for student in students}
    by_email = unique((student.email.casefold(), student) for student in students)
    by_name = unique((words_of(student.name), student) for student in students)
    named_once = unique((words_of(person.name), person) for person in people)
    found: dict[int, Student] = {}
    strangers: list[tuple[Person, str]] = []
    for person in people:
        hits = [by_id.get(key) or by_email.get(key.casefold()) for key in person.keys if key]
        candidates = list({student.id: student for student in hits if student is not None}.values())
        if not candidates and named_once.get(words_of(person.name)) is person and words_of(person.name) in by_name:
            candidates = [by_name[words_of(person.name)]]
        if len(candidates) > 1:
            same_name = [student for student in candidates if words_of(student.name) == words_of(person.name)]
            candidates = same_name if len(same_name) == 1 else candidates
        why = _doubt(person, candidates)
        if why:
            strangers.append((person, why))
        else:
            found[person.row] = candidates[0]
    _drop_claimed_twice(people, found, strangers)
    matched = {student.id for student in found.values()}
    strangers.sort(key=lambda stranger: stranger[0].row)
    row = mark("row {row} ({name})")
    rows = [LeftOut("", filled(row, row=person.row + 1, name=legal(person.name)), why) for person, why in strangers]
    missing = [LeftOut("", student.id, mark("not in the sheet")) for student in students if student.id not in matched]
    return Matches({row: student.id for row, student in found.items()}, (*rows, *missing))


def _doubt(person: Person, candidates: Sequence[Student]) -> str:
    """Return why a row cannot be said to be one student's, "" where it can."""
    if not candidates:
        return mark("nobody in the gradebook")
    if len(candidates) > 1:
        return functools.reduce(
            lambda one, other: filled(mark("{one} or {other}"), one=one, other=other.id),
            candidates[1:],
            filled(mark("may be {student}"), student=candidates[0].id),
        )
    (student,) = candidates
    called = filled(mark("{student} is called {name} here"), student=student.id, name=student.name)
    return called if strange(person.name, student.name) else ""


def _drop_claimed_twice(people: Sequence[Person], found: dict[int, Student], strangers: list[tuple[Person, str]]) -> None:
    """Take back the rows of a student whom more than one row seems to be: a wrong person's points help nobody."""
    rows: dict[str, list[Person]] = {}
    for person in people:
        if person.row in found:
            rows.setdefault(found[person.row].id, []).append(person)
    for student, claimed in rows.items():
        if len(claimed) > 1:
            why = filled(mark("{student} is in {count} rows"), student=student, count=len(claimed))
            strangers += [(person, why) for person in claimed]
            for person in claimed:
                del found[person.row]
