"""A folder of pages on disk: written once, updated later, and never on top of what is not its own.

A list of the pages that were written lies in it. What is not on the list is somebody's own, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.report.whole import whole_file

LIST = ".grade-report.json"
SCHEMA = "grade/report/v1"
SHOWN = 5
_PAGE = re.compile(r"index\.html|students/[a-z0-9._-]+\.(html|md)")  # what a list may name, and nothing elsewhere


class Pages(msgspec.Struct, frozen=True):
    """The pages that were written into a folder, by their paths in it."""

    schema: str
    files: tuple[str, ...]


class ReportFolder:
    """The folder that pages are written into. `planned` are the pages that will be."""

    def __init__(self, path: Path, planned: Collection[str]) -> None:
        """Raise `UsageError` where one of the pages would overwrite what no report wrote."""
        self._path = path
        self._planned = set(planned)
        self._ours = self._read_list()
        strange = [name for name in sorted(self._planned) if self._is_strange(name)]
        if strange:
            few = ", ".join(strange[:SHOWN]) + (f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else "")
            raise UsageError(
                f"{path} holds something that `grade report` did not write: {few}.",
                "It would be overwritten. Name another folder, or move it away.",
            )

    def begin(self) -> None:
        """Note what will be written, before it is: a report that was stopped halfway knows its own again."""
        self._note(self._ours | self._planned)

    def write(self, name: str, page: str) -> None:
        """Write a page, which is there whole or as it was before."""
        place = self._path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place) as file:
            file.write(page.encode())

    def remove_others(self) -> int:
        """Remove the pages that an earlier report wrote and this one does not have; return how many there were."""
        stale = [name for name in sorted(self._ours - self._planned) if (self._path / name).is_file()]
        for name in stale:
            (self._path / name).unlink()
        self._note(self._planned)
        return len(stale)

    def _is_strange(self, name: str) -> bool:
        place = self._path / name
        return place.is_symlink() or (place.exists() and name not in self._ours)

    def _read_list(self) -> set[str]:
        file = self._path / LIST
        if file.is_symlink() or not file.is_file():
            return set()
        try:
            pages = msgspec.json.decode(file.read_bytes(), type=Pages)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} is damaged: {error}.", "Name another folder.") from None
        if pages.schema != SCHEMA or not all(_PAGE.fullmatch(name) for name in pages.files):
            raise UsageError(f"{file} was not written by this version of grade.", "Name another folder.")
        return set(pages.files)

    def _note(self, names: set[str]) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        with whole_file(self._path / LIST) as file:
            file.write(msgspec.json.format(msgspec.json.encode(Pages(SCHEMA, tuple(sorted(names)))), indent=1) + b"\n")
