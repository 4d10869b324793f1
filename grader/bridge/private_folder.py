"""Folders for one process's eyes that are gone afterwards: also what a killed process left behind, when the next one sweeps.

Beside what such a folder holds lies a file that its process keeps locked. The system lets go of a lock however a process
ends, so that a folder whose lock can be taken is nobody's any more. No process id is looked at: those are used again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

PREFIX = "grade-"
LOCK = ".grade-lock"
INSIDE = "inside"
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


class PrivateFolder:
    """A new folder, `path`, that only this user may enter; `remove` it, or use it as a context manager."""

    def __init__(self) -> None:
        self._lock: int | None = None
        while self._lock is None:
            self._top = Path(tempfile.mkdtemp(prefix=PREFIX))  # mkdtemp makes it 0700
            if not _can_lock():
                break  # without that file a sweep takes it for somebody else's
            self._lock = _make_lock(self._top / LOCK)  # None where a sweep came between the two: leave it to that
        self.path = self._top / INSIDE
        self.path.mkdir(mode=0o700)

    def remove(self) -> None:
        """Remove it, whatever is in it. The lock goes last: until then a sweep would find what a kill leaves of this."""
        remove_tree(self.path)
        if sys.platform == "win32" and self._lock is not None:  # an open file cannot be removed there
            os.close(self._lock)
        remove_tree(self._top)
        if sys.platform != "win32" and self._lock is not None:
            os.close(self._lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *error: object) -> None:
        self.remove()


def remove_tree(path: Path) -> None:
    """Remove a folder that strangers' code may have filled: so deep, perhaps, that Python cannot climb out of it."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(path, onerror=_with_rights)
    if path.exists() and sys.platform != "win32":
        with contextlib.suppress(OSError):
            subprocess.run(["rm", "-rf", "--", str(path)], stderr=subprocess.DEVNULL, env={"PATH": os.defpath}, check=False)


def _with_rights(function: object, path: str, error: object) -> None:
    """Remove a folder that may not be listed, as a submission can make one, once it is made one that may."""
    with contextlib.suppress(OSError):  # it is gone, or stays: the next sweep tries again
        if stat.S_ISDIR(os.lstat(path).st_mode) and stat.S_IMODE(os.lstat(path).st_mode) != 0o700:
            os.chmod(path, 0o700)
            shutil.rmtree(path, onerror=_with_rights)


def sweep() -> list[Path]:
    """Remove the folders of this user's processes that ended without doing so; return them. What is in use stays."""
    swept: list[Path] = []
    if not _can_lock():
        return swept
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):  # gone by now, in use, or not ours to read
                    if _sweep_one(Path(entry.path)):
                        swept.append(Path(entry.path))
    return swept


def _sweep_one(top: Path) -> bool:
    if sys.platform == "win32":
        os.unlink(top / LOCK)  # refused while its process has it open; missing where no folder of ours is
        remove_tree(top)
        return True
    folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | _NO_LINKS)
    try:
        return _is_private(os.fstat(folder)) and _remove_if_left(top, folder)
    finally:
        os.close(folder)


def _remove_if_left(top: Path, folder: int) -> bool:
    lock = os.open(LOCK, os.O_RDWR | _NO_LINKS | os.O_NONBLOCK, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(lock).st_mode) or not _try_lock(lock):
            return False
        remove_tree(top / INSIDE)
        remove_tree(top)
        return True
    finally:
        os.close(lock)


def _is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _make_lock(path: Path) -> int | None:
    """Return the descriptor of a new, locked file; None where a sweep took it in the moment before it was locked."""
    try:
        lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | _NO_LINKS, 0o600)
    except FileNotFoundError:
        return None
    if sys.platform == "win32":
        return lock
    with contextlib.suppress(FileNotFoundError):
        if _try_lock(lock, unknown=True) and os.path.samestat(os.fstat(lock), os.lstat(path)):
            return lock
    os.close(lock)
    return None


def _can_lock() -> bool:
    """Whether this system has locks that go with their process: Windows' own, or `flock`."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        return sys.platform == "win32"
    return True


def _try_lock(lock: int, *, unknown: bool = False) -> bool:
    """Whether the lock is ours now; `unknown` where the file system has no locks: nothing is swept there."""
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return unknown
    return True
