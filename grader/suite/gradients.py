"""Numeric gradients: the judge perturbs, the worker evaluates, and autograd over there must agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.bridge.handles import Handle, TensorHandle, connection_of
from grader.suite.assertions import Mismatch, assert_close, fetch

# Steps of the central difference. In float64, truncation and rounding stay below 1e-8 for values of order one. In float32
# only what is linear in each input between kinks can be checked: there the difference is exact up to rounding (1e-4 for
# values below 100), and a step of half the distance that `tensor` keeps from 0 crosses no kink.
STEPS = {torch.float64: 1e-6, torch.float32: 1 / 32}
RTOL, ATOL = 1e-3, {torch.float64: 1e-5, torch.float32: 1e-3}


def gradcheck(
    function: Handle,
    *inputs: torch.Tensor | None,
    parameters: Sequence[TensorHandle] = (),
    names: Sequence[str] = (),
) -> None:
    """The gradients of `function(*inputs)` agree with central differences, for inputs that require grad.

    In float64 for any smooth function; in float32 for functions that are piecewise linear in each input.

    `parameters` are tensors over there that the result depends on; `names` says what to call the inputs.
    First derivatives only.
    """
    connection = connection_of(function)
    differentiable = [i for i, x in enumerate(inputs) if isinstance(x, torch.Tensor) and x.requires_grad]
    for parameter in parameters:
        connection.set_attribute(parameter, "grad", None)
    output = fetch(function(*inputs), "the output")
    if not output.requires_grad:
        raise Mismatch("detached", "the output")
    weights = torch.linspace(0.5, 1.5, max(output.numel(), 1), dtype=torch.float64)[: output.numel()].reshape(output.shape)
    targets = [x for x in inputs if isinstance(x, torch.Tensor) and x.requires_grad]
    found = torch.autograd.grad(_weighted(output, weights), targets, allow_unused=True, retain_graph=True) if targets else ()
    labels = {i: names[i] if i < len(names) else "the input" for i in differentiable}
    for index, gradient in zip(differentiable, found, strict=True):
        _compare(connection, function, inputs, index, inputs[index], gradient, weights, labels[index])
    if parameters:
        _weighted(output, weights).backward(inputs=None)
        for parameter in parameters:
            gradient = parameter.grad
            value = None if gradient is None else fetch(gradient, "the gradient of a parameter")
            _compare(connection, function, inputs, parameter, parameter.value, value, weights, "a parameter")


def _weighted(output: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    product = output * weights.to(output.dtype)
    return product.sum().real if output.is_complex() else product.sum()


def _compare(
    connection: Any,
    function: Handle,
    inputs: Sequence[Any],
    target: Any,
    value: Any,
    gradient: torch.Tensor | None,
    weights: torch.Tensor,
    label: str,
) -> None:
    subject = f"the gradient of {label}"
    if gradient is None:
        raise Mismatch("no_gradient", subject)
    value = value.detach().contiguous()
    step = STEPS[value.dtype]
    steps = [value.clone() for _ in range(2 * value.numel())]
    for position in range(value.numel()):
        steps[2 * position].view(-1)[position] += step
        steps[2 * position + 1].view(-1)[position] -= step
    variants = [[(target, step)] for step in steps]
    if isinstance(target, Handle):
        variants.append([(target, value)])  # the last call leaves the parameter as it was
    results = connection.evaluate(function, variants, dict(enumerate(inputs))) if variants else []
    sums = [_weighted(fetch(result, "the output"), weights) for result in results[: 2 * value.numel()]]
    numeric = (
        torch.stack([(up - down) / (2 * step) for up, down in zip(sums[::2], sums[1::2], strict=True)]) if sums else value
    )
    assert_close(gradient, numeric.reshape(value.shape).to(gradient.dtype), subject, rtol=RTOL, atol=ATOL[value.dtype])
