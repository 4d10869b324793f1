"""The submission's syntax tree, for diagnoses and for what an exercise bars. Read in the judge, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.model import place

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_TORCH_ROOTS = ("torch",)


class Source:
    """A submission's source: one file, or the code cells of a notebook."""

    def __init__(self, cells: Sequence[tuple[str, str]]) -> None:
        self._trees = [(label, ast.parse(source)) for label, source in cells]
        self._definitions: dict[str, tuple[str, ast.stmt]] = {}
        self._aliases: dict[str, str] = {}
        self._imported: dict[str, str] = {}  # where each name was imported
        for label, tree in self._trees:
            for statement in tree.body:
                for name in _defined_names(statement):
                    self._definitions[name] = (label, statement)
                if isinstance(statement, ast.ImportFrom):
                    self._imported |= {a.asname or a.name: place(label, statement.lineno) for a in statement.names}
            for node in ast.walk(tree):
                self._note_alias(node)

    # ---- what diagnoses ask -------------------------------------------------------------------------------------------

    def uses(self, name: str, attribute: str) -> str:
        """Return where `.attribute` stands in the definition of `name` or in what that reaches, "" where nowhere."""
        for label, node in self.reached(name):
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute) and part.attr == attribute:
                    return place(label, part.lineno)
        return ""

    def calls(self, name: str, *targets: str) -> str:
        """Return where one of `targets` (as `torch.zeros`) is named in the definition of `name`, "" where nowhere."""
        for label, node in self.reached(name):
            for part in ast.walk(node):
                if isinstance(part, ast.Attribute | ast.Name) and self.resolve(part) in targets:
                    return place(label, part.lineno)
        return ""

    def method(self, name: str, method: str) -> ast.FunctionDef | None:
        """Return a method of a class, where it is written in the class itself."""
        found = self._definitions.get(name)
        if found and isinstance(found[1], ast.ClassDef):
            return next((s for s in found[1].body if isinstance(s, ast.FunctionDef) and s.name == method), None)
        return None

    def assigns_in_place(self, name: str, argument: str) -> str:
        """Return where a name such as `x` is written into (`x[...] = `, `x += `, `x.relu_()`), "" where nowhere."""
        for label, node in self.reached(name):
            for part in ast.walk(node):
                if _writes_into(part, argument):
                    return place(label, part.lineno)  # type: ignore[attr-defined]
        return ""

    def arguments(self, name: str) -> list[str]:
        """Return the names of a function's arguments, or those of a class's `forward` without self."""
        found = self._definitions.get(name)
        function = self.method(name, "forward") if found and isinstance(found[1], ast.ClassDef) else found and found[1]
        if not isinstance(function, ast.FunctionDef):
            return []
        return [argument.arg for argument in function.args.args if argument.arg != "self"]

    def has_no_base(self, name: str) -> bool:
        """Whether `name` is a class that inherits from nothing."""
        found = self._definitions.get(name)
        return bool(found and isinstance(found[1], ast.ClassDef) and not found[1].bases)

    def returns_nothing(self, name: str) -> bool:
        """Whether a function, or the `forward` of a class, has no `return` with a value and does not only raise."""
        found = self._definitions.get(name)
        node = self.method(name, "forward") if found and isinstance(found[1], ast.ClassDef) else found and found[1]
        if not isinstance(node, ast.FunctionDef) or any(isinstance(part, ast.Raise) for part in node.body):
            return False
        return not any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))

    def defines(self, name: str) -> bool:
        """Whether the submission has a definition of `name` at its top level."""
        return name in self._definitions

    def text_of(self, name: str) -> str:
        """Return the definition of `name`, written anew, or ""."""
        found = self._definitions.get(name)
        return ast.unparse(found[1]) if found else ""

    # ---- what is barred -----------------------------------------------------------------------------------------------

    def barred(self, name: str, parts: Sequence[str]) -> tuple[str, str] | None:
        """Return the first of `parts` that `name` is built from, and where; None where it uses none.

        `torch.nn.Linear` is found by alias, subclass or wrapper; `Tensor.relu` is any `.relu` that is no function of torch.
        """
        if name in self._imported and name not in self._definitions and self._aliases.get(name) in parts:
            return self._aliases[name], self._imported[name]
        methods = {part.removeprefix("Tensor."): part for part in parts if part.startswith("Tensor.")}
        for label, node in self.reached(name):
            for part in ast.walk(node):
                if not isinstance(part, ast.Attribute | ast.Name):
                    continue
                resolved = self.resolve(part)
                if resolved in parts:
                    return resolved, place(label, part.lineno)
                if isinstance(part, ast.Attribute) and part.attr in methods and not resolved.startswith(_TORCH_ROOTS):
                    return methods[part.attr], place(label, part.lineno)
        return None

    def reached(self, name: str) -> Iterator[tuple[str, ast.stmt]]:
        """Yield the definition of `name` and of every name of the submission that it uses, each once."""
        waiting, seen = [name], set()
        while waiting:
            current = waiting.pop(0)
            if current in seen or current not in self._definitions:
                continue
            seen.add(current)
            label, node = self._definitions[current]
            yield label, node
            waiting += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]

    def resolve(self, node: ast.expr) -> str:
        """Return the dotted name that an expression stands for, imports and plain aliases followed: `torch.nn.Linear`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        root, steps = node.id, 0
        if isinstance(self._definitions.get(root, ("", None))[1], ast.ClassDef | ast.FunctionDef):
            return ".".join([root, *reversed(parts)])  # the submission's own, whatever was imported under that name
        while root in self._aliases and steps < 10:  # an alias may name itself
            root, steps = self._aliases[root], steps + 1
            head, _, rest = root.partition(".")
            if rest and head in self._aliases and self._aliases[head] != head:
                root = f"{self._aliases[head]}.{rest}"
        return ".".join([root, *reversed(parts)])

    def _note_alias(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for name in node.names:
                self._aliases[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                self._aliases[name.asname or name.name] = f"{node.module}.{name.name}"
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            if isinstance(node.value, ast.Attribute) and (resolved := self.resolve(node.value)).startswith(_TORCH_ROOTS):
                self._aliases[node.targets[0].id] = resolved
            elif isinstance(node.value, ast.Name) and self._aliases.get(node.value.id, "").startswith(_TORCH_ROOTS):
                self._aliases[node.targets[0].id] = self._aliases[node.value.id]


def _defined_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _writes_into(node: ast.AST, argument: str) -> bool:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = [t for t in node.targets if isinstance(t, ast.Subscript)]
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = node.func.attr
        return (
            name.endswith("_") and not name.endswith("__") and isinstance(node.func.value, ast.Name)
            and node.func.value.id == argument and name != "requires_grad_"
        )  # fmt: skip
    return any(_root_name(target) == argument for target in targets)


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
