"""Mutants of a reference answer: one small mechanical change each.

A suite that is worth its points tells every mutant from a right answer, but for those that compute the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import msgspec


class Mutant(msgspec.Struct, frozen=True):
    """A reference with one change. The name says where and what, and stays the same while other lines move."""

    name: str
    source: str


Put = Callable[[Any], None]

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mod,
    ast.Mod: ast.FloorDiv,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_MODULES = ("torch", "nn", "F", "math", "copy", "super()")
_TENSORS = ("x", "y", "h", "weight", "bias", "w1", "w2", "b1", "b2", "t")  # what references call their tensors
_COMPOUND = (ast.FunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.With, ast.Try)


def mutants(reference: str) -> list[Mutant]:
    """Return every mutant of a reference that differs from it and from the others, in the order of its lines."""
    tree = ast.parse(reference)
    original = ast.unparse(tree)
    found: dict[str, str] = {}
    names: dict[str, int] = {}
    for function, where in _functions(tree, ""):
        for statement, put in _statements(function):
            before = _line(statement)
            for after in _changes(statement, put):
                text = ast.unparse(tree)
                if text == original or text in found:
                    continue
                name = f"{where}: {before} → {after or _line(statement)}"
                names[name] = names.get(name, 0) + 1
                found[text] = name if names[name] == 1 else f"{name} ({names[name]})"
    return [Mutant(name, text) for text, name in found.items()]


def _functions(node: ast.AST, where: str) -> Iterator[tuple[ast.FunctionDef | ast.ClassDef, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{where}.{child.name}".lstrip(".")
            yield child, name
            yield from _functions(child, name)


def _statements(function: ast.FunctionDef | ast.ClassDef) -> Iterator[tuple[ast.stmt, Put]]:
    """Yield each statement of a body and its blocks, not of nested definitions, and how to put another in its place."""
    blocks: list[list[ast.stmt]] = [function.body]
    while blocks:
        block = blocks.pop(0)
        for index, statement in enumerate(block):
            if isinstance(statement, ast.FunctionDef | ast.ClassDef) or _is_docstring(statement):
                continue
            yield statement, _setter(block, index)
            blocks += [inner for name in ("body", "orelse", "finalbody") if (inner := getattr(statement, name, None))]
            blocks += [handler.body for handler in getattr(statement, "handlers", [])]
    if isinstance(function, ast.FunctionDef):
        for index, default in enumerate(function.args.defaults):
            yield ast.Expr(default), _setter(function.args.defaults, index)


def _changes(statement: ast.stmt, put: Put) -> Iterator[str]:
    """Change a statement in one way at a time; where the new line alone says too little, yield words for what was done."""
    if not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call):
        if not isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom):
            put(ast.Pass())
            yield "nothing"
            put(statement)
    elif isinstance(statement.value, ast.Constant):  # a default of a parameter
        for value in _other_constants(statement.value):
            put(value)
            yield ast.unparse(value)
            put(statement.value)
        return
    if isinstance(statement, ast.Return) and statement.value is not None:
        whole = statement.value
        statement.value = _method(whole, "detach")
        if not isinstance(whole, ast.Constant | ast.Tuple | ast.Dict | ast.List | ast.DictComp | ast.ListComp):
            yield ""
        statement.value = whole
    if isinstance(statement, ast.Raise):
        return  # the words of an error are free
    for child, name, index in list(_expressions(statement)):
        yield from _replace(child, name, index)


def _expressions(statement: ast.stmt) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield every expression in a statement's own line, as (parent, field, index)."""
    stack: list[ast.AST] = [statement]
    while stack:
        parent = stack.pop()
        for name, value in ast.iter_fields(parent):
            if name in ("body", "orelse", "finalbody", "handlers") and isinstance(parent, _COMPOUND):
                continue
            if name in ("annotation", "ctx", "func") and not isinstance(value, ast.Attribute):
                continue
            for index, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(item, ast.AST):
                    yield parent, name, index
                    stack.append(item)


def _replace(parent: ast.AST, name: str, index: int | None) -> Iterator[str]:
    """Put each alternative of one expression in its place, and the expression back."""
    field = getattr(parent, name)
    node = field if index is None else field[index]

    def put(new: Any) -> None:
        if index is None:
            setattr(parent, name, new)
        else:
            field[index] = new

    for alternative in _alternatives(node, name):
        put(alternative)
        yield ""
        put(node)
    if isinstance(node, ast.Call):
        yield from _fewer_arguments(node)


def _alternatives(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield what a slip of the pen could leave in an expression's place."""
    if type(node) in _OPERATORS:
        yield _OPERATORS[type(node)]()
    if name == "test":
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp):
        yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)) or (
        isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr == "T"
    ):
        yield node.value
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "self":
        if name != "func":
            yield _method(node, "detach")
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _TENSORS:
        yield from (_method(node, "detach"), _method(node, "float"), ast.UnaryOp(ast.USub(), node))
    elif isinstance(node, ast.Call) and name != "func":
        if isinstance(node.func, ast.Attribute) and not (
            isinstance(node.func.value, ast.Name) and node.func.value.id == "torch"
        ):
            yield node.func.value  # a method's call: the thing itself
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]


def _fewer_arguments(call: ast.Call) -> Iterator[str]:
    """Swap the first two arguments of a call; leave out the last; leave out each keyword."""
    args, keywords = call.args, call.keywords
    if len(args) > 1:
        call.args = [args[1], args[0], *args[2:]]
        yield ""
        call.args = args[:-1]
        yield ""
        call.args = args
    for index in range(len(keywords)):
        call.keywords = keywords[:index] + keywords[index + 1 :]
        yield ""
        call.keywords = keywords


def _other_constants(node: ast.Constant) -> Iterator[ast.Constant]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float):
        yield from (ast.Constant(value + 1.0), ast.Constant(-value), ast.Constant(value / 2))
    elif isinstance(value, str) and value:
        yield ast.Constant(value + "x")


def _method(node: ast.expr, name: str) -> ast.Call:
    return ast.Call(ast.Attribute(node, name, ast.Load()), [], [])


def _setter(items: list[Any], index: int) -> Put:
    def put(new: Any) -> None:
        items[index] = new

    return put


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _line(statement: ast.stmt) -> str:
    return ast.unparse(statement).splitlines()[0]
