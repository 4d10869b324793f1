"""The terminal that is written to."""

from __future__ import annotations

import sys
from typing import Literal

from rich.console import Console

from grader.locale import Say, mark

WIDTH = 100
Noun = Literal["student", "submission", "file", "judgement", "row"]
_NOUNS: dict[Noun, tuple[str, str]] = {
    "student": (mark("1 student"), mark("{count} students")),
    "submission": (mark("1 submission"), mark("{count} submissions")),
    "file": (mark("1 file"), mark("{count} files")),
    "judgement": (mark("1 judgement"), mark("{count} judgements")),
    "row": (mark("1 row"), mark("{count} rows")),
}


def console() -> Console:
    """Return a console on standard output; without a terminal its lines have a fixed width. `NO_COLOR` is honoured."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal of another encoding shows ? rather than a traceback
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def number_of(count: int, noun: Noun, say: Say = str) -> str:
    """Return how many of something there are: `1 file`, `2 files`."""
    one, many = _NOUNS[noun]
    return say(one if count == 1 else many).format(count=count)
