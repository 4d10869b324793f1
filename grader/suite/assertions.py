"""What suites assert. Every comparison happens here, in the judge, on tensors rebuilt from bytes.

Shape first, then dtype, then finiteness, then values: `allclose(ones(1), ones(3, 3))` is true, and a NaN slips through `>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from grader.bridge.failures import StudentError, SuiteMisuse
from grader.bridge.handles import Handle, TensorHandle, connection_of, type_name

# Relative and absolute tolerance by dtype, as PyTorch's own comparison has them.
TOLERANCES = {
    torch.float16: (1e-3, 1e-5),
    torch.bfloat16: (1.6e-2, 1e-5),
    torch.float32: (1.3e-6, 1e-5),
    torch.float64: (1e-7, 1e-7),
    torch.complex64: (1.3e-6, 1e-5),
    torch.complex128: (1e-7, 1e-7),
}


class Mismatch(AssertionError):
    """An assertion that failed: which kind, of what, and both sides.

    `subject` is the author's words for what was looked at ("the output"); kinds and their sentences: `grader.judge.feedback`.
    """

    def __init__(self, kind: str, subject: str, *, expected: Any = None, got: Any = None, where: str = "") -> None:
        super().__init__(f"{subject}: {kind}")
        self.kind = kind
        self.subject = subject
        self.expected = expected
        self.got = got
        self.where = where


def fetch(thing: Any, subject: str) -> torch.Tensor:
    """Return the plain tensor that `thing` is or stands for; a `Mismatch` where it is none."""
    if isinstance(thing, TensorHandle):
        return thing.value
    if isinstance(thing, torch.Tensor):
        return thing
    raise Mismatch("not_a_tensor", subject, got=type_name(thing))


def assert_shape(got: Any, shape: tuple[int, ...], subject: str = "the output") -> None:
    """The shape is this one."""
    tensor = fetch(got, subject)
    if tuple(tensor.shape) != tuple(shape):
        raise Mismatch("shape", subject, expected=tuple(shape), got=tuple(tensor.shape))


def assert_close(
    got: Any,
    expected: torch.Tensor,
    subject: str = "the output",
    *,
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: bool = True,
) -> None:
    """Shape, dtype and values agree, within the tolerance of the coarser dtype."""
    if not isinstance(expected, torch.Tensor):
        raise SuiteMisuse("assert_close needs a tensor of the judge's on its right side")
    tensor, expected = fetch(got, subject).detach(), expected.detach()
    assert_shape(tensor, tuple(expected.shape), subject)
    if check_dtype and tensor.dtype != expected.dtype:
        raise Mismatch("dtype", subject, expected=str(expected.dtype), got=str(tensor.dtype))
    tolerances = [TOLERANCES[d] for d in (tensor.dtype, expected.dtype) if d in TOLERANCES] or [(0.0, 0.0)]
    relative = max(t[0] for t in tolerances) if rtol is None else rtol
    absolute = max(t[1] for t in tolerances) if atol is None else atol
    _compare(tensor, expected, subject, relative, absolute)


def assert_equal(got: Any, expected: Any, subject: str = "the output") -> None:
    """Values agree exactly; for tensors, shape and dtype too."""
    if isinstance(expected, torch.Tensor):
        assert_close(got, expected, subject, rtol=0.0, atol=0.0)
    elif (tuple if isinstance(got, torch.Size) else type(got)) is not type(expected) or got != expected:
        raise Mismatch("not_equal", subject, expected=expected, got=got if not isinstance(got, Handle) else type_name(got))


def _compare(got: torch.Tensor, expected: torch.Tensor, subject: str, rtol: float, atol: float) -> None:
    wide = torch.complex128 if got.is_complex() or expected.is_complex() else torch.float64
    if not (got.is_floating_point() or expected.is_floating_point() or wide is torch.complex128):
        bad = got != expected  # integers and bools: a float64 could not hold them all
    else:
        a, b = got.to(wide), expected.to(wide)
        special = ~torch.isfinite(b)
        alike = (a == b) | (torch.isnan(a) & torch.isnan(b))
        bad = torch.where(special, ~alike, ~((a - b).abs() <= atol + rtol * b.abs()))
        if bool((~torch.isfinite(a) & ~special).any()):
            raise Mismatch("not_finite", subject, expected=expected, got=got)
    if bool(bad.any()):
        first = tuple(int(i) for i in bad.nonzero()[0]) if bad.dim() else ()
        raise Mismatch("values", subject, expected=expected, got=got, where=f"{int(bad.sum())}/{bad.numel()}@{first}")


def assert_changed(got: Any, before: torch.Tensor, subject: str) -> None:
    """At least one value is not what it was."""
    tensor = fetch(got, subject).detach()
    if tensor.shape == before.shape and torch.equal(tensor, before.detach()):
        raise Mismatch("unchanged", subject, got=tensor)


def assert_computes(function: Any, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """The answer neither gives back its input nor ignores it. Returns the output for `first`.

    This makes a gate of a check whose own question an empty answer would pass: `return x` keeps every shape.
    """
    output, other = fetch(function(first), "the output"), fetch(function(second), "the output")
    if _same_values(output, first) and _same_values(other, second):
        raise Mismatch("identity", "the output")
    if _same_values(output, other):
        raise Mismatch("constant", "the output")
    return output


def _same_values(a: torch.Tensor, b: torch.Tensor) -> bool:
    wide = torch.complex128 if a.is_complex() or b.is_complex() else torch.float64
    return a.shape == b.shape and torch.equal(a.detach().to(wide), b.detach().to(wide))


def check(condition: bool, sentence: str) -> None:
    """The condition holds; else `sentence` says, to a student, what does not. It must not hold anything drawn."""
    if not condition:
        raise Mismatch("said", sentence)


@contextmanager
def raises(kind: type[Exception], subject: str) -> Iterator[None]:
    """The student's code raises a `kind`. Show first that a legal call succeeds."""
    try:
        yield
    except StudentError as error:
        if isinstance(error, kind):
            return
        raise Mismatch("wrong_error", subject, expected=kind.__name__, got=error.type_name) from error
    raise Mismatch("no_error", subject, expected=kind.__name__)


def backward(output: Any, subject: str = "the output", gradient: torch.Tensor | None = None) -> None:
    """Run a backward pass from an output (its sum, where no gradient is given)."""
    tensor = fetch(output, subject)
    if not tensor.requires_grad:
        raise Mismatch("detached", subject)
    (tensor.sum() if gradient is None else (tensor * gradient).sum()).backward()


def kept(function: Handle, *args: Any) -> Any:
    """Call something and leave the result over there, whatever it is: a handle on a state_dict, to be saved by the worker."""
    return connection_of(function).call(function, args, {}, keep=True)


def same(a: Any, b: Any) -> bool:
    """Whether two handles are one object over there. A claim: confirm it by writing through one and reading the other."""
    return bool(connection_of(a).question("same", a, b))


def assert_same_object(a: Handle, b: Handle, subject: str) -> None:
    """Two parameters are one: claimed by the worker, and confirmed by writing through one name and reading the other."""
    if not isinstance(a, TensorHandle) or not isinstance(b, TensorHandle):
        raise Mismatch("not_a_tensor", subject, got=type_name(b if isinstance(a, TensorHandle) else a))
    before = a.value
    mark = torch.full_like(before, 3.25)
    set_value(a, mark)
    followed = torch.equal(b.value, mark)
    set_value(a, before)
    if not (followed and same(a, b)):
        raise Mismatch("not_same", subject)


def isinstance_of(thing: Any, kind: Handle) -> bool:
    """Whether a thing over there is an instance of a class over there. A claim."""
    return isinstance(thing, Handle) and bool(connection_of(thing).question("isinstance", thing, kind))


def set_value(target: Any, value: torch.Tensor) -> None:
    """Write a value into a tensor over there, in place, unseen by autograd."""
    if not isinstance(target, TensorHandle):
        raise Mismatch("not_a_tensor", "a parameter", got=type_name(target))
    connection_of(target).assign(target, value)
