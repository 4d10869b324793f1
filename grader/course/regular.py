"""Reading a file where anything may lie: a folder, a pipe that nobody writes to, a device that has no end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from grader.course.paths import shown
from grader.errors import CourseError


def open_regular(path: Path, most: int) -> BinaryIO:
    """Open a file. `OSError`, with a reason to be shown, where it is not a regular one, or larger than `most` bytes."""
    # Without waiting: opening a pipe would last until somebody writes to it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        if about.st_size > most:
            raise _too_large(most)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int) -> bytes:
    """Return the content of a file. Raises as `open_regular` does."""
    with open_regular(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it has grown, or its size is not what the system says
        raise _too_large(most)
    return data


def course_text(path: Path, most: int = 1 << 20, *, missing: str) -> str:
    """Return a text of the course. `CourseError` where it cannot be read, with the hint `missing` where it is not there."""
    file, data = shown(path), b""
    try:
        data = read_regular(path, most)
        return data.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise CourseError(f"{file}: this file is missing.", missing) from None
    except OSError as error:
        raise CourseError(f"{file} cannot be read: {error.strerror}.", "Put the course's own file in its place.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{file}:{line}: this is not UTF-8.", "Save the file again, with the encoding UTF-8.") from None


def _too_large(most: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {most >> 20} MiB")
