"""A folder for each student: `ada/ex03.py`, `ada/ex03/ex03.ipynb`, or a copy of the course's own folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.intake.files import File, Skipped, unpacked_name
from grader.intake.handed_in import HandedIn
from grader.intake.names import composed
from grader.locale import mark
from grader.model import Student


def of_folders(files: Sequence[File]) -> Iterator[HandedIn | Skipped]:
    """Yield what each file is: the first folder on the way to it is called as its student."""
    for file in files:
        if file.reason:
            yield file.skipped()
        elif len(file.parts) < 2:
            yield file.skipped(mark("it lies in no student's folder"))
        else:
            student = Student(composed(unpacked_name(file.parts[0])))
            yield HandedIn(file, (student,), "/".join(file.parts[1:]))
