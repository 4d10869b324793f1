"""What `grade batch` says, before anything is judged, of whom it takes the submitters for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.cli.console import console, number_of
from grader.course.paths import short_name
from grader.errors import UsageError
from grader.intake.doubts import from_several
from grader.intake.handed_in import Intake
from grader.intake.identity import Known, submitters, under_another_id
from grader.locale import Say, filled, mark, retold
from grader.model import Student

ALIKE = 10


def looks_like_sections(source: str, intake: Intake) -> tuple[str, str]:
    """Return what is doubtful, and what to do about it."""
    looks = mark("{folders}: this looks like sections of a class, not like students: folders in them answer the same exercise")
    folder = mark(
        "give each section as a SOURCE of its own (grade batch {source}/*), or say --from folders if they are students"
    )
    packed = mark("unpack {source} and give each section as a SOURCE, or say --from folders if they are students")
    todo = filled(folder if Path(source).is_dir() else packed, source=source.rstrip("/"))
    return filled(looks, folders=_some(intake.sections, str)), todo


def refuse_sections(source: str, intake: Intake) -> None:
    """Raise `UsageError` where a section would be taken for one student: a gradebook never forgets what was handed in."""
    if intake.sections:
        doubt, todo = looks_like_sections(source, intake)
        raise UsageError(f"{source}: {doubt}.", f"{todo[0].upper()}{todo[1:]}.")


def _some(students: Sequence[str], say: Say) -> str:
    """Return the first of some names, and how many more there are."""
    if len(students) <= ALIKE:
        return say(mark(", ")).join(students)
    told = say(mark("{some} and {count} more"))
    return told.format(some=say(mark(", ")).join(students[:ALIKE]), count=len(students) - ALIKE)


def show_shared(intakes: Sequence[Intake], say: Say) -> None:
    """Say whose answers to one exercise lie in several sources: they are taken for one person's."""
    for exercise, students in from_several([intake.submissions for intake in intakes]).items():
        told = say(mark("{exercise} of one student in several sources: {students}")).format(
            exercise=short_name(exercise), students=_some(students, say)
        )
        hint = say(mark("  if they are different people, give each source a gradebook of its own: --book"))
        console().print(f"{told}\n{hint}", style="yellow", soft_wrap=True)


def show_identities(roster: Sequence[Student], intakes: Sequence[Intake], say: Say, *, everything: bool) -> None:
    """Say who was found on the roster, and name who was not: often it knows students by another number than the source."""
    out = console()
    joined = {pair for intake in intakes for pair in intake.joined.items()}
    if joined:
        found = say(mark("found on the roster by name or e-mail address: {students}"))
        out.print(found.format(students=number_of(len({new for _, new in joined}), "student", say)))
    for other, student in sorted(joined) if everything else ():
        out.print(say(mark("  {other} is {student}")).format(other=other, student=student), soft_wrap=True)
    strangers = {s.student for intake in intakes for s in intake.submissions} - {student.id for student in roster}
    if roster and strangers:
        doubts = {other: doubt for intake in intakes for other, doubt in intake.doubts.items()}
        doubtful = say(mark("{student} ({doubt})"))
        named = [doubtful.format(student=s, doubt=retold(doubts[s], say)) if s in doubts else s for s in sorted(strangers)]
        told = say(mark("not on the roster: {students}")).format(students=say(mark(", ")).join(named))
        out.print(told, style="yellow", soft_wrap=True)


def show_other_ids(intakes: Sequence[Intake], known: Known, say: Say) -> None:
    """Say whose submissions are, or would be, in the gradebook under two ids: what is in it stays where it is."""
    if known.roster:
        named = {student.id: student for student in known.noted}
        before = [named.get(student, Student(student)) for student in sorted(known.handed_in)]
        split = under_another_id(before, known.roster)
        told = mark("in the gradebook by another id than on the roster: {students}; only a new --book puts them together")
    else:
        new = {p.id: p for intake in intakes for p in submitters(intake) if p.id not in known.handed_in}
        split = under_another_id(list(new.values()), known.noted)
        told = mark("may be in the gradebook by another id: {students}; --roster says who is who")
    if split:
        pair = say(mark("{other} is {student}"))
        pairs = [pair.format(other=other, student=student) for other, student in split.items()]
        console().print(say(told).format(students=_some(pairs, say)), style="yellow", soft_wrap=True)
