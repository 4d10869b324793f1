"""Who a submitter is: a learning system may know a student by another id than the class's roster. In doubt they stay apart."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from grader.gradebook.people import run_together, strange, unique, words_of
from grader.intake.handed_in import Intake
from grader.locale import filled, mark
from grader.model import Student

_BEFORE = mark("may be {student}, and is in the gradebook by this id")
_SEVERAL = mark("may be {student}, as others here may be")


class Known(msgspec.Struct, frozen=True):
    """Who is known before a source is read: whom the roster names, whom the gradebook does, and whose submissions it holds."""

    roster: tuple[Student, ...] = ()
    noted: tuple[Student, ...] = ()
    handed_in: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[Collection[str], ...]:
        """Ids in lists, the surest first."""
        return {student.id for student in self.roster}, self.handed_in | {student.id for student in self.noted}


class Roster:
    """The people of a roster, to be found by what another system calls them."""

    def __init__(self, students: Sequence[Student]) -> None:
        self._by_id = {student.id: student for student in students}
        self._by_email = unique((student.email.casefold(), student) for student in students)
        self._by_words: dict[tuple[str, ...], list[Student]] = defaultdict(list)
        self._run_together: dict[str, list[Student]] = defaultdict(list)
        self._in_one_word: dict[str, list[Student]] = defaultdict(list)
        for student in students:
            words = words_of(student.name)
            self._by_words[words].append(student)
            for name in run_together(student.name):
                self._run_together[name].append(student)
                if len(words) == 1:
                    self._in_one_word[name].append(student)

    def __contains__(self, student: str) -> bool:
        """Whether someone has this id."""
        return student in self._by_id

    def who(self, person: Student) -> tuple[Student | None, str]:
        """Return who it is: by an e-mail address, else by a name that only one has; None with the reason, if there is one."""
        email = person.email or (person.id if "@" in person.id else "")
        student = self._by_id.get(email) or self._by_email.get(email.casefold())
        if student is not None and strange(person.name, student.name):
            called = mark("{student} is called {name} here")
            return None, filled(called, student=student.id, name=student.name)
        named = [student] if student is not None else self._named(person)
        if len(named) > 1:
            first = filled(mark("may be {student}"), student=named[0].id)
            either = mark("{one} or {other}")
            return None, functools.reduce(lambda one, other: filled(either, one=one, other=other.id), named[1:], first)
        return (named[0] if named else None), ""

    def _named(self, person: Student) -> list[Student]:
        """Return who is called so. An id that a student may have chosen, as on GitHub, is no name: `ada` may be anyone."""
        name = person.name or (person.id if " " in person.id or not person.id.isascii() else "")
        words = words_of(name)
        if not words:
            return []
        if words in self._by_words:
            return self._by_words[words]
        apart = self._run_together if len(words) == 1 else self._in_one_word
        found = {student.id: student for form in sorted(run_together(name)) for student in apart.get(form, ())}
        return list(found.values())


def find_on_roster(intake: Intake, known: Known) -> None:
    """Give who is on the roster the id that they have there, and note who may be, with the doubt.

    Whom the gradebook knows by the other id keeps it: their earlier submissions are filed under it.
    """
    if not known.roster:
        return
    roster = Roster(known.roster)
    found: dict[str, Student] = {}
    claims: Counter[str] = Counter()
    for person in submitters(intake):
        if person.id in roster:
            claims[person.id] += 1
            continue
        student, doubt = roster.who(person)
        if student is not None:
            found[person.id] = student
            claims[student.id] += 1
        elif doubt:
            intake.doubts[person.id] = doubt
    for other, student in list(found.items()):
        if other in known.handed_in or claims[student.id] > 1:
            intake.doubts[other] = filled(_BEFORE if other in known.handed_in else _SEVERAL, student=student.id)
            del found[other]
    _rename(intake, found)


def submitters(intake: Intake) -> list[Student]:
    """Return who handed in, with what the source says of them."""
    return [intake.students.get(i, Student(i)) for i in sorted({submission.student for submission in intake.submissions})]


def under_another_id(people: Sequence[Student], others: Sequence[Student]) -> dict[str, str]:
    """Return by id who seems to be one of the others, and which one."""
    roster = Roster(others)
    found = {person.id: roster.who(person)[0] for person in people if person.id not in roster}
    return {other: student.id for other, student in found.items() if student is not None}


def _rename(intake: Intake, found: Mapping[str, Student]) -> None:
    for other, student in found.items():
        named = intake.students.pop(other, student)
        intake.students[student.id] = Student(
            student.id, student.name or named.name, student.email or named.email, student.section
        )
        intake.joined[other] = student.id
    ids = intake.joined
    renamed = [
        msgspec.structs.replace(s, student=ids.get(s.student, s.student), together=tuple(ids.get(m, m) for m in s.together))
        for s in intake.submissions
    ]
    intake.submissions = sorted(renamed, key=lambda submission: submission.student)
