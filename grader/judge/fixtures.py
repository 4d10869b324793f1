"""The fixtures of suites: the submission, torch over there, the props, the source, and further workers.

They last for a session and speak to whichever run is current, so that the same collected checks serve every submission.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import Any, BinaryIO

from grader.bridge.connection import Connection
from grader.bridge.failures import StudentError, SuiteMisuse
from grader.suite import running
from grader.suite.source import Source

MAX_FILE = 64 << 20


class Names:
    """Names that are looked up in a worker at each use."""

    def __init__(self, place: str, prefix: str = "", connection: Connection | None = None) -> None:
        self._place = place
        self._prefix = prefix
        self._fixed = connection

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        connection = self._fixed or running.current().connection
        return connection.root(self._place, f"{self._prefix}{name}")


class Torch:
    """Torch over there: `worker.nn.Linear(4, 5)`, `worker.optim.Adam(layer.parameters())`, `worker.save(state, path)`."""

    def __init__(self, connection: Connection | None = None) -> None:
        self._fixed = connection
        self.nn = Names("torch", "nn.", connection)
        self.optim = Names("torch", "optim.", connection)

    def __getattr__(self, name: str) -> Any:
        return getattr(Names("torch", "", self._fixed), name)

    def put(self, value: Any) -> Any:
        """Return a handle on the worker's own copy of a value."""
        return (self._fixed or running.current().connection).put(value)


class Elsewhere:
    """One more worker. `student` and `props` are there unless it is blank; `torch` always; `receive` carries files over."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.student = Names("student", "", connection)
        self.props = Names("props", "", connection)
        self.torch = Torch(connection)

    def receive(self, name: str, sender: Connection | None = None) -> None:
        """Carry a file from another worker's scratch (the check's own, unless `sender` is given) to this one's."""
        run, target = running.current(), self.connection.worker.scratch
        carry((sender or run.connection).worker.scratch, target, name)
        if run.company is not None:
            run.company.carried(target / name)


def carry(source: Path, target: Path, name: str) -> None:
    """Copy a regular file, whatever the student made of the folder: no links are followed, no devices read."""
    if Path(name).name != name:
        raise SuiteMisuse(f"{name!r} is not the plain name of a file")
    try:
        descriptor = os.open(source / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _no_file(name, str(error.strerror)) from None
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):  # a folder, say: Python would refuse to make a file object of it
            raise _no_file(name, "it is no regular file")
        if about.st_size > MAX_FILE:
            raise _no_file(name, f"it is larger than {MAX_FILE >> 20} MiB")
        with _new_file(target / name) as copy, open(descriptor, "rb", closefd=False) as file:
            shutil.copyfileobj(file, copy)
    finally:
        os.close(descriptor)


def _new_file(path: Path) -> BinaryIO:
    """Open a new file in place of what the submission may have put there while it was loaded."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    try:
        return path.open("xb")
    except FileExistsError:
        raise _no_file(path.name, "something else keeps taking its name") from None


def _no_file(name: str, why: str) -> StudentError:
    error = StudentError(f"no file {name!r} was written: {why}")
    error.type_name, error.text, error.lines = "FileNotFoundError", f"no file {name!r} was written: {why}", ()
    return error


class Workshop:
    """Further workers for the running check. Asking twice gives two; the examples of a check have the same ones in turn."""

    def loaded(self) -> Elsewhere:
        """A worker with the submission, which knows nothing of what the check's own worker did, or of other checks."""
        return Elsewhere(running.current().another(loaded=True))

    def blank(self) -> Elsewhere:
        """A worker without the submission: what is believed about torch."""
        return Elsewhere(running.current().another(loaded=False))


_source: Source | None = None


def set_source(source: Source | None) -> None:
    """Say which submission's source the `source` of diagnoses is."""
    global _source
    _source = source


def fixture_values() -> dict[str, Any]:
    """Return every fixture by name: for checks through pytest, for diagnoses by their parameters."""
    return {
        "student": Names("student"),
        "worker": Torch(),
        "props": Names("props"),
        "elsewhere": Workshop(),
        "source": _source,
    }
