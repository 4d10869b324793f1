"""A CSV sheet that another system exported: some of its cells are filled in, and every other byte of it stays."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from grader.errors import OurError, UsageError

DELIMITERS = ",;\t"
_END = "\r\n"


class Sheet:
    """A sheet's rows, the first of which is its header, as the standard library's reader reads them."""

    def __init__(self, data: bytes, shown: str) -> None:
        """Read it. `UsageError` where it is no CSV in UTF-8."""
        self.shown = shown
        self._bom = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
        try:
            text = data.removeprefix(BOM_UTF8).decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{shown} is not in UTF-8.", "Take the file as the system exported it, unopened.") from None
        self.delimiter = max(DELIMITERS, key=lambda delimiter: _width(text, delimiter))
        try:
            self.rows, self._raw = _read(text, self.delimiter)
        except csv.Error as error:
            raise UsageError(f"{shown} cannot be read as CSV: {error}.") from None
        if not self.rows:
            raise UsageError(f"{shown} is empty.")

    @property
    def header(self) -> list[str]:
        """The titles of the columns."""
        return [title.strip() for title in self.rows[0]]

    def value(self, row: int, column: int | None) -> str:
        """Return a cell without the blanks around it, "" where the row is too short or there is no such column."""
        return self.rows[row][column].strip() if column is not None and column < len(self.rows[row]) else ""

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with other text in some cells, by row and column; nothing else in it changes."""
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), text in cells.items():
            by_row.setdefault(row, {})[column] = text
        raw = [self._with(number, by_row[number]) if number in by_row else text for number, text in enumerate(self._raw)]
        return self._bom + "".join(raw).encode("utf-8")

    def _with(self, number: int, cells: Mapping[int, str]) -> str:
        """Return a row's text with other cells, and make sure that a reader then finds just these changed."""
        raw = self._raw[number]
        bounds = self._bounds(raw)
        pieces = [raw[start:end] for start, end in zip(bounds, [b - 1 for b in bounds[1:]], strict=False)]
        for column, text in cells.items():
            pieces[column] = _written(text, self.delimiter, quoted=pieces[column].startswith('"'))
        changed = self.delimiter.join(pieces) + raw[bounds[-1] - 1 :]
        wanted = [cells.get(column, text) for column, text in enumerate(self.rows[number])]
        if next(iter(_read(changed, self.delimiter)[0])) != wanted:
            raise OurError(f"{self.shown}, row {number + 1} could not be filled in without changing more of it.")
        return changed

    def _bounds(self, raw: str) -> list[int]:
        """Return where each field begins, and one past where the next would.

        A delimiter ends a field where the text before it is a whole field to the reader, and not half a quoted one.
        """
        body = raw.rstrip("\r\n")
        begins = [0]
        for place, character in enumerate(body):
            if character == self.delimiter and _is_whole(body[begins[-1] : place], self.delimiter):
                begins.append(place + 1)
        return [*begins, len(body) + 1]


def read_sheet(path: Path) -> Sheet:
    """Read a sheet from a file. `UsageError` where there is none."""
    try:
        return Sheet(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def number(text: str) -> float | None:
    """Return the number in a cell, with a decimal point or comma; None where it holds none."""
    return float(text.replace(",", ".")) if re.fullmatch(r"-?\d+([.,]\d+)?", text.strip(), re.ASCII) else None


def has_decimal_commas(texts: Iterable[str]) -> bool:
    """Return whether numbers in these cells are written with a comma."""
    marks = {match[1] for text in texts if (match := re.fullmatch(r"-?\d+([.,])\d+", text.strip(), re.ASCII))}
    return marks == {","}


def written(points: float, commas: bool) -> str:
    """Return points as both systems write them: with two decimals."""
    return f"{points:.2f}".replace(".", ",") if commas else f"{points:.2f}"


def _read(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """Return the rows, and beside them the text that each of them was read from, line ends and all."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows, raw, start = [], [], 0
    for row in reader:
        rows.append(row)
        raw.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return rows, raw


def _width(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return 0


def _is_whole(text: str, delimiter: str) -> bool:
    try:
        return len(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))) <= 1
    except csv.Error:
        return False


def _written(text: str, delimiter: str, *, quoted: bool) -> str:
    out = io.StringIO()
    style: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=style, lineterminator=_END).writerow([text])  # quotes what holds an end
    return out.getvalue().removesuffix(_END) if text or quoted else ""
