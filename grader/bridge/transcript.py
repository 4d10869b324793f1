"""The requests of one example, written as code that a student can paste and run beside their own file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch

from grader.bridge import handles
from grader.wire.tensors import dtype_name

MAX_LITERAL = 24
MAX_LINES = 30


@dataclass
class Page:
    """What the transcripts of a check's workers write on together: the lines, what they import, the names they took."""

    lines: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    props: bool = False
    process: str = ""  # whose lines are the last ones


class Transcript:
    """Collects what a check asks of a submission, and writes it as Python."""

    def __init__(self, module: str, process: str = "the first process", page: Page | None = None) -> None:
        self._module = module
        self._process = process
        self._page = page or Page(process=process)
        self._expressions: dict[int, str] = {}
        self._tensors: list[tuple[torch.Tensor, str]] = []
        self._pending: tuple[str, tuple[Any, ...]] = ("", ())
        self._expression = ""

    def elsewhere(self, loaded: bool) -> Transcript:
        """Return the transcript of one more worker. It writes on the same page, and knows no tensor or object of this one."""
        process = "another process" if loaded else "another process, without your file"
        return Transcript(self._module, process, self._page)

    def seeded(self, seed: int) -> None:
        """A new example begins: what came before is not needed to reproduce it."""
        self._tensors.clear()
        self._page.used.clear()
        self._page.lines[:], self._page.process = [f"torch.manual_seed({seed})"], self._process

    def begin(self, kind: str, *what: Any) -> None:
        """Note a request that is about to be sent; until `finish`, it is the one that failed."""
        self._pending = (kind, what)
        self._expression = self._write(kind, what)
        if kind == "call":
            self._add(self._expression)

    def finish(self, result: Any) -> None:
        """Note what came back, and give it a name."""
        kind, what = self._pending
        if isinstance(result, handles.Handle):
            self._name_handle(kind, result)
        elif isinstance(result, torch.Tensor) and kind == "call":
            name = self._fresh("y")
            self._tensors.append((result, name))
            self._page.lines[-1] = f"{name} = {self._expression}"
        elif kind == "iterate":
            for index, item in enumerate(result):
                if isinstance(item, handles.Handle):
                    self._expressions[handles.number_of(item)] = f"{self._expression}[{index}]"
        elif kind == "call" and type(result).__name__ in ("dict", "OrderedDict"):
            name = self._fresh("state")
            self._page.lines[-1] = f"{name} = {self._expression}"
            self._tensors += [(t, f"{name}[{key!r}]") for key, t in result.items() if isinstance(t, torch.Tensor)]
        elif self._expression and (kind in ("assign", "setitem", "setattr") or (kind == "ask" and what[0] == "same")):
            self._add(self._expression)

    def differentiated(self, gradient: torch.Tensor) -> None:
        """Note a backward pass through the last call's result."""
        if name := self._last_output():
            self._add(f"{name}.backward({self._literal(gradient)})")

    def asks_for_gradient(self) -> None:
        """End the example with the question whether its output is part of the graph at all."""
        if name := self._last_output():
            self._add(f"print({name}.requires_grad)  # should be True")

    def _last_output(self) -> str:
        return next((name for _, name in reversed(self._tensors) if name.startswith("y")), "")

    def code(self) -> str:
        """Return the example as a program."""
        head = (
            ["import torch", "from torch import nn"] if any("nn." in line for line in self._page.lines) else ["import torch"]
        )
        if self._page.imports:
            head.append(f"from {self._module} import {', '.join(sorted(set(self._page.imports)))}")
        if self._page.props:
            head.append("import props  # the helpers beside the exercise")
        body = self._page.lines
        if len(body) > MAX_LINES:
            body = [*body[: MAX_LINES // 2], "# ...", *body[-MAX_LINES // 2 :]]
        return "\n".join([*head, "", *body])

    def _add(self, line: str) -> None:
        """Add a line, below a word on where it runs if the line before it ran elsewhere."""
        if self._page.process != self._process:
            self._page.process = self._process
            self._page.lines.append(f"# in {self._process}:")
        self._page.lines.append(line)

    # ---- expressions --------------------------------------------------------------------------------------------------

    def _write(self, kind: str, what: tuple[Any, ...]) -> str:
        match kind:
            case "root":
                place, path = what
                return self._root(place, path)
            case "get":
                return f"{self._show(what[0])}.{what[1]}"
            case "item":
                return f"{self._show(what[0])}[{self._show(what[1])}]"
            case "iterate":
                return f"list({self._show(what[0])})"
            case "call":
                return self._call(*what)
            case "put":
                return self._show(what[0])
            case "assign":
                return f"with torch.no_grad(): {self._show(what[0])}.copy_({self._show(what[1])})"
            case "setitem":
                return f"with torch.no_grad(): {self._show(what[0])}[{self._show(what[1])}] = {self._show(what[2])}"
            case "setattr" if (what[1], what[2]) == ("grad", None):
                return ""  # a new layer has no gradient yet: in an example this line would only distract
            case "setattr":
                return f"{self._show(what[0])}.{what[1]} = {self._show(what[2])}"
            case "ask" if what[0] == "same":
                return f"{self._show(what[1])} is {self._show(what[2])}"
        return ""

    def _root(self, place: str, path: str) -> str:
        if place == "student":
            self._page.imports.append(path.split(".")[0])
            return path
        if place == "props":
            self._page.props = True
            return f"props.{path}"
        return path if path == "torch" or path.startswith("nn.") else f"torch.{path}"

    def _call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        words = [self._argument(arg) for arg in args]
        words += [f"{name}={self._argument(value)}" for name, value in kwargs.items()]
        return f"{self._show(function)}({', '.join(words)})"

    def _argument(self, thing: Any) -> str:
        if isinstance(thing, torch.Tensor) and not any(t is thing for t, _ in self._tensors):
            name = self._fresh("x")
            self._add(f"{name} = {self._literal(thing)}")
            self._tensors.append((thing, name))
            return name
        return self._show(thing)

    def _show(self, thing: Any) -> str:
        if isinstance(thing, handles.Handle):
            return self._expressions.get(handles.number_of(thing), "...")
        if isinstance(thing, torch.Tensor):
            return next((name for t, name in self._tensors if t is thing), None) or self._literal(thing)
        if isinstance(thing, list | tuple) and type(thing) in (list, tuple):
            inner = ", ".join(self._show(item) for item in thing)
            return f"[{inner}]" if type(thing) is list else f"({inner}{',' if len(thing) == 1 else ''})"
        if type(thing).__name__ in ("dict", "OrderedDict"):
            first = next((name for t, name in self._tensors if any(t is item for item in thing.values())), "")
            return first.partition("[")[0] or "{" + ", ".join(f"{k!r}: {self._show(v)}" for k, v in thing.items()) + "}"
        return repr(thing)

    def _name_handle(self, kind: str, handle: handles.Handle) -> None:
        expression = self._expression
        if kind == "call" and handles.type_name(handle) in ("generator", "iterator"):
            self._page.lines.pop()  # it can be walked through once: so it has no name, and is written anew at each use
        elif kind == "call" and handles.type_name(handle) == "Generator":
            pass  # what `torch.manual_seed` gives back is of no interest
        elif kind in ("call", "put"):
            name = self._fresh(_short(handles.kind_of(handle), handles.type_name(handle)))
            line = f"{name} = {expression}"
            if kind == "call":
                self._page.lines[-1] = line
            else:
                self._add(line)
            expression = name
        self._expressions[handles.number_of(handle)] = expression

    def _fresh(self, base: str) -> str:
        self._page.used[base] = self._page.used.get(base, 0) + 1
        return base if self._page.used[base] == 1 else f"{base}{self._page.used[base]}"

    def _literal(self, tensor: torch.Tensor) -> str:
        recipe = getattr(tensor, "recipe", None)
        text = recipe if recipe and tensor.numel() > MAX_LITERAL else literal(tensor)
        return f"{text}.requires_grad_()" if tensor.requires_grad and tensor.is_leaf else text


def _short(kind: str, type_name: str) -> str:
    if kind == "module":
        return "net" if type_name == "Sequential" else "layer"
    return {"tensor": "x", "parameter": "p"}.get(kind, "thing")


def literal(tensor: torch.Tensor) -> str:
    """Write a tensor as an expression that makes it again: exactly for small ones, shortened for large ones."""
    tensor = tensor.detach()
    dtype = dtype_name(tensor.dtype)
    default = {"float32": torch.is_floating_point(tensor), "int64": True, "bool": True}.get(dtype, False)
    suffix = "" if default and tensor.numel() else f", dtype=torch.{dtype}"
    if tensor.numel() == 0:
        return f"torch.empty({tuple(tensor.shape)}{suffix})"
    if tensor.numel() > 1 and bool((tensor == tensor.reshape(-1)[0]).all()) and not tensor.is_complex():
        value = _number(tensor.reshape(-1)[0])
        return f"torch.full({tuple(tensor.shape)}, {value}{suffix})"
    if tensor.numel() > MAX_LITERAL:
        return f"torch.empty({tuple(tensor.shape)}{suffix})  # and filled with its values"
    if tensor.dim() == 2 and not tensor.is_contiguous() and tensor.t().is_contiguous():
        return f"torch.tensor({_nested(tensor.t())}{suffix}).t()"
    return f"torch.tensor({_nested(tensor)}{suffix})"


def _nested(tensor: torch.Tensor) -> str:
    if tensor.dim() == 0:
        return _number(tensor)
    return "[" + ", ".join(_nested(row) for row in tensor) + "]"


def _number(element: torch.Tensor) -> str:
    value = element.item()
    if not isinstance(value, float):
        return repr(value)
    if not math.isfinite(value):
        return f"float({str(value)!r})"
    for digits in range(1, 18):
        text = f"{value:.{digits}g}"
        if torch.tensor(float(text), dtype=element.dtype).item() == value:
            return text if any(c in text for c in ".en") else text + "."
    return repr(value)
