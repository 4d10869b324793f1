"""The key to hidden suites while a command runs: taken out of the environment, so that no child is born with it.

A process that has ever held it is not forked into a worker: memory goes along with a fork. See `grader.bridge.launch`.
"""

from __future__ import annotations

import os

NAME = "GRADE_KEY"
_held: list[str] = []


def take() -> None:
    """Take the key out of the environment. Called before anything else happens, and before any child starts."""
    hold(os.environ.pop(NAME, ""))


def hold(key: str) -> None:
    """Keep a key for this process; an empty one is none."""
    _held[:] = [key.strip()] if key.strip() else []


def key() -> str:
    """Return the key, empty where there is none."""
    return _held[0] if _held else os.environ.get(NAME, "").strip()
