"""The graphs of calls whose results went home: a backward pass there comes here, as the gradients of those results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


class Graphs:
    """The inputs and outputs of calls that may be differentiated, and what the last backward pass found, by call."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
        self._pending: dict[int, list[tuple[torch.Tensor, torch.Tensor]]] = {}

    def keep(self, call: int, inputs: list[torch.Tensor], outputs: list[torch.Tensor]) -> None:
        """Keep what a backward pass through a call needs."""
        self._calls[call] = (inputs, outputs)

    def backward(self, call: int, gradients: Sequence[torch.Tensor | None]) -> tuple[torch.Tensor | None, ...]:
        """Return the gradients of a call's inputs, given those of its outputs. Those of other leaves wait for `accumulate`."""
        inputs, outputs = self._calls[call]
        wanted = [(o, g) for o, g in zip(outputs, gradients, strict=True) if g is not None and o.requires_grad]
        leaves = [leaf for leaf in _leaves([output for output, _ in wanted]) if not any(leaf is x for x in inputs)]
        with torch.enable_grad():  # in a debugger this runs within the judge's own backward pass
            head = _head(wanted)
        targets = inputs + leaves
        found = torch.autograd.grad(head, targets, retain_graph=True, allow_unused=True) if targets else ()
        of_leaves = zip(leaves, found[len(inputs) :], strict=True)
        self._pending[call] = [(leaf, gradient) for leaf, gradient in of_leaves if gradient is not None]
        return found[: len(inputs)]

    def accumulate(self, call: int) -> None:
        """Add what a call's last backward pass found to the gradients of its leaves."""
        for leaf, gradient in self._pending.pop(call, []):
            leaf.grad = gradient.clone() if leaf.grad is None else leaf.grad + gradient

    def forget(self, since: int) -> None:
        """Drop calls from a number on."""
        for table in (self._calls, self._pending):
            for number in [n for n in table if n >= since]:
                del table[number]

    def clear(self) -> None:
        """Drop everything."""
        self._calls.clear()
        self._pending.clear()


def _head(wanted: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Return a scalar whose gradient in each output is the one wanted.

    To hand the gradients to autograd itself would make it import sympy, which takes longer than grading an exercise.
    """
    parts = [(output * gradient.conj()).sum() for output, gradient in wanted]
    return sum(
        (part.real if part.is_complex() else part for part in parts[1:]), parts[0].real if parts[0].is_complex() else parts[0]
    )


def _leaves(outputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return the leaves that a backward pass from these outputs would reach, in the order in which they are found."""
    leaves: list[torch.Tensor] = []
    seen: set[Any] = set()
    stack: list[Any] = [output.grad_fn for output in outputs]
    leaves += [output for output in outputs if output.grad_fn is None]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            leaves.append(node.variable)
        stack += [following for following, _ in node.next_functions]
    return leaves
