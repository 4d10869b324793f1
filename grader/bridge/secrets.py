"""Secrets that came in the environment: taken out of it before any child starts, and kept in this process's memory alone.

What started this process has them in its own environment still: that is out of reach here, and what the cage is for.
"""

from __future__ import annotations

import ctypes
import os
import sys

SECRETS = ("GRADE_KEY",)
_taken: dict[str, str] = {}


def take_secrets() -> None:
    """Move secrets from the environment into memory. Children, and whoever reads `/proc/PID/environ`, no longer see them."""
    for name in SECRETS:
        value = os.environ.pop(name, None)
        if value is not None:
            _taken[name] = value
            _scrub(name)


def secret(name: str) -> str:
    """Return a secret, "" where there is none."""
    return _taken.get(name) or os.environ.get(name, "")


def any_secret() -> bool:
    """Whether this process holds or has held one: then no fork of it may ever run a student's code."""
    return bool(_taken) or any(name in os.environ for name in SECRETS)


def _scrub(name: str) -> None:
    """Overwrite a variable in the block that the process was started with: `unsetenv` leaves its bytes there."""
    if not sys.platform.startswith("linux"):
        return
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end: proc(5), counted from the state field
    block = ctypes.string_at(start, end - start) if start and end > start else b""
    place = 0
    for variable in block.split(b"\0"):
        if variable.startswith(name.encode() + b"="):
            ctypes.memset(start + place, ord("x"), len(variable))
        place += len(variable) + 1
