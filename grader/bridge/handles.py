"""Handles: what the judge holds of a thing that stays in the worker. They answer what suites ask, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from grader.bridge.failures import SuiteMisuse
from grader.wire.messages import ObjectValue, TensorValue
from grader.wire.tensors import DTYPES

if TYPE_CHECKING:
    from grader.bridge.connection import Connection


class Handle:
    """A thing over there. Attributes, calls, elements and iteration are requests; identity is `same(a, b)`."""

    __slots__ = ("_connection", "_value")

    def __init__(self, connection: Connection, value: ObjectValue) -> None:
        object.__setattr__(self, "_connection", connection)
        object.__setattr__(self, "_value", value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in ("__name__", "__class__", "__doc__"):
            raise AttributeError(name)
        return self._connection.get(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._connection.set_attribute(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._connection.call(self, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._connection.item(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._connection.set_item(self, key, value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._connection.iterate(self))

    def __len__(self) -> int:
        length = self._connection.question("length", self)
        return length if isinstance(length, int) and length >= 0 else 0

    def __bool__(self) -> bool:
        return True  # without it `if handle:` would ask for a length

    def __repr__(self) -> str:
        return f"<a {self._value.type_name} of the submission>"


class TensorHandle(Handle):
    """A tensor over there. Reading torch functions take it as its value; none may write into it."""

    __slots__ = ()

    @property
    def value(self) -> torch.Tensor:
        """Its plain, detached value."""
        return connection_of(self).fetch(self)

    @property
    def grad(self) -> Any:
        """Its gradient as a handle, or None."""
        return self._connection.get(self, "grad")

    def _about(self) -> TensorValue:
        about: TensorValue | None = self._value.tensor
        if about is None:
            raise TypeError(f"this {self._value.type_name} is no dense tensor")
        return about

    @property
    def shape(self) -> torch.Size:
        """Its shape when the handle was made."""
        return torch.Size(self._about().shape)

    @property
    def dtype(self) -> torch.dtype:
        """Its dtype when the handle was made."""
        return DTYPES[self._about().dtype]

    @property
    def device(self) -> torch.device:
        """Its device when the handle was made."""
        return torch.device(self._about().device)

    @property
    def requires_grad(self) -> bool:
        """Whether it requires grad, when the handle was made."""
        return self._about().requires_grad

    def numel(self) -> int:
        """The number of its elements."""
        return self.shape.numel()

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Let a reading torch function have the value."""
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if (name.endswith("_") and not name.endswith("__")) or "out" in kwargs:
            raise SuiteMisuse(f"`{name}` would write into a handle: use set_value")
        return func(*_values(args), **{key: _values(value) for key, value in kwargs.items()})


def _values(thing: Any) -> Any:
    if isinstance(thing, TensorHandle):
        return thing.value
    if type(thing) in (list, tuple):
        return type(thing)(_values(item) for item in thing)
    return thing


def make(connection: Connection, value: ObjectValue) -> Handle:
    """Return a handle of the right kind."""
    return (TensorHandle if value.kind in ("parameter", "tensor") else Handle)(connection, value)


def number_of(handle: Handle) -> int:
    """Return the number of what a handle stands for."""
    return handle._value.number  # type: ignore[no-any-return]


def kind_of(handle: Handle) -> str:
    """Return what kind of thing a handle stands for: parameter, tensor, module, class, callable, object."""
    return handle._value.kind  # type: ignore[no-any-return]


def type_name(thing: Any) -> str:
    """Return the name of a thing's type, over there for a handle, without asking again."""
    return str(thing._value.type_name) if isinstance(thing, Handle) else type(thing).__name__


def connection_of(handle: Handle) -> Connection:
    """Return the connection that a handle speaks through."""
    return handle._connection  # type: ignore[no-any-return]
