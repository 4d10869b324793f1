"""Reading a submission and running its top-level statements one by one, so that one that fails costs nothing but itself."""

from __future__ import annotations
import __future__

import ast
import linecache
import re
import sys
import types

from grader.wire.messages import Cell, Parsed, Statement, SyntaxFault

MAX_SOURCE = 1 << 20
MAX_NODES = 100_000
MAX_NESTING = 100

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_LINE_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")
_MAGICS_AROUND_PYTHON = {"time", "timeit", "capture", "prun"}


class TooLarge(Exception):
    """The source is beyond what is read: size, number of nodes, or nesting."""


class Submission:
    """The module that a submission's statements fill, and the statements that are still to run."""

    def __init__(self, name: str, cells: tuple[Cell, ...]) -> None:
        self.module = types.ModuleType(name)
        self.module.__file__ = name
        self.labels = {cell.label for cell in cells}
        self._code: list[types.CodeType] = []
        self._cells = cells
        self._flags = 0

    def parse(self, number: int) -> Parsed:
        """Compile each statement; nothing runs."""
        sources: list[str] = []
        statements: list[Statement] = []
        magics: list[Statement] = []
        faults: list[SyntaxFault] = []
        for index, cell in enumerate(self._cells):
            source, tree = cell.source, None
            try:
                source, tree, lines = _read(cell)
                magics += [Statement(index, line) for line in lines]
                compiled = [self._compile(statement, cell.label) for statement in tree.body]
            except (SyntaxError, ValueError, RecursionError, MemoryError, TooLarge) as error:
                faults.append(_fault(index, cell, error))
                sources.append("")
                continue
            sources.append(source)
            statements += [Statement(index, _first_line(statement)) for statement in tree.body]
            self._code += compiled
            linecache.cache[cell.label] = (len(cell.source), None, cell.source.splitlines(True), cell.label)
        return Parsed(number, tuple(sources), tuple(statements), tuple(magics), tuple(faults))

    def _compile(self, statement: ast.stmt, label: str) -> types.CodeType:
        module = ast.Module([statement], [])
        code: types.CodeType = compile(module, label, "exec", flags=self._flags, dont_inherit=True)
        self._flags |= code.co_flags & _FUTURE_FLAGS
        return code

    def run(self, index: int) -> None:
        """Run one statement. Whatever it raises comes out."""
        sys.modules[self.module.__name__] = self.module
        exec(self._code[index], self.module.__dict__)


# The bits that `from __future__ import …` sets in a code object: later statements of the file are compiled under them.
_FUTURE_FLAGS = sum(
    getattr(__future__, name).compiler_flag for name in __future__.all_feature_names if name != "nested_scopes"
)


def _read(cell: Cell) -> tuple[str, ast.Module, list[int]]:
    if len(cell.source) > MAX_SOURCE:
        raise TooLarge(f"more than {MAX_SOURCE >> 20} MiB of source")
    try:
        return cell.source, _bounded(ast.parse(cell.source, cell.label)), []
    except SyntaxError:
        if not cell.label.startswith("cell "):
            raise
        source, lines = _blank_magics(cell.source)
        if not lines:
            raise
        return source, _bounded(ast.parse(source, cell.label)), lines


def _bounded(tree: ast.Module) -> ast.Module:
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        if nodes > MAX_NODES or depth > MAX_NESTING:
            raise TooLarge(f"more than {MAX_NODES} pieces, or nested deeper than {MAX_NESTING}")
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return tree


def _blank_magics(source: str) -> tuple[str, list[int]]:
    """Replace IPython's magics by lines of the same number that do nothing; return where they stood."""
    lines = source.split("\n")
    cell_magic = _CELL_MAGIC.match(source)
    if cell_magic and cell_magic[1] not in _MAGICS_AROUND_PYTHON:
        return "\n".join("" for _ in lines), [1]
    found = []
    for index, line in enumerate(lines):
        if assigned := _ASSIGNED_MAGIC.match(line):
            lines[index] = assigned[1] + "None"
        elif magic := _LINE_MAGIC.match(line):
            lines[index] = magic[1] + "pass"
        else:
            continue
        found.append(index + 1)
    return "\n".join(lines), found


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _fault(index: int, cell: Cell, error: BaseException) -> SyntaxFault:
    if isinstance(error, SyntaxError):
        line = error.lineno or 1
        lines = cell.source.splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else (error.text or "")
        return SyntaxFault(index, line, error.offset or 1, text[:400], str(error.msg))
    if isinstance(error, RecursionError | MemoryError):
        return SyntaxFault(index, 1, 1, "", "nested too deep to be read")
    return SyntaxFault(index, 1, 1, "", str(error))
