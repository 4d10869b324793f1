"""One file, or standard input, as a submission."""

from __future__ import annotations

import codecs
import hashlib
import sys
from pathlib import Path

from grader.course.starter import code_of
from grader.errors import UsageError
from grader.model import Cell, Submission
from grader.syntax import decoded

MAX_SCRIPT = 1 << 20
MAX_NOTEBOOK = 20 << 20
DAMAGED = "notebook"  # the label of the one cell that stands for a notebook that cannot be read


def read_submission(path: Path | None, exercise: str, shown: str) -> Submission:
    """Read a `.py` or `.ipynb` file, or standard input where `path` is None. `UsageError` where it cannot be read."""
    data = sys.stdin.buffer.read(MAX_NOTEBOOK + 1) if path is None else _read(path)
    short = exercise.partition("_")[0]
    notebook = path.suffix.lower() == ".ipynb" if path is not None else data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"
    if len(data) > (MAX_NOTEBOOK if notebook else MAX_SCRIPT):
        raise UsageError(f"{shown} is larger than {(MAX_NOTEBOOK if notebook else MAX_SCRIPT) >> 20} MiB.")
    cells = notebook_cells(data) if notebook else (Cell(f"{short}.py", decoded(data)),)
    return Submission(exercise, shown, cells, hashlib.sha256(data).hexdigest())


def _read(path: Path) -> bytes:
    if path.suffix.lower() not in (".py", ".ipynb"):
        raise UsageError(f"{path} is neither a .py nor an .ipynb file.")
    try:
        with path.open("rb") as file:
            return file.read(MAX_NOTEBOOK + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def notebook_cells(data: bytes) -> tuple[Cell, ...]:
    """Return a notebook's code cells; a damaged notebook is one cell that is not Python, and is told as what it is.

    A byte-order mark is no damage: editors on Windows write one. Null bytes are: JSON has none, and UTF-16 is full of them.
    """
    if b"\0" in data:
        return (Cell(DAMAGED, decoded(data)),)
    try:
        sources = code_of(data.decode("utf-8-sig"))
    except Exception:  # nbformat and its validators raise a dozen kinds of errors; each means: not a notebook
        return (Cell(DAMAGED, "this file is not a notebook that can be read"),)
    return tuple(Cell(f"cell {number}", source) for number, source in enumerate(sources, 1))
