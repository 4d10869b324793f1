"""Zip and tar archives, read member by member with the standard library's readers, under bounds of ours.

No member's name is ever used as a path: what is read of an archive lies in numbered files, and the names are a list. What is
left behind is on the list with the reason. Members of the source itself keep their times; whoever packed an archive that lies
in it wrote the times there, and may be late: what is in it is as old as the archive.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import MachineError
from grader.intake.files import LARGE, NEVER_READ, TELLING, UNREAD, File, is_archive, why_not
from grader.intake.members import BROKEN, CHUNK, EMPTY, PACKED, Member, TooMuch, of_tar, of_zip, said_by
from grader.intake.names import Taken, refusal
from grader.locale import filled, mark

_OF_HISTORY = re.compile(
    r"HEAD|packed-refs|shallow|refs/[\w./-]+|objects/[0-9a-f]{2}/[0-9a-f]{38}|objects/pack/pack-[0-9a-f]{40}\.(pack|idx|rev)"
)

_TIGHT = mark("it is packed too tightly to be believed")
_ALL = mark("it holds more than can be taken in: {files} files, {size} MiB")
_BOTH = mark("it holds more than {files} files or {size} MiB")


class Bounds(msgspec.Struct, frozen=True):
    """How much a source may hold, and each archive in it.

    `ratio` is that of a size to the packed size, asked of a zip's members over 1 MiB and of whole tars over `file_bytes`.
    """

    files: int = 100_000
    total_bytes: int = 4 << 30
    nested_files: int = 10_000
    nested_bytes: int = 512 << 20
    file_bytes: int = 64 << 20
    ratio: int = 200
    depth: int = 3


class Unpacking:
    """The archives of one source, unpacked under bounds that they share."""

    def __init__(self, into: Path, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.into = into
        self._number = 0
        self._files = 0
        self._bytes = 0

    def unpack(self, archive: Path, *, outermost: bool = False) -> tuple[list[File], str]:
        """Return an archive's files, and what is wrong with it: "" where nothing is. None come of one that holds too much."""
        one = _One(self, nested=not outermost)
        try:
            one.age = None if outermost else archive.stat().st_mtime
            for member in self._members(archive, nested=not outermost):
                one.take(member)
        except TooMuch as error:
            for file in one.files:
                if file.path is not None and file.path.is_file():
                    file.path.unlink()
            self._files -= one.count  # one student's archive takes no room from the others'
            self._bytes -= one.size
            return [], said_by(error)
        except BROKEN as error:
            return one.files, filled(mark("it cannot be read as an archive: {why}"), why=said_by(error))
        return one.files, "" if one.files else EMPTY

    def place(self, suffix: str = "") -> Path:
        """Return a path that nothing else has."""
        self._number += 1
        return self.into / f"{self._number:06}{suffix}"

    def count(self, files: int, size: int) -> None:
        """Count what an archive holds. `TooMuch` where all of the source's together hold too much."""
        self._files += files
        self._bytes += size
        if self._files > self.bounds.files or self._bytes > self.bounds.total_bytes:
            raise TooMuch(filled(_ALL, files=self._files, size=self._bytes >> 20))

    def _members(self, archive: Path, *, nested: bool) -> Iterator[Member]:
        """Yield each member but plain folders. An archive is what it begins with: a tar may well end in someone's zip."""
        with archive.open("rb") as file:
            start = file.read(6)
        if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            yield from of_zip(archive, self.bounds.nested_files if nested else self.bounds.files)
        elif (packed := PACKED.get(start[:2])) is not None:
            plain = self.place(".tar")
            try:
                self._write_plain(packed, archive, plain, self.bounds.nested_bytes if nested else self.bounds.total_bytes)
                yield from of_tar(plain)
            finally:
                plain.unlink(missing_ok=True)
        else:
            yield from of_tar(archive)

    def _write_plain(self, packed: Callable[[Path], Iterator[bytes]], archive: Path, plain: Path, most: int) -> None:
        """Unpack a tar's stream to disk under bounds: a header in it can then claim no more memory than the disk holds."""
        size = archive.stat().st_size
        written = 0
        with plain.open("xb") as file:
            for chunk in packed(archive):
                written += len(chunk)
                if written > self.bounds.file_bytes and written > self.bounds.ratio * size:
                    raise TooMuch(filled(_TIGHT))
                if written > most:
                    raise TooMuch(filled(mark("it holds more than {size} MiB"), size=most >> 20))
                file.write(chunk)


class _One:
    """One archive: what was taken of it, which names are used, how much it held.

    `age` is the time of all that is in it, None where each member has its own.
    """

    def __init__(self, unpacking: Unpacking, *, nested: bool) -> None:
        self.files: list[File] = []
        self.age: float | None = None
        self._unpacking = unpacking
        self._nested = nested
        self._taken = Taken()
        self._unread: dict[str, Path | None] = {}
        self.count = 0
        self.size = 0

    def take(self, member: Member) -> None:
        """Take a member in, or note why not."""
        self._counted(files=1)
        reason = refusal(member.name)
        name = (member.name if reason else PurePosixPath(member.name).as_posix()) or "(no name)"
        if not reason and (folder := _unread_folder(name)):
            self._leave(folder, name, member)
            return
        reason = reason or member.reason or self._taken.clash(name) or self._too_much(member)
        kept = reason or why_not(name)
        path = None
        if not reason and (not kept or name.rpartition("/")[2] in TELLING):
            path = self._unpacking.place(PurePosixPath(name).suffix.lower())
            kept = self._written(member, path) or kept
        self.files.append(File(name, path, kept))

    def _too_much(self, member: Member) -> str:
        bounds = self._unpacking.bounds
        most = bounds.nested_bytes if is_archive(member.name) else bounds.file_bytes
        if member.size > most:
            return filled(LARGE, most=most >> 20)
        if member.size > CHUNK and member.size > bounds.ratio * max(member.packed, 1):
            return _TIGHT
        return ""

    def _written(self, member: Member, path: Path) -> str:
        """Write what a member really holds: its header may lie about the size. Returns what is wrong with it."""
        try:
            opened = member.open()
            if opened is None:
                return mark("it is damaged")
            with opened, path.open("xb") as file:
                while chunk := opened.read(CHUNK):
                    self._counted(size=len(chunk))
                    file.write(chunk)
            if path.stat().st_size != member.size:
                raise EOFError(filled(mark("its size is not as announced")))
        except BROKEN as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise MachineError(
                    f"There is no room left in {path.parent} to unpack archives.", "TMPDIR names another folder."
                ) from None
            path.unlink(missing_ok=True)
            return filled(mark("it is damaged: {why}"), why=said_by(error))
        moment = min(max(member.modified, 0.0), float(1 << 33)) if self.age is None else self.age
        os.utime(path, (moment, moment))
        return ""

    def _counted(self, files: int = 0, size: int = 0) -> None:
        self.count += files
        self.size += size
        bounds = self._unpacking.bounds
        if self._nested and (self.count > bounds.nested_files or self.size > bounds.nested_bytes):
            raise TooMuch(filled(_BOTH, files=bounds.nested_files, size=bounds.nested_bytes >> 20))
        self._unpacking.count(files, size)

    def _leave(self, folder: str, name: str, member: Member) -> None:
        """Note a folder that is not read, once. Of a clone's `.git` the history is kept: it says when a file was handed in."""
        if folder not in self._unread:
            clone = not self._nested and PurePosixPath(folder).name == ".git" and folder.count("/") <= 2
            self._unread[folder] = self._unpacking.place() if clone else None
            self.files.append(File(folder, self._unread[folder], UNREAD))
        git = self._unread[folder]
        inside = name.removeprefix(f"{folder}/")
        if git is not None and not member.reason and not self._too_much(member) and _OF_HISTORY.fullmatch(inside):
            path = git / inside
            with contextlib.suppress(OSError):  # a history that contradicts itself tells no time
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists():
                    self._written(member, path)


def _unread_folder(name: str) -> str:
    """Return the folder that a member is not read for lying in, "" where there is none."""
    parts = name.split("/")
    index = next((i for i, part in enumerate(parts[:-1]) if part in NEVER_READ), None)
    return "" if index is None else "/".join(parts[: index + 1])
