"""Zip and tar archives of a class, unpacked member by member with the standard library's readers, under bounds of ours.

Only regular files come out, under relative names that stay inside; what is left behind is named, with the reason. Archives in
archives are unpacked in their place.
"""

from __future__ import annotations

import io
import os
import tarfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from grader.errors import UsageError
from grader.intake.folders import NEVER_READ, Skipped

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Bounds(msgspec.Struct, frozen=True):
    """How much an archive may hold. `ratio` is that of a file's size to its packed size, asked of files over 1 MiB."""

    files: int = 100_000
    total_bytes: int = 4 << 30
    file_bytes: int = 64 << 20
    ratio: int = 200
    depth: int = 3


class _Member(msgspec.Struct, frozen=True):
    name: str
    size: int
    packed: int
    modified: float
    reason: str


class Unpacking:
    """One unpacking of an archive with all that is nested in it."""

    def __init__(self, into: Path, bounds: Bounds | None = None) -> None:
        self.skipped: list[Skipped] = []
        self._into = into
        self._bounds = bounds or Bounds()
        self._files = 0
        self._bytes = 0
        self._seen: set[str] = set()

    def unpack(self, archive: Path) -> None:
        """Unpack into the folder. `UsageError` where the archive cannot be read, or holds more than the bounds allow."""
        try:
            self._unpack(archive, PurePosixPath(), 1)
        except _BROKEN as error:
            raise UsageError(f"{archive} cannot be read as an archive: {error}.") from None

    def _unpack(self, archive: Path, below: PurePosixPath, depth: int) -> None:
        for member, source in _members(archive):
            with source:
                self._take(member, source, below, depth)

    def _take(self, member: _Member, source: IO[bytes], below: PurePosixPath, depth: int) -> None:
        name = below / member.name
        if reason := member.reason or self._refusal(member, name):
            self.skipped.append(Skipped(name.as_posix(), reason))
            return
        target = self._into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self._write(source, target, member)
        if not name.name.lower().endswith(SUFFIXES):
            return
        inside = name.with_name(name.name.partition(".")[0])
        if depth >= self._bounds.depth:
            self.skipped.append(Skipped(name.as_posix(), "archives are nested too deeply"))
        else:
            try:
                self._unpack(target, inside, depth + 1)
            except _BROKEN as error:
                self.skipped.append(Skipped(name.as_posix(), f"it cannot be read as an archive: {error}"))
        target.unlink()

    def _refusal(self, member: _Member, name: PurePosixPath) -> str:
        key = unicodedata.normalize("NFC", name.as_posix()).casefold()
        if key in self._seen:
            return "another file has the same name, but for case or accents"
        if member.size > self._bounds.file_bytes:
            return f"it is larger than {self._bounds.file_bytes >> 20} MiB"
        if member.size > _CHUNK and member.size > self._bounds.ratio * max(member.packed, 1):
            return "it is packed too tightly to be believed"
        if any(part in NEVER_READ for part in name.parts):
            return "a folder of this name is not read"
        self._seen.add(key)
        return ""

    def _write(self, source: IO[bytes], target: Path, member: _Member) -> None:
        """Write what the member really holds: its header may lie about the size."""
        self._files += 1
        written = 0
        with target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                self._bytes += len(chunk)
                if (
                    self._files > self._bounds.files
                    or self._bytes > self._bounds.total_bytes
                    or written > self._bounds.file_bytes
                ):
                    raise UsageError(f"The archive holds more than can be taken in (at {member.name}).", "Unpack it by hand.")
                file.write(chunk)
        os.utime(target, (member.modified, member.modified))


def _members(archive: Path) -> Iterator[tuple[_Member, IO[bytes]]]:
    """Yield each member but plain folders, with its bytes; those with a reason have none."""
    yield from _of_zip(archive) if zipfile.is_zipfile(archive) else _of_tar(archive)


def _of_zip(archive: Path) -> Iterator[tuple[_Member, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.is_dir():
                continue
            link = (info.external_attr >> 16) & 0o170000 == 0o120000
            reason = "it is a link" if link else "it is encrypted" if info.flag_bits & 1 else _unsafe(info.filename)
            modified = time.mktime((*info.date_time, 0, 0, -1))
            member = _Member(info.filename, info.file_size, info.compress_size, modified, reason)
            yield member, _nothing() if reason else opened.open(info)


def _of_tar(archive: Path) -> Iterator[tuple[_Member, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if info.isdir():
                continue
            reason = "it is a link" if info.issym() or info.islnk() else "" if info.isreg() else "it is no regular file"
            name = info.name.removeprefix("./")
            member = _Member(name, info.size, info.size, float(info.mtime), reason or _unsafe(name))
            held = None if member.reason else opened.extractfile(info)
            yield member, held or _nothing()


def _unsafe(name: str) -> str:
    """Why a name cannot be used, "" where it can."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name.split("/")[0] or "\0" in name:
        return "its name leads out of the archive"
    if any(len(part.encode("utf-8", "replace")) > 200 for part in path.parts) or len(path.parts) > 20:
        return "its name is too long"
    return "" if path.parts else "it has no name"


def _nothing() -> IO[bytes]:
    return io.BytesIO()


def top_of(folder: Path) -> Path:
    """Return the folder that holds the students: the archive's own top folder, where it has one and nothing beside it."""
    inside = [path for path in folder.iterdir() if path.name not in NEVER_READ]
    if len(inside) != 1 or not inside[0].is_dir():
        return folder
    children = list(inside[0].iterdir())
    named = any(child.name.lower().startswith("ex") and child.name[2:3].isdigit() for child in children)
    return inside[0] if children and all(child.is_dir() for child in children) and not named else folder
