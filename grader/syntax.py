"""What students wrote as a syntax tree, without anything being run: bounded, and whatever the text is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable

LONGEST = 100_000
TOO_DEEP = (SyntaxError, ValueError, RecursionError, MemoryError)  # what Python raises of text that it cannot parse
_MAGIC = re.compile(r"\s*[%!?]")


def decoded(data: bytes) -> str:
    """Decode source as Python does: a byte-order mark or a coding comment decides, else UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def statements(sources: Iterable[str]) -> list[ast.stmt]:
    """Parse a script, or a notebook's cells. Raises one of `TOO_DEEP` where Python cannot, or they are too long."""
    sources = list(sources)
    if sum(map(len, sources)) > LONGEST:
        raise ValueError("nobody writes an answer of this length, and parsing it takes its time")
    with warnings.catch_warnings(action="ignore"):  # a strange escape in a string is no concern here
        return [statement for source in sources for statement in _parsed(source)]


def _parsed(source: str) -> list[ast.stmt]:
    """Parse a script or a cell. Where that fails, its lines of notebook commands are dropped."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        kept = [line for line in source.splitlines() if not _MAGIC.match(line)]
        if len(kept) == len(source.splitlines()):
            raise
        return ast.parse("\n".join(kept)).body


def says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, or a constant that stands alone."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def drop_what_says_nothing(node: ast.AST) -> None:
    """Drop docstrings and lone constants from the blocks of one node, in place. A block left empty gets a `pass`."""
    for block in ("body", "orelse", "finalbody"):
        if isinstance(found := getattr(node, block, None), list):
            kept = [statement for statement in found if not says_nothing(statement)]
            setattr(node, block, kept or ([ast.Pass()] if found else []))
