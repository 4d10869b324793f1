"""Files of two students that are the same, byte for byte or once names, comments, annotations and layout are stripped.

It accuses nobody: it lists what a person may want to look at side by side. Buckets of digests: the time grows with the files.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView
from grader.model import Cell
from grader.syntax import TOO_DEEP, drop_what_says_nothing, statements

OWN_LINES = 30
_NAME = re.compile(r"§\d+")


class Handed(msgspec.Struct, frozen=True):
    """What one student handed in; `together` names all members where a group did."""

    exercise: str
    student: str
    together: tuple[str, ...]
    cells: tuple[Cell, ...]


class Alike(msgspec.Struct, frozen=True):
    """Files that are the same, at least but for names and layout, by those who handed them in.

    Each of the `parties` is one student, or a group that said so: two at least. `lines` counts the statement lines of
    their own, beyond the starter; 0 where nobody counted them, for all have one file. `identical` names the students among
    them whose files are the same byte for byte, file by file.
    """

    exercise: str
    parties: tuple[tuple[str, ...], ...]
    lines: int = 0
    identical: tuple[tuple[str, ...], ...] = ()

    @property
    def students(self) -> tuple[str, ...]:
        """All whose file it is."""
        return tuple(student for party in self.parties for student in party)

    @property
    def one_file(self) -> bool:
        """Whether all have the same file, byte for byte."""
        return any(set(self.students) == set(owners) for owners in self.identical)


def to_look_at(book: Gradebook, view: ClassView, starters: Mapping[str, str]) -> list[Alike]:
    """Return all that a person may want to look at side by side, each pair once: first what is one file, byte for byte."""
    same = identical(view)
    found = []
    for one in alike_in_class(book, view, starters):
        inside = [s for s in same if s.exercise == one.exercise and set(s.students) <= set(one.students)]
        if not any(set(s.students) == set(one.students) for s in inside):
            found.append(msgspec.structs.replace(one, identical=tuple(s.identical[0] for s in inside)))
            same = [s for s in same if s not in inside]
    return same + found


def identical(view: ClassView) -> list[Alike]:
    """Return who handed in the same bytes, among the submissions that count, without having said to be a group."""
    owners: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for attempt in _counting(view):
        owners.setdefault((attempt.exercise, attempt.sha256), {})[attempt.student] = attempt.together
    found = [Alike(exercise, _parties(by), identical=(tuple(sorted(by)),)) for (exercise, _), by in owners.items()]
    return sorted((a for a in found if len(a.parties) > 1), key=lambda a: (a.exercise, a.parties))


def alike_in_class(book: Gradebook, view: ClassView, starters: Mapping[str, str]) -> list[Alike]:
    """Return what is alike among the submissions of a class that count: one file in memory at a time."""
    handed = (Handed(a.exercise, a.student, a.together, book.cells(a.sha256)) for a in _counting(view))
    return alike(handed, starters)


def _counting(view: ClassView) -> Iterator[Attempt]:
    return (standing.last for standing in view.standings.values() if standing.last is not None)


def alike(handed: Iterable[Handed], starters: Mapping[str, str], own_lines: int = OWN_LINES) -> list[Alike]:
    """Return files of different parties that are the same once stripped, with at least so many lines of their own.

    `starters` has each exercise's starter as a script. A file that Python cannot parse is compared by its lines.
    """
    given = {exercise: Counter(_anonymous(stripped([Cell("", starter)]))) for exercise, starter in starters.items()}
    buckets: dict[tuple[str, bytes], dict[str, tuple[str, ...]]] = {}
    lengths: dict[tuple[str, bytes], int] = {}
    for one in handed:
        if _at_most(one.cells) < own_lines:
            continue
        lines = stripped(one.cells)
        own = (Counter(_anonymous(lines)) - given.get(one.exercise, Counter())).total()
        if own >= own_lines:
            key = (one.exercise, hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).digest())
            buckets.setdefault(key, {})[one.student] = one.together
            lengths[key] = own
    found = [Alike(key[0], _parties(by), lengths[key]) for key, by in buckets.items()]
    return sorted((a for a in found if len(a.parties) > 1), key=lambda a: (a.exercise, a.parties))


def _parties(students: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Put students together who said that they worked together, however far that reaches."""
    parties: list[set[str]] = []
    for student, together in students.items():
        own = {student, *(member for member in together if member in students)}
        joined = [party for party in parties if party & own]
        parties = [party for party in parties if not party & own] + [own.union(*joined)]
    return tuple(sorted(tuple(sorted(party)) for party in parties))


def _at_most(cells: Sequence[Cell]) -> int:
    """Return a number that the statement lines do not exceed: most answers are too short, and need no parsing."""
    return sum(
        1 + line.count(";") + line.count(":")
        for cell in cells
        for line in cell.source.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    )


# ---- stripping --------------------------------------------------------------------------------------------------------


def stripped(cells: Sequence[Cell]) -> list[str]:
    """Return the statements of a script, or of a notebook's cells, one a line, names numbered as they first appear.

    A name is numbered where the file itself binds it, as a variable, argument, attribute, function, class or import; others
    (`torch.relu`, `len`) stay. What cannot be parsed, or is longer than any answer, gives its lines without blanks and
    comments.
    """
    try:
        tree = ast.Module(statements(cell.source for cell in cells), [])
        _strip(tree)
        return [line for line in ast.unparse(tree).splitlines() if line]
    except TOO_DEEP:
        lines = [line.strip() for cell in cells for line in cell.source.splitlines()]
        return [line for line in lines if line and not line.startswith("#")]


def _anonymous(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with all numbered names alike: whether the starter has them must not depend on what stands above."""
    return (_NAME.sub("§", line) for line in lines)


def _bound(tree: ast.AST) -> Iterator[str]:
    """Yield each name that the file binds itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=module, asname=name):
                yield name or module.partition(".")[0]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name


# Where a node keeps a name.
_FIELD = {
    ast.Name: "id", ast.Attribute: "attr", ast.arg: "arg", ast.keyword: "arg", ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name", ast.ClassDef: "name", ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}  # fmt: skip


def _strip(tree: ast.AST) -> None:
    """Number the names of a tree in the order in which they appear, and drop docstrings and annotations: in place."""
    numbers: dict[str, str] = {}
    bound = {name for name in _bound(tree) if not (name.startswith("__") and name.endswith("__"))}

    def number(name: str) -> str:
        return numbers.setdefault(name, f"§{len(numbers)}") if name in bound else name

    waiting = [tree]
    while waiting:  # no recursion: a tree may be deep
        node = waiting.pop()
        drop_what_says_nothing(node)
        for block in ("body", "orelse", "finalbody"):
            if isinstance(found := getattr(node, block, None), list):
                setattr(node, block, [_plain(statement) for statement in found])
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [number(name) for name in node.names]
        elif isinstance(node, ast.alias):
            node.asname = number(node.asname or node.name.partition(".")[0])
        field = _FIELD.get(type(node))
        if field is not None and (name := getattr(node, field)) is not None:
            setattr(node, field, number(name))
        waiting += reversed(list(ast.iter_child_nodes(node)))


def _plain(statement: ast.stmt) -> ast.stmt:
    """Return `x = 1` for `x: int = 1`, and `x` for `x: int`."""
    if not isinstance(statement, ast.AnnAssign):
        return statement
    target, value = statement.target, statement.value
    return ast.Expr(target) if value is None else ast.Assign([target], value, lineno=statement.lineno)
