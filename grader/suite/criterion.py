"""What a suite says of a check: the criterion that it serves, whether it is a gate, its hint, its diagnoses."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
Diagnose = Callable[..., Any]


@dataclass(frozen=True)
class CheckInfo:
    """A check's place in its exercise. The title is the check's docstring."""

    criterion: str
    gate: bool
    fresh: bool
    hint: str
    diagnoses: tuple[Diagnose, ...]
    title: str


def criterion(
    name: str, *, gate: bool = False, fresh: bool = False, hint: str = "", diagnoses: Sequence[Diagnose] = ()
) -> Callable[[Function], Function]:
    """Mark a function as a check of a criterion.

    A `gate` is a check that only an answer can pass: while it fails the criterion earns nothing. A `fresh` check gets a
    worker of its own. `hint` is shown when the check fails; `diagnoses` are tried in order, and the first that holds is told.
    """

    def mark(function: Function) -> Function:
        title = " ".join((inspect.getdoc(function) or "").split())
        if not title:
            raise TypeError(f"{function.__name__} needs a docstring: it is the check's title")
        function.check_info = CheckInfo(name, gate, fresh, hint, tuple(diagnoses), title)  # type: ignore[attr-defined]
        return function

    return mark


def diagnosis(*, zh: str = "") -> Callable[[Function], Function]:
    """Mark a function as a diagnosis: a hypothesis about why a check failed, with the sentence to tell as its docstring.

    It takes any of `student`, `worker`, `source`, `names`, `error` and returns False, or True, or a dict for the slots of
    its sentence. A slot may hold a name or a line of the student's own file, nothing that was drawn. `zh` is the Chinese of
    a diagnosis that serves all exercises; those of one exercise have theirs in `messages.zh.toml`.
    """

    def mark(function: Function) -> Function:
        if not inspect.getdoc(function):
            raise TypeError(f"{function.__name__} needs a docstring: it is the sentence that is told")
        function.chinese = zh  # type: ignore[attr-defined]
        return function

    return mark
