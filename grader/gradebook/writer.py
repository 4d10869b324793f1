"""One process writes into a gradebook: a lock of the system's, which goes with the process that holds it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.errors import UsageError


@contextmanager
def only_writer(book: Path) -> Iterator[None]:
    """Hold the right to write; `UsageError` where another process has it. Without `flock`, SQLite's locks must do."""
    fcntl = _fcntl()
    if fcntl is None:
        yield
        return
    try:
        lock = book.with_name(f"{book.name}-lock").open("a")
    except OSError as error:
        raise UsageError(f"{book} cannot be opened: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"Another process is writing into {book}.", "Wait until it has ended, or stop it.") from None
        yield


def _fcntl() -> Any:
    try:
        return importlib.import_module("fcntl")
    except ImportError:
        return None
