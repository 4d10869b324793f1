"""The terminal that is written to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO, Any, Literal

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from grader.locale import Say, mark
from grader.report.visible import visible

WIDTH = 100
Noun = Literal["student", "submission", "file", "judgement", "row"]
_NOUNS: dict[Noun, tuple[str, str]] = {
    "student": (mark("1 student"), mark("{count} students")),
    "submission": (mark("1 submission"), mark("{count} submissions")),
    "file": (mark("1 file"), mark("{count} files")),
    "judgement": (mark("1 judgement"), mark("{count} judgements")),
    "row": (mark("1 row"), mark("{count} rows")),
}


class Verbatim(Console):
    """A console that shows every text as it is, in tables, too: names come from strangers.

    To rich, `[/b]` is an end of bold type, or an error, and `:smile:` a picture; to a terminal, control characters are orders.
    """

    def __init__(self, file: IO[str] | None = None, width: int | None = None, **more: Any) -> None:
        super().__init__(file=file, width=width, markup=False, emoji=False, highlight=False, **more)

    def render_str(self, text: str, **more: Any) -> Text:
        """Return a text with every character to be seen, before its width is measured."""
        return super().render_str(visible(text), **more)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield what is written. Texts that were not made here are made visible, too; a console's own orders remain."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


def console() -> Verbatim:
    """Return a console on standard output; without a terminal its lines have a fixed width. `NO_COLOR` is honoured."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal of another encoding shows ? rather than a traceback
    return Verbatim(width=None if sys.stdout.isatty() else WIDTH)


def number_of(count: int, noun: Noun, say: Say = str) -> str:
    """Return how many of something there are: `1 file`, `2 files`."""
    one, many = _NOUNS[noun]
    return say(one if count == 1 else many).format(count=count)
