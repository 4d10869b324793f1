"""Which files of a clone differ from what its history held before: told from commits and bytes alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader.intake.history import History
from grader.locale import mark

NO_HISTORY = mark("There is no git history here to compare with: all exercises are graded.")
NO_BASE = mark("Nothing says what was pushed before (a first push, a new branch, or a run by hand): all exercises are graded.")
NOT_HERE = mark("What was pushed before is not in this clone (is it shallow?): all exercises are graded.")
MAX_BYTES = 20 << 20


class Changes(msgspec.Struct, frozen=True):
    """Files that differ from a commit; `names` is None where that cannot be told, `why` is a sentence to be said then."""

    names: frozenset[str] | None
    why: str = ""


def top_of(folder: Path) -> Path | None:
    """Return the top of the clone that a folder lies in, None where it lies in none."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def changes(history: History, files: Mapping[str, Path], bases: Sequence[str]) -> Changes:
    """Compare files, by their names from the clone's top, with where HEAD parted from the first of `bases` that is here."""
    if not history.readable:
        return Changes(None, NO_HISTORY)
    if not bases:
        return Changes(None, NO_BASE)
    head = history.commit("HEAD")
    base = next(filter(None, map(history.commit, bases)), "")
    before = history.parting(base, head) if base and head else ""
    if not before:
        return Changes(None, NOT_HERE)
    held = history.files(before)
    return Changes(frozenset(name for name, path in files.items() if held.get(name) not in _digests(path)))


def _digests(path: Path) -> tuple[str, ...]:
    """Return what git calls the file's bytes, by either of its digests; nothing where it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        return ()
    if len(data) > MAX_BYTES:
        return ()
    blob = b"blob %d\0" % len(data) + data
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest(), hashlib.sha256(blob).hexdigest()
