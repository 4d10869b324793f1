"""Moodle's download of an assignment: a folder, or a file, for each student, named by them and by their number in it.

Nothing in it says when a file was handed in: its times are those of the download. The number is the participant's, which the
grading worksheet calls Identifier; in a team's it is the group's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn
from grader.intake.names import composed
from grader.locale import mark
from grader.model import Student

_TOP = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>[0-9]+))?_assign(?P<part>submission|feedback)_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.DOTALL,
)

_FEEDBACK = mark("it is feedback, not a file that was handed in")
_TYPED = mark("it is typed into Moodle, not a file that was handed in")


def is_moodle(files: Sequence[File]) -> bool:
    """Whether these are the files of an assignment's download: most names say so."""
    tops = {file.parts[0] for file in files}
    return sum(_TOP.fullmatch(top) is not None for top in tops) * 2 > len(tops)


def of_moodle(files: Sequence[File]) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is."""
    nameless = _nameless(files)
    for file in files:
        top = _TOP.fullmatch(file.parts[0])
        if top is not None and (top["part"] == "feedback" or top["plugin"] != "file"):
            yield Skipped(file.shown, _FEEDBACK if top["part"] == "feedback" else _TYPED)
        elif file.reason:
            yield file.skipped()
        elif top is None:
            yield file.skipped(mark("Moodle gives files no such names"))
        else:
            name = composed(top["name"])
            student = Student(top["number"] or name, "" if nameless else name)
            yield HandedIn(file, (student,), "/".join(part for part in (top["file"], *file.parts[1:]) if part), "")


def _nameless(files: Sequence[File]) -> bool:
    """Whether students are not named, as in blind marking: then all are called the same, in whatever language."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for file in files:
        if (top := _TOP.fullmatch(file.parts[0])) is not None and top["number"]:
            numbers[top["name"]].add(top["number"])
    return "Participant" in numbers or (len(numbers) == 1 and max(len(found) for found in numbers.values()) > 1)
