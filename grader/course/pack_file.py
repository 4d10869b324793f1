"""A handout's `exercises/course.pack`: a JSON object a line. The first is the head, the settings of the course and of its
exercises; each of the others holds the checks of one exercise.

A process reads the head alone before workers are forked from it: what it ever held in memory may be found in theirs.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from grader.course.paths import is_exercise, shown
from grader.course.regular import open_regular, read_regular
from grader.course.sealed import AGAIN, Sealed
from grader.course.settings import CourseConfig, ExerciseConfig
from grader.errors import CourseError

Seen = TypeVar("Seen")
SCHEMA = "grade/pack/v2"
LARGEST = 64 << 20


class Head(msgspec.Struct, frozen=True):
    """What holds of the course wherever its pack is, whatever the folders beside it say.

    `files` are the digests of what students got of it to read (`grader.course.copies`).
    """

    schema: str
    course: CourseConfig
    exercises: dict[str, ExerciseConfig]
    files: dict[str, str] = {}


class Entry(msgspec.Struct, frozen=True):
    """One exercise: what students may read of its checks, and what they may not, sealed or left out."""

    exercise: str
    public: msgspec.Raw
    sealed: Sealed | None = None


class PackFile(msgspec.Struct, frozen=True):
    """A whole file. `first_line` is its head as it stands there: what is sealed belongs to it, byte for byte."""

    head: Head
    first_line: bytes
    entries: dict[str, Entry]


class _Schema(msgspec.Struct):
    schema: str


def written(first_line: bytes, entries: Iterable[Entry]) -> bytes:
    """Return the bytes of a pack file."""
    return b"".join(line + b"\n" for line in (first_line, *map(msgspec.json.encode, entries)))


def belonging(first_line: bytes, public: bytes) -> str:
    """Return a digest of all that is public of an exercise: its hidden half belongs to this, and to nothing else."""
    return hashlib.sha256(first_line + b"\n" + public).hexdigest()


def read_head(path: Path) -> Head:
    """Read a pack's first line, and no byte of those after it. Every damage is a `CourseError`."""
    file = shown(path)
    try:
        return _head(_first_line(path), file)
    except OSError as error:
        raise _unreadable(error, file) from None


def read_pack_file(path: Path) -> PackFile:
    """Read a whole pack. Every damage is a `CourseError`."""
    file = shown(path)
    try:
        first, _, rest = read_regular(path, LARGEST).replace(b"\r\n", b"\n").partition(b"\n")  # git may have changed them
        head = _head(first, file)
        entries = [msgspec.json.decode(line, type=Entry) for line in rest.splitlines()]
    except OSError as error:
        raise _unreadable(error, file) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(file, error) from None
    if [entry.exercise for entry in entries] != list(head.exercises) or not rest.endswith(b"\n"):
        raise _damaged(file, "it does not hold the exercises that its first line names")
    return PackFile(head, first, {entry.exercise: entry for entry in entries})


def sha256_of(path: Path) -> str:
    """Return the digest of a pack's bytes, "" where it cannot be read. None of them is kept in memory."""
    try:
        return _looked_at(path, lambda pages: hashlib.sha256(pages).hexdigest())
    except OSError:
        return ""


def _first_line(path: Path) -> bytes:
    def first(pages: mmap.mmap) -> bytes:
        end = pages.find(b"\n")
        return pages[: end if end >= 0 else len(pages)].removesuffix(b"\r")

    return _looked_at(path, first)


def _looked_at(path: Path, look: Callable[[mmap.mmap], Seen]) -> Seen:
    """Return what is seen in a file's own pages: a buffer would hold more of it, also when it is freed."""
    with open_regular(path, LARGEST) as file:
        if file.seek(0, os.SEEK_END) == 0:
            raise OSError(errno.ENODATA, "it is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
            return look(pages)


def _head(line: bytes, file: str) -> Head:
    try:
        _refuse_other_versions(msgspec.json.decode(line, type=_Schema).schema, file)
        head = msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(file, error) from None
    if not all(map(is_exercise, head.exercises)):
        raise _damaged(file, "its first line names what is no exercise")
    return head


def _unreadable(error: OSError, file: str) -> CourseError:
    if isinstance(error, FileNotFoundError):
        return CourseError(
            "The checks of this course are not here: neither solutions/ nor exercises/course.pack.",
            "Ask your teacher for the handout of the course.",
        )
    return CourseError(f"{file} cannot be read: {error.strerror}.", AGAIN)


def _damaged(file: str, why: object) -> CourseError:
    return CourseError(f"{file} is damaged or cut off: {why}", AGAIN)


def _refuse_other_versions(schema: str, file: str) -> None:
    kind, _, version = schema.rpartition("/v")
    if schema == SCHEMA:
        return
    if kind != SCHEMA.rpartition("/v")[0] or not re.fullmatch("[0-9]{1,9}", version):
        raise CourseError(f"{file}: this is no pack: {schema!r}.", AGAIN)
    if int(version) > int(SCHEMA.rpartition("/v")[2]):
        raise CourseError(
            f"{file}: it is of a newer format than this grade reads ({schema}; this one reads {SCHEMA}).",
            "Install the grade that came with it: pip install -r requirements.txt",
        )
    raise CourseError(
        f"{file}: it is of an older format than this grade reads ({schema}; this one reads {SCHEMA}).",
        "Ask your teacher for a new handout.",
    )
