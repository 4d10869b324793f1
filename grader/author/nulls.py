"""The null answers: a starter with nothing in it. None may earn a point of any criterion."""

from __future__ import annotations

import ast


def null_answers(starter: str, reference: str) -> dict[str, str]:
    """Return the untouched starter, `pass` in every body, and `raise ValueError` in every body."""
    return {
        "untouched": starter,
        "pass": ast.unparse(_Emptied(ast.Pass()).visit(ast.parse(reference))),
        "raise": ast.unparse(_Emptied(ast.parse("raise ValueError").body[0]).visit(ast.parse(reference))),
    }


class _Emptied(ast.NodeTransformer):
    """Replaces the bodies of functions; a call of `super().__init__()` stays where the body is `pass`."""

    def __init__(self, filling: ast.stmt) -> None:
        self._filling = filling

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Empty one function."""
        kept = [s for s in node.body if _is_super_init(s)] if isinstance(self._filling, ast.Pass) else []
        node.body = [*kept, self._filling]
        return node


def _is_super_init(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement.value).startswith("super().__init__(")
