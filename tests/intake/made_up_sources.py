"""Sources of submissions, made as the systems that export them make them, and read without judging anything."""

from __future__ import annotations

import functools
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from conftest import ROOT

from grader.course.exercise import Course
from grader.intake.handed_in import Intake
from grader.intake.identity import Known
from grader.intake.sources import read_source
from grader.locale import retold, speaker

NOBODY = Known()
STARTER = "raise NotImplementedError\n"


@functools.cache
def course() -> Course:
    """The course of this repository."""
    return Course.around(ROOT)


def read(source: Path, kind: str | None = None, only: tuple[str, ...] = (), known: Known = NOBODY) -> Intake:
    """Read a source as `grade batch` does; a file that holds `STARTER` is taken for untouched."""
    ids = {course().find(word).id for word in only}
    return read_source(course(), source, lambda _, file: file.read_text(errors="replace") == STARTER, kind, ids, known)


def told(intake: Intake) -> dict[str, tuple[str, str]]:
    """Return by file whose it is, and for which exercise."""
    return {s.file: (s.student, s.exercise.partition("_")[0]) for s in intake.submissions}


def reasons(intake: Intake) -> dict[str, str]:
    """Return by file why it was not read, which can be said in Chinese, too."""
    return {s.file: with_chinese(s.reason) for s in intake.skipped}


def with_chinese(reason: str) -> str:
    """Return a reason, after a look at its Chinese."""
    assert retold(reason, speaker("zh")) != reason == retold(reason, speaker("en")), f"no Chinese: {reason}"
    return reason


def lay_out(top: Path, files: Mapping[str, str], when: int = 1_700_000_000) -> Path:
    """Write files below a folder, all of one time."""
    for name, text in files.items():
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (when, when))
    return top


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
