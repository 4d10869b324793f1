"""Canvas' bulk download: all files side by side, each named by its student, their number, and the file's own number.

Nothing in it says when a file was handed in: its times are those of the download. Files are numbered in the order of arrival.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from grader.intake.files import File, Skipped
from grader.intake.handed_in import HandedIn
from grader.intake.names import composed
from grader.locale import filled, mark
from grader.model import Student

_NAMED = re.compile(r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>[0-9]+)_(?P<number>[0-9]+)_(?P<file>.+)", re.DOTALL)
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<user>anon_[0-9A-Za-z]+)_(?P<number>[0-9]+)_(?P<file>.+)", re.DOTALL)
_ENTRY = re.compile(r"(?:.+_)?(?:LATE_)?(?:[0-9]+|anon_[0-9A-Za-z]+)_(?P<kind>text|link)\.html", re.DOTALL)

_TYPED = {
    "text": mark("it is a text typed into Canvas, not a file that was handed in"),
    "link": mark("it is a link typed into Canvas, not a file that was handed in"),
}
_DOUBT = mark("its name may be of student {student}, or of one who is called so")


class _Upload(msgspec.Struct, frozen=True):
    """What the name of a file says. It is `ambiguous` where the number may be part of the student's name."""

    user: str
    name: str
    late: bool
    number: int
    file: str
    ambiguous: bool


def _upload(name: str) -> _Upload | None:
    match = _ANONYMOUS.fullmatch(name) or _NAMED.fullmatch(name)
    if match is None:
        return None
    words = match.groupdict()
    ambiguous = "name" in words and re.match(r"[0-9]+_", words["file"]) is not None
    return _Upload(words["user"], words.get("name", ""), bool(words["late"]), int(words["number"]), words["file"], ambiguous)


def is_canvas(files: Sequence[File]) -> bool:
    """Whether these are the files of a bulk download: most names say so."""
    tops = {file.parts[0] for file in files}
    return sum(_upload(top) is not None or _ENTRY.fullmatch(top) is not None for top in tops) * 2 > len(tops)


def of_canvas(files: Sequence[File]) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is."""
    names: dict[str, set[str]] = defaultdict(set)
    for file in files:
        if (upload := _upload(file.parts[0])) is not None:
            names[upload.user].add(upload.name)
    for file in files:
        upload = _upload(file.parts[0])
        entry = _ENTRY.fullmatch(file.parts[0]) if len(file.parts) == 1 else None
        if entry is not None:
            yield Skipped(file.shown, _TYPED[entry["kind"]])
        elif file.reason:
            yield file.skipped()
        elif upload is None:
            yield file.skipped(mark("Canvas gives files no such names"))
        elif upload.ambiguous and len(names[upload.user]) > 1:
            yield file.skipped(filled(_DOUBT, student=upload.user))
        else:
            student = Student(upload.user, composed(upload.name))
            inside = "/".join((upload.file, *file.parts[1:]))
            yield HandedIn(file, (student,), inside, "", upload.late, upload.number)
