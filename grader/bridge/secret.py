"""The key to hidden suites while a command runs: taken out of the environment, so that no child is born with it.

A process that has ever held it is not forked into a worker: memory goes along with a fork. See `grader.bridge.launch`.
"""

from __future__ import annotations

import ctypes
import os
import sys

NAME = "GRADE_KEY"
_held: list[str] = []


def take() -> None:
    """Take the key out of the environment. Called before anything else happens, and before any child starts.

    What started this process has it in its own environment still: that is out of reach here, and what the cage is for.
    """
    if NAME in os.environ:
        hold(os.environ.pop(NAME))
        _scrub()


def hold(key: str) -> None:
    """Keep a key for this process; an empty one is none."""
    _held[:] = [key.strip()] if key.strip() else []


def key() -> str:
    """Return the key, empty where there is none."""
    return _held[0] if _held else os.environ.get(NAME, "").strip()


def _scrub() -> None:
    """Overwrite it in the block that this process was started with: `unsetenv` leaves it there, and /proc shows it."""
    if not sys.platform.startswith("linux"):
        return
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end: proc(5), counted from the state field
    block = ctypes.string_at(start, end - start) if start and end > start else b""
    place = 0
    for variable in block.split(b"\0"):
        if variable.startswith(NAME.encode() + b"="):
            ctypes.memset(start + place, ord("x"), len(variable))
        place += len(variable) + 1
