"""A student's code as HTML: numbered, in colours, the lines at fault marked. It is read as Python and never run."""

from __future__ import annotations

from collections.abc import Collection

from grader.errors import MachineError
from grader.model import Cell
from grader.package import how_to_get
from grader.report.page import Markup
from grader.report.visible import visible

try:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer, TextLexer
except ImportError:
    raise MachineError("Pages are made with pygments, which is not installed.", how_to_get("teacher")) from None

MAX_LINES, MAX_WIDTH, MAX_COLOURED = 2_000, 300, 200_000


def code_html(cell: Cell, marked: Collection[int], anchor: str) -> Markup:
    """Return a cell's code as a block; line n has the id `anchor-n`. What is too long or too wide for a page is left out."""
    lines = cell.source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    shown = [line if len(line) <= MAX_WIDTH else f"{line[:MAX_WIDTH]} [...]" for line in lines[:MAX_LINES]]
    text = visible("\n".join([*shown, "[...]"] if len(lines) > MAX_LINES else shown))
    plain = {"stripnl": False, "stripall": False}
    lexer = PythonLexer(**plain) if len(text) <= MAX_COLOURED else TextLexer(**plain)
    formatter = HtmlFormatter(cssclass="code", linenos="inline", linespans=anchor, hl_lines=sorted(marked), wrapcode=True)
    return Markup(highlight(text, lexer, formatter))  # pygments escapes what it is given
