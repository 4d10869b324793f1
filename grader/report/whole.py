"""Files and folders that are there whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from grader.errors import UsageError


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write; it takes its place when all went well. `UsageError` where it cannot be written."""
    place = path.resolve()  # a link stays a link: what it points to is written
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name[:40]}-", delete=False) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                os.chmod(file.name, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
                os.replace(file.name, place)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(file.name)
                raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill; it takes its place when all went well. `UsageError` where something is there already."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError(f"{path} is there already.", "Move it away, or name another with -o.")
    try:
        beside = Path(tempfile.mkdtemp(dir=path.resolve().parent, prefix=f".{path.name[:40]}-"))
        try:
            yield beside
            os.chmod(beside, 0o777 & ~_umask())
            os.replace(beside, path)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
