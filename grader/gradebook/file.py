"""The file of a gradebook: how it is opened, how long it is waited for, and what SQLite's complaints about it mean."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from grader.errors import GradeError, MachineError, UsageError
from grader.gradebook.schema import migrate, refuse_strangers

PATIENCE = 90.0  # seconds; a change that someone types into a browser for SQLite takes a while
_KEPT = "What was judged before is kept; the same command goes on from there."

Result = TypeVar("Result")


def look_at(path: Path) -> None:
    """Raise `UsageError` for what is plainly no gradebook: a folder, another program's database. Nothing is touched or made.

    What is locked, half written or no database at all is found out when it is opened.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", f"Name a file in it: --book {path / 'gradebook.db'}")
    if not path.is_file():
        return
    with suppress(sqlite3.DatabaseError), closing(_untouched(path)) as connection:
        refuse_strangers(connection, str(path))


def _untouched(path: Path) -> sqlite3.Connection:
    """Return a connection that takes no lock and makes no file beside it; what lies in a `-wal` file it does not see."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that writes nothing, and needs no right to."""
    connection = _untouched(path) if at_rest(path) else _connected(path)
    try:
        connection.execute("PRAGMA query_only = ON")  # not SQLite's own mode "ro", which leaves its log files behind
        refuse_strangers(connection, str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def opened_to_write(path: Path) -> sqlite3.Connection:
    """Return a connection to a file of the present schema, which begins or is brought up to it where it is not."""
    connection = _connected(path)
    try:
        patiently(lambda: refuse_strangers(connection, str(path)))  # before anything is written
        patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"))
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        patiently(lambda: migrate(connection, str(path)))
    except BaseException:
        connection.close()
        raise
    return connection


def at_rest(path: Path) -> bool:
    """Whether all of a gradebook is in its one file, and nobody may write beside it: then SQLite need not, to read it."""
    log = path.with_name(f"{path.name}-wal")
    return path.is_file() and not os.access(path.parent, os.W_OK) and not (log.is_file() and log.stat().st_size)


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def patiently(work: Callable[[], Result]) -> Result:
    """Do what needs the right to write, and wait for it: another program may have it for a while.

    SQLite's own wait is short, and this one repeats it, so that Ctrl-C is heard in between.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file into errors for people. What it says of our own statements stays our fault."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        told = _told(path, error)
        if told is None:
            raise
        raise told from error


def _told(path: Path, error: sqlite3.DatabaseError) -> GradeError | None:
    match _code(error):
        case sqlite3.SQLITE_BUSY:
            return MachineError(f"Another program keeps {path} locked.", f"Close the file there. {_KEPT}")
        case sqlite3.SQLITE_FULL:
            return MachineError(f"There is no room left on the disk for {path}.", f"Make room. {_KEPT}")
        case sqlite3.SQLITE_IOERR:
            return MachineError(
                f"{path} could not be read or written: {error}.", f"Is the disk full, or a network drive gone? {_KEPT}"
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return UsageError(
                f"{path} may not be written to.",
                "Get the right to write it, or copy it elsewhere and name the copy: --book FILE",
            )
        case sqlite3.SQLITE_CANTOPEN if path.is_file() and not os.access(path.parent, os.W_OK):
            return UsageError(
                f"{path} was being written when its folder was closed to you.",
                f"Copy it together with {path.name}-wal to a folder that you may write in, and name the copy: --book FILE",
            )
        case sqlite3.SQLITE_CANTOPEN:
            return UsageError(f"{path} cannot be opened: {error}.", "Is its folder there, and may you read and write in it?")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return UsageError(f"{path} cannot be used as a gradebook: {error}.", "Is it another program's file?")
    return None


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code: the finer ones have it in their lowest byte."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
