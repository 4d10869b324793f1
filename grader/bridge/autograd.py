"""A call in the worker as one node of the judge's autograd graph.

The judge's `backward()` sends the output gradients over and brings the input gradients home. A hidden leaf beside the
inputs does two things. It makes the outputs require grad even where no input does, so that parameters get gradients; and
its own accumulation tells `.backward()`, which adds to `.grad` over there, from `torch.autograd.grad`, which must not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from grader.bridge.connection import Connection


class _Outputs:
    """Carries the tensors that came home past autograd, which would take them for inputs."""

    def __init__(self, tensors: list[torch.Tensor], wanted: Sequence[bool]) -> None:
        self.tensors = tensors
        self.wanted = wanted


class _RemoteCall(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, connection: Connection, call: int, outputs: _Outputs, hidden: torch.Tensor, *inputs: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        ctx.connection, ctx.call, ctx.count = connection, call, len(inputs)
        ctx.set_materialize_grads(False)
        pairs = zip(outputs.tensors, outputs.wanted, strict=True)
        ctx.mark_non_differentiable(*[tensor for tensor, wanted in pairs if not wanted])
        return tuple(outputs.tensors)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor | None) -> tuple[Any, ...]:
        found = ctx.connection.backward(ctx.call, gradients)
        padded = tuple(found) + (None,) * (ctx.count - len(found))
        return (None, None, None, torch.zeros(()), *padded[: ctx.count])


def attach(connection: Connection, call: int, inputs: Sequence[torch.Tensor], result: Any, wanted: Sequence[bool]) -> Any:
    """Return a call's result with its tensors made part of the graph, those that require grad over there."""
    if not any(wanted) or not torch.is_grad_enabled():
        return result
    tensors: list[torch.Tensor] = []
    _collect(result, tensors)
    if len(tensors) != len(wanted):  # a set of tensors, whose order is no order
        return result
    hidden = torch.zeros((), requires_grad=True)
    hidden.register_post_accumulate_grad_hook(lambda _: connection.accumulate(call))
    attached = iter(_RemoteCall.apply(connection, call, _Outputs(tensors, wanted), hidden, *inputs))  # type: ignore[no-untyped-call]
    return _replace(result, attached)


def _collect(thing: Any, into: list[torch.Tensor]) -> None:
    if isinstance(thing, torch.Tensor):
        into.append(thing)
    elif isinstance(thing, dict):
        for item in thing.values():
            _collect(item, into)
    elif isinstance(thing, list | tuple):
        for item in thing:
            _collect(item, into)


def _replace(thing: Any, tensors: Any) -> Any:
    if isinstance(thing, torch.Tensor):
        return next(tensors)
    if isinstance(thing, dict):
        return type(thing)((key, _replace(item, tensors)) for key, item in thing.items())
    if type(thing) in (list, tuple):
        return type(thing)([_replace(item, tensors) for item in thing])
    return thing
