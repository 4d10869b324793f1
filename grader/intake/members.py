"""The members of zip and tar archives, as the standard library's readers give them, each with what speaks against it."""

from __future__ import annotations

import bz2
import functools
import gzip
import lzma
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from grader.intake.files import EMPTY_FOLDER, IRREGULAR, LINK
from grader.intake.names import name_in_zip
from grader.locale import Filled, filled, mark

CHUNK = 1 << 20
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)
EMPTY = mark("it is empty")
_LISTED = 512  # more than the list of a zip takes for one file
_DICTIONARY = 256 << 20  # the memory that unpacking an .xz may ask for; `xz -9` asks for 65 MiB
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


class TooMuch(Exception):
    """An archive holds more than the bounds allow."""


def said_by(error: Exception) -> str:
    """Return what an error says: a sentence of ours so that it can be retold, a library's as it is."""
    return next((word for word in error.args if isinstance(word, Filled)), str(error))


class Member(msgspec.Struct, frozen=True):
    """What is in an archive, of folders those that hold nothing. `reason` says what speaks against reading it.

    `open` gives its bytes.
    """

    name: str
    size: int
    packed: int
    modified: float
    reason: str
    open: Callable[[], IO[bytes] | None]


def of_zip(archive: Path, most: int) -> Iterator[Member]:
    """Yield the members of a zip. `TooMuch` where it lists many more than `most`."""
    with archive.open("rb") as file:  # the list of members is read whole into memory: its length is looked at before
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is not None and end[5] > most * _LISTED:
        raise TooMuch(filled(mark("it lists more than {most} files"), most=most))
    with zipfile.ZipFile(archive) as opened:
        folders: list[str] = []
        names: list[str] = []
        for info in opened.infolist():
            name = name_in_zip(info)
            if name.endswith("/") and not info.file_size:
                folders.append(name)
                continue
            names.append(name)
            kind = (info.external_attr >> 16) & 0o170000
            reason = ""
            if kind == 0o120000:
                reason = LINK
            elif kind not in (0, 0o100000):
                reason = IRREGULAR
            elif info.flag_bits & 1:
                reason = mark("it is encrypted")
            elif info.compress_type not in _METHODS:
                reason = mark("it is packed in a way that is not read")
            yield Member(
                name, info.file_size, info.compress_size, _modified(info), reason, functools.partial(opened.open, info)
            )
        yield from _empty(folders, names)


def _empty(folders: Sequence[str], names: Sequence[str]) -> Iterator[Member]:
    """Yield each folder that holds nothing: a student's may be one, who then is named."""
    plain = [PurePosixPath(folder) for folder in dict.fromkeys(folders)]
    held = {parent for path in (*plain, *map(PurePosixPath, names)) for parent in path.parents}
    for folder in dict.fromkeys(plain):
        if folder not in held and folder.name:
            yield Member(folder.as_posix(), 0, 0, 0.0, EMPTY_FOLDER, lambda: None)


def _modified(info: zipfile.ZipInfo) -> float:
    """Return when a member was changed: its extra field says so in UTC (0x5455), its header in the local time of somewhere."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and length >= 5 and len(extra) >= 9 and extra[4] & 1:
            return float(struct.unpack_from("<l", extra, 5)[0])
        extra = extra[4 + length :]
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (OverflowError, ValueError):
        return 0.0


def of_tar(plain: Path) -> Iterator[Member]:
    """Yield the members of a tar that is not packed. Raises one of `BROKEN` where it breaks off."""
    with tarfile.open(plain, "r:") as opened:
        folders: list[str] = []
        names: list[str] = []
        for info in opened:
            name = info.name.removeprefix("./")
            if info.isdir():
                folders.append(name)
                continue
            names.append(name)
            link = info.issym() or info.islnk()
            reason = LINK if link else "" if info.isreg() else IRREGULAR
            yield Member(name, info.size, info.size, float(info.mtime), reason, functools.partial(opened.extractfile, info))
        _ends_well(plain, opened.offset)
    yield from _empty(folders, names)


def _ends_well(plain: Path, offset: int) -> None:
    """Raise where a tar breaks off: the standard library takes a damaged header for the end, and says nothing."""
    with plain.open("rb") as file:
        file.seek(offset)
        rest = 0
        while chunk := file.read(CHUNK):
            rest += len(chunk)
            if chunk.strip(b"\0"):
                raise tarfile.ReadError(filled(mark("it is damaged after {count} bytes"), count=offset))
    if not rest and not offset:
        raise tarfile.ReadError(filled(EMPTY))
    if not rest:
        raise tarfile.ReadError(filled(mark("it breaks off after {count} bytes"), count=offset))


def _gunzipped(archive: Path) -> Iterator[bytes]:
    with gzip.open(archive) as file:
        yield from iter(lambda: file.read(CHUNK), b"")


def _bunzipped(archive: Path) -> Iterator[bytes]:
    with bz2.open(archive) as file:
        yield from iter(lambda: file.read(CHUNK), b"")


def _unxzed(archive: Path) -> Iterator[bytes]:
    unpacker = lzma.LZMADecompressor(memlimit=_DICTIONARY)
    with archive.open("rb") as file:
        while not unpacker.eof:
            data = file.read(CHUNK) if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                raise EOFError(filled(mark("it breaks off")))
            yield unpacker.decompress(data, CHUNK)


PACKED: dict[bytes, Callable[[Path], Iterator[bytes]]] = {b"\x1f\x8b": _gunzipped, b"BZ": _bunzipped, b"\xfd7": _unxzed}
