"""Another file with the same answer: other names for what is its own, other comments, other order, other layout.

What an answer gets must not change, so only what provably cannot matter is touched; where in doubt, it stays as it is.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.util
import io
import keyword
import random
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.course.starter import BEGIN, END

_OTHER_NAMES = {
    "y": ("out", "output", "result", "res", "h_out", "y_hat"),
    "h": ("hidden", "hid", "z", "a1", "feat"),
    "out": ("y", "output", "result", "ret", "o"),
    "w": ("wt", "weights", "mat"),
    "b": ("bb", "shift", "offset"),
    "mean": ("mu", "avg", "average", "m"),
    "layers": ("blocks", "parts", "modules_list", "stack"),
    "layer": ("module_i", "block_i", "part"),
    "i": ("k", "idx", "step_i", "j_"),
    "loss": ("l", "error", "cost", "err"),
    "mask": ("keep", "sel", "positive", "flag"),
    "copy": ("clone_", "dup", "kopie"),
}
_WAYS = ("{}_", "my_{}", "{}1", "{}_new", "{}_t", "the_{}", "{}_val", "cur_{}")
_COMMENTS = (
    "# see the notes of week {}",
    "# TODO: is there a shorter way?",
    "# this took me a while",
    "# first try: {} lines, now shorter",
    "# checked by hand for {} x {}",
    "# careful with the shapes here",
    "# same as in the lecture",
    "# 注意形状",
    "# 这里和讲义第{}页一样",
    "# 先按定义写",
    "# 这一步想了很久",
    "# 参考了教材",
    "# question for the tutorial: why?",
    "# print(x.shape)",
    "# works now (try {})",
    "# step {}",
)
_DOCSTRINGS = (
    "As the exercise asks.",
    "Follows the definition.",
    "My answer, version {}.",
    "按题目要求实现。",
    "第{}版。",
    "Computes what the name says.",
)
_LOOKS_AT_NAMES = ("locals", "eval", "exec", "vars", "globals", "_getframe", "getattr", "setattr", "__dict__")


def another(source: str, rng: random.Random, fixed: frozenset[str] = frozenset(), *, gently: bool = False) -> str:
    """Return a file that computes what `source` computes. `fixed` words name nothing anew.

    `gently` leaves every line as it is, and adds only comments before the first and after the last.
    """
    source = "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END)) + "\n"
    if not gently and _tree(source) is not None:
        for change in (_renamed, _reordered, _annotated):
            changed = change(source, rng, fixed)
            source = changed if _tree(changed) is not None else source
    head = [_filled(rng.choice(_COMMENTS), rng) for _ in range(rng.randint(0, 2))]
    tail = [f"# {rng.choice(('end', 'done', 'finished', '完'))} {rng.randint(1, 10**6)}"] if rng.random() < 0.5 else []
    return "\n".join([*head, source.rstrip("\n"), *[""] * rng.randint(0, 3), *tail]) + "\n"


def words_of(*texts: str) -> frozenset[str]:
    """Return every word of some texts."""
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


# ---- other names -----------------------------------------------------------------------------------------------------


def _renamed(source: str, rng: random.Random, fixed: frozenset[str]) -> str:
    """Rename local variables, and attributes of `self` that nobody else can know of."""
    words = words_of(source)
    if words & set(_LOOKS_AT_NAMES) or "import *" in source:
        return source
    tree = ast.parse(source)
    taken = {*words, *fixed, *dir(builtins), *keyword.kwlist, *_words_of_module()}
    edits: dict[tuple[int, int], tuple[int, str]] = {}
    for node, name, end in [*_locals(tree), *_attributes(tree, source, fixed)]:
        if rng.random() < 0.6:
            new = _other_name(name, taken, rng)
            taken.add(new)
            for line, column in node:
                edits[line, column - len(name.encode()) if end else column] = (len(name.encode()), new)
    lines = [line.encode() for line in source.split("\n")]
    for (line, column), (length, new) in sorted(edits.items(), reverse=True):
        old = lines[line - 1]
        lines[line - 1] = old[:column] + new.encode() + old[column + length :]
    return b"\n".join(lines).decode()


def _other_name(name: str, taken: set[str], rng: random.Random) -> str:
    ways = [*_OTHER_NAMES.get(name, ()), *(way.format(name) for way in _WAYS)]
    free = [way for way in ways if way not in taken]
    return rng.choice(free) if free else f"{name}_{rng.randint(10, 10**6)}"


def _locals(tree: ast.Module) -> Iterator[tuple[list[tuple[int, int]], str, bool]]:
    """Yield each local variable of a function that is in no other function: where it stands, its name.

    All that has the name in the function is renamed, so nothing can come apart.
    """
    public = {name for statement in tree.body for name in _bound(statement)}
    for function in _functions(tree):
        parts = list(ast.walk(function))
        if any(isinstance(part, ast.ClassDef | ast.AsyncFunctionDef) for part in parts):
            continue
        never = public | set(dir(builtins)) | _otherwise_bound(function)
        names = [part for part in parts if isinstance(part, ast.Name)]
        for name in sorted({n.id for n in names if isinstance(n.ctx, ast.Store)} - never):
            yield [(n.lineno, n.col_offset) for n in names if n.id == name], name, False


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for statement in tree.body:
        yield from (
            s for s in getattr(statement, "body", []) if isinstance(statement, ast.ClassDef) and isinstance(s, ast.FunctionDef)
        )
        if isinstance(statement, ast.FunctionDef):
            yield statement


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield what a statement binds at its own level, and below it but for definitions."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        yield statement.name
        return
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]


def _otherwise_bound(function: ast.FunctionDef) -> set[str]:
    """Return names in a function that stand there as more than a plain variable, or where their place is not known."""
    found: set[str] = set()
    for part in ast.walk(function):
        if isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
        elif isinstance(part, ast.Global | ast.Nonlocal):
            found |= set(part.names)
        elif isinstance(part, ast.alias):
            found.add((part.asname or part.name).partition(".")[0])
        elif isinstance(part, ast.FunctionDef) and part is not function:
            found.add(part.name)
        elif isinstance(part, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            found |= {name for name in (getattr(part, "name", None), getattr(part, "rest", None)) if name}
        elif isinstance(part, ast.JoinedStr):  # before Python 3.12 the places in an f-string are not its own
            found |= {inner.id for inner in ast.walk(part) if isinstance(inner, ast.Name)}
    return found


def _attributes(tree: ast.Module, source: str, fixed: frozenset[str]) -> Iterator[tuple[list[tuple[int, int]], str, bool]]:
    """Yield each attribute that is set on `self` and stands nowhere else, in no text of the exercise, and not in torch."""
    places: dict[str, list[tuple[int, int]]] = {}
    assigned: set[str] = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
            places.setdefault(part.attr, []).append((part.end_lineno or 0, part.end_col_offset or 0))
            if isinstance(part.ctx, ast.Store):
                assigned.add(part.attr)
    found: Counter[str] = Counter()
    quoted: set[str] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            found[token.string] += 1
        elif token.type == tokenize.STRING:
            quoted |= words_of(token.string)
    for name in sorted(assigned - quoted - fixed - _words_of_module()):
        if found[name] == len(places[name]) and not name.startswith("_"):
            yield places[name], name, True


@functools.cache
def _words_of_module() -> frozenset[str]:
    """Return every word that torch's Module is written with: none of them may become, or stop being, an attribute."""
    found = importlib.util.find_spec("torch")  # torch itself is not imported
    folder = Path(found.origin).parent if found is not None and found.origin else None
    return words_of((folder / "nn" / "modules" / "module.py").read_text(encoding="utf-8")) if folder else frozenset()


# ---- another order -----------------------------------------------------------------------------------------------------


def _reordered(source: str, rng: random.Random, fixed: frozenset[str]) -> str:
    """Exchange neighbouring functions, and neighbouring methods, where that cannot matter."""
    lines = source.split("\n")
    tree = ast.parse(source)
    bodies = [tree.body, *(s.body for s in tree.body if isinstance(s, ast.ClassDef))]
    for body in bodies:
        for index in reversed(range(1, len(body) - 1)):
            before, first, second = body[index - 1 : index + 2]
            if _movable(first) and _movable(second) and first.name != second.name and rng.random() < 0.3:  # type: ignore[attr-defined]
                start, middle, end = before.end_lineno or 0, first.end_lineno or 0, second.end_lineno or 0
                lines[start:end] = lines[middle:end] + lines[start:middle]
                break  # the other statements of this body have moved, too
    return "\n".join(lines)


def _movable(statement: ast.stmt) -> bool:
    """Whether nothing happens when this definition is reached but that a name is bound."""
    if not isinstance(statement, ast.FunctionDef) or statement.decorator_list:
        return False
    arguments = statement.args
    return not arguments.defaults and not any(arguments.kw_defaults)


# ---- comments, docstrings, blank lines ----------------------------------------------------------------------------------


def _annotated(source: str, rng: random.Random, fixed: frozenset[str]) -> str:
    lines = source.split("\n")
    tree = ast.parse(source)
    added: dict[int, list[str]] = {}
    for node in ast.walk(tree):
        first = node.body[0] if isinstance(node, ast.FunctionDef) else None
        if first is not None and not _is_text(first) and rng.random() < 0.3 and (indent := _indent(lines, first)) is not None:
            added[_line(first)] = [f'{indent}"""{_filled(rng.choice(_DOCSTRINGS), rng)}"""']
        elif isinstance(node, ast.stmt) and not _is_text(node) and rng.random() < 0.12:
            indent = _indent(lines, node)
            if indent is not None and _line(node) not in added:
                words = _filled(rng.choice(_COMMENTS), rng)
                added[_line(node)] = [""] if rng.random() < 0.3 else [f"{indent}{words}"]
    for number in sorted(added, reverse=True):
        lines[number - 1 : number - 1] = added[number]
    return "\n".join(lines)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _indent(lines: list[str], statement: ast.stmt) -> str | None:
    """Return the blanks before a statement, None where other things stand in its line, or the line before goes on."""
    number = _line(statement)
    text = lines[number - 1]
    indent = text[: len(text) - len(text.lstrip())]
    goes_on = number > 1 and lines[number - 2].endswith("\\")
    return indent if len(indent) == statement.col_offset and not goes_on else None


def _filled(words: str, rng: random.Random) -> str:
    return words.format(rng.randint(1, 99), rng.randint(2, 9))
