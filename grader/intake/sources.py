"""A source of submissions, whatever it is: recognised, unpacked where it is packed, and read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.course.exercise import Course
from grader.intake.archives import Unpacking, top_of
from grader.intake.folders import Intake, Untouched, read_folder


def read_source(course: Course, source: Path, untouched: Untouched, kind: str | None = None) -> Intake:
    """Read a class from a folder, or from an archive by way of a folder that is gone later; `kind` overrides what is seen."""
    if not source.is_file():
        return read_folder(course, source, untouched)
    with tempfile.TemporaryDirectory(prefix="grade-intake-") as folder:
        unpacking = Unpacking(Path(folder))
        unpacking.unpack(source)
        intake = read_folder(course, top_of(Path(folder)), untouched)
    intake.skipped += unpacking.skipped
    return intake
