"""The terminal that is written to."""

from __future__ import annotations

import sys

from rich.console import Console

WIDTH = 100


def console() -> Console:
    """Return a console on standard output; without a terminal its lines have a fixed width. `NO_COLOR` is honoured."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal of another encoding shows ? rather than a traceback
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def number_of(count: int, noun: str) -> str:
    """Return how many of something there are: `1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
