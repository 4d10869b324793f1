"""Starters, `.py` and `.ipynb`, made from a reference answer."""

from __future__ import annotations

import ast
import functools
import warnings
from pathlib import Path
from typing import NamedTuple

from grader.errors import CourseError
from grader.syntax import LONGEST, decoded, drop_what_says_nothing, statements

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
TO_WRITE = "NotImplementedError"
_MOST_OF_A_NOTEBOOK = 20 << 20


def script_of(reference: str, name: str) -> str:
    """Return the starter of a reference: what stands between the markers becomes `raise NotImplementedError`."""
    lines: list[str] = []
    inside = False
    for number, line in enumerate(reference.splitlines(), 1):
        word = line.strip()
        if word in (BEGIN, END) and (word == BEGIN) == inside:
            raise CourseError(f"{name}:{number}: {word!r} stands where it cannot: the markers must alternate.")
        if word == BEGIN:
            lines.append(line[: len(line) - len(line.lstrip())] + f"raise {TO_WRITE}")
        if word in (BEGIN, END):
            inside = word == BEGIN
        elif not inside:
            lines.append(line)
    if inside:
        raise CourseError(f"{name}: the last {BEGIN!r} has no {END!r}.")
    return "\n".join(lines).rstrip() + "\n"


def notebook_of(script: str) -> str:
    """Return a starter as a notebook: the docstring as text, then a cell for the imports and one for each definition."""
    import nbformat  # late: it brings a validator of JSON schemas along, which grading a .py file has no use for
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    tree = ast.parse(script)
    lines = script.splitlines()
    cells = []
    heading = ast.get_docstring(tree)
    body = tree.body[1:] if heading is not None else tree.body
    if heading is not None:
        cells.append(new_markdown_cell(heading, id="intro"))
    loose: list[str] = []
    end = tree.body[0].end_lineno or 0 if heading is not None else 0
    for statement in body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]) - 1
        text = "\n".join([*_comments(lines[end:first]), *lines[first : statement.end_lineno]])
        end = statement.end_lineno or first
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            if loose:
                cells.append(new_code_cell("\n".join(loose), id=f"part-{len(cells)}"))
                loose = []
            cells.append(new_code_cell(text, id=f"part-{len(cells)}"))
        else:
            loose.append(text)
    if loose:
        cells.append(new_code_cell("\n".join(loose), id=f"part-{len(cells)}"))
    notebook = new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    return str(nbformat.writes(notebook)) + "\n"


def _comments(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def code_of(notebook: str) -> list[str]:
    """Return the sources of a notebook's code cells. Raises what `nbformat` raises where it is none."""
    import nbformat

    with warnings.catch_warnings(action="ignore"):  # old notebooks lack what newer formats ask for: no concern of a student's
        parsed = nbformat.reads(notebook, as_version=4)
    return [str(cell.source) for cell in parsed.cells if cell.cell_type == "code"]


def is_untouched(file: Path, script: str) -> bool:
    """Whether a `.py` or `.ipynb` file is still the starter that `script` is, or that is made of it.

    It is where both mean the same to Python, docstrings aside: comments and layout, a byte-order mark and ends of lines, a
    notebook's text, outputs and metadata do not count. What cannot be read or parsed, or is very long, is a student's work.
    """
    notebook = file.suffix.lower() == ".ipynb"
    most = _MOST_OF_A_NOTEBOOK if notebook else 4 * LONGEST
    with file.open("rb") as opened:
        data = opened.read(most + 1)
    try:
        starter = _parsed(script)
        if len(data) > most or data.count(TO_WRITE.encode()) < starter.to_write:
            return False  # nearly all answers end here, unparsed: a class has thousands of files
        sources = code_of(data.decode("utf-8-sig")) if notebook else [decoded(data)]
        return _meaning(statements(sources)) == starter.meaning
    except Exception:  # a damaged file is the student's: nbformat raises a dozen kinds of errors, and deep nesting its own
        return False


class _Starter(NamedTuple):
    """What a starter means, and how often it names what stands for the code that is still to be written."""

    meaning: str
    to_write: int


@functools.cache
def _parsed(script: str) -> _Starter:
    read = statements([script])  # once: a class has hundreds of files for one starter
    names = (node for statement in read for node in ast.walk(statement) if isinstance(node, ast.Name))
    return _Starter(_meaning(read), sum(name.id == TO_WRITE for name in names))


def _meaning(read: list[ast.stmt]) -> str:
    tree = ast.Module(read, [])
    for node in ast.walk(tree):
        drop_what_says_nothing(node)
    return ast.dump(tree)
