"""The cage: what a child gives up before a line of the student's is read. Nothing here is imported outside the worker.

The larger walls have a file each: what it may do to others (`capabilities`), which files it may open (`files`), which system
calls it may make (`syscalls`). The last two need a recent kernel and a small library each, landlockpy and pyseccomp. Where one
is missing, its wall does not stand, and says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass

from grader.worker import capabilities, files, syscalls
from grader.worker.wall import CannotStand, Wall, build

__all__ = ["Limits", "Wall", "enter", "preload"]

PER_THREAD = ("capabilities", "files", "syscalls")  # what the kernel keeps for each thread: one that ran before stays outside


@dataclass(frozen=True)
class Limits:
    """Limits that the system keeps; memory is beyond what is mapped already."""

    cpu_seconds: int
    memory_bytes: int
    file_bytes: int
    open_files: int


def preload() -> None:
    """Do in the template what is the same for all children: import the libraries, find the folders, compile the filters."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: F401
    steps: tuple[Callable[[], object], ...] = (capabilities.libc, files.prepare, syscalls.programs)
    for step in steps:
        with contextlib.suppress(Exception):  # `enter` meets it again, and tells
            step()


def enter(scratch: str, keep: Collection[int], limits: Limits) -> list[Wall]:
    """Go in: the process must have one thread. Raises only where there is no `scratch`; a wall that cannot stand says so."""
    os.chdir(scratch)
    preload()  # nothing new where the template did it; inside, no library could be found any more
    threads = _threads()
    walls = [
        build("descriptors", lambda: _close_descriptors(keep)),
        build("environment", lambda: _empty_environment(scratch)),
        build("capabilities", capabilities.give_up),
        build("limits", lambda: _limit(limits)),
        build("files", lambda: files.restrict(scratch)),
        build("syscalls", syscalls.install),
    ]
    if threads <= 1:
        return walls
    outside = f"{threads - 1} threads ran before and stay outside"
    return [Wall(wall.name, False, outside) if wall.stands and wall.name in PER_THREAD else wall for wall in walls]


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def _close_descriptors(keep: Collection[int]) -> str:
    for descriptor in _descriptors():
        if descriptor not in keep:
            with contextlib.suppress(OSError):  # the one that the listing itself had open
                os.close(descriptor)
    return f"{len(keep)} left open"


def _descriptors() -> Collection[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return [int(name) for name in os.listdir(folder)]
    return range(1 << 13)  # as many as Windows' C library has


def _empty_environment(scratch: str) -> str:
    """Empty what Python knows, what libc knows, and the block on the stack that the process was born with."""
    os.environ.clear()
    if sys.platform.startswith("linux"):
        capabilities.libc().clearenv()
        _wipe_block()
    os.environ.update({"HOME": scratch, "TMPDIR": scratch, "OMP_NUM_THREADS": "1", "LC_CTYPE": "C.UTF-8"})
    return "HOME and TMPDIR are the scratch folder"


def _wipe_block() -> None:
    """Overwrite what /proc/self/environ shows. A template born with an empty one has nothing there; a plain process may."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end: proc(5), counted from the state
    if start and end > start:
        ctypes.memset(start, 0, end - start)


def _limit(limits: Limits) -> str:
    try:
        import resource
    except ImportError:
        raise CannotStand(f"{sys.platform} has no resource limits") from None
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_RTPRIO": 0,  # a thread that no other may interrupt
    }
    mapped = _mapped_bytes()
    if mapped:
        wanted["RLIMIT_AS"] = mapped + limits.memory_bytes
    for name, value in wanted.items():
        if hasattr(resource, name):
            kind = getattr(resource, name)
            _, hard = resource.getrlimit(kind)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing too much is then an OSError, told to the student as one
    if not mapped:
        raise CannotStand(f"{sys.platform} does not say how much memory is mapped")
    return f"{limits.cpu_seconds} s, {limits.memory_bytes >> 20} MiB beyond torch's own"


def _mapped_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as file:  # as text, the first one in a process would import its codec
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
