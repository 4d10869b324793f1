"""What a source holds: the files of a folder or of an archive, and those of the archives in it, in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.intake.archives import Bounds, Unpacking
from grader.intake.files import File, is_archive, unpacked_name, walk
from grader.locale import mark


def contents(source: Path, scratch: Path, bounds: Bounds | None = None) -> list[File]:
    """Return the files of a source by name. What is packed is unpacked into `scratch`, as far as it may be read.

    An archive `ada/work.zip` becomes a folder `ada/work`, all of it as old as that file. `UsageError` where the source itself
    cannot be read.
    """
    unpacking = Unpacking(scratch, bounds)
    if source.is_dir():
        found, depth = list(walk(source)), 1
    elif source.is_file():
        found, fault = unpacking.unpack(source, outermost=True)
        depth = 2
        if fault:
            raise UsageError(f"{source}: {fault}.", "A SOURCE is a folder, or a zip or tar archive.")
    else:
        raise UsageError(f"There is no folder {source}.")
    return sorted(_opened(found, depth, unpacking), key=lambda file: file.name)


def _opened(files: list[File], depth: int, unpacking: Unpacking) -> Iterator[File]:
    taken = {"/".join(file.parts[:length]) for file in files for length in range(1, len(file.parts) + 1)}
    for file in files:
        if file.reason or file.path is None or not is_archive(file.name):
            yield file
        elif depth > unpacking.bounds.depth:
            yield _closed(file, mark("archives are nested too deeply"))
        else:
            folder = unpacked_name(file.name)
            if folder in taken:
                folder = file.name
            taken.add(folder)
            inside, fault = unpacking.unpack(file.path)
            if file.path.is_relative_to(unpacking.into):
                file.path.unlink()
            if fault:
                yield _closed(file, fault)
            yield from _opened(_moved(inside, folder, file), depth + 1, unpacking)


def _moved(files: Iterable[File], folder: str, archive: File) -> list[File]:
    """Return what was in an archive as it is named in the source. The outermost archive is the one that was handed in."""
    packed, outermost = archive.packed or folder, archive.archive or archive.name
    return [File(f"{folder}/{file.name}", file.path, file.reason, packed, outermost) for file in files]


def _closed(file: File, reason: str) -> File:
    return msgspec.structs.replace(file, path=None, reason=reason)
