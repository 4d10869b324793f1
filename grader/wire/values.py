"""Python values to wire values and back. What an object of either side becomes is its owner's choice: see `Objects`."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Protocol

import torch

from grader.wire.frames import WireError
from grader.wire.messages import ManyValue, NamedValue, ObjectValue, PairsValue, TensorValue, Value
from grader.wire.tensors import DTYPES, NAMES, StorageReader, StorageWriter

MAX_DEPTH = 32
INT64 = range(-(2**63), 2**63)

_MANY: dict[type, Any] = {list: "list", tuple: "tuple", torch.Size: "Size", set: "set", frozenset: "frozenset"}
_PAIRS: dict[type, Any] = {dict: "dict", OrderedDict: "OrderedDict"}
_MANY_TYPES: dict[str, Any] = {"list": list, "tuple": tuple, "Size": torch.Size, "set": set, "frozenset": frozenset}
_PAIRS_TYPES: dict[str, Any] = {"dict": dict, "OrderedDict": OrderedDict}


class Objects(Protocol):
    """What one end does with tensors and with objects that stay where they are."""

    def encode_tensor(self, tensor: torch.Tensor, storages: StorageWriter) -> Value:
        """Return the wire value of a tensor."""

    def encode_object(self, thing: object) -> Value:
        """Return the wire value of anything that is neither a plain value nor a tensor."""

    def decode_tensor(self, value: TensorValue, storages: StorageReader) -> torch.Tensor:
        """Return the tensor that a wire value describes."""

    def decode_object(self, value: ObjectValue) -> object:
        """Return what a number stands for."""


def encode(thing: Any, objects: Objects, storages: StorageWriter, depth: int = 0) -> Value:
    """Return the wire value of `thing`; `WireError` where it is nested too deep or does not cross."""
    if depth > MAX_DEPTH:
        raise WireError("a container is nested too deep")
    kind = type(thing)
    if thing is None or kind is bool or kind is float or kind is str:
        return thing  # type: ignore[no-any-return]
    if kind is int:
        return thing if thing in INT64 else NamedValue("int", format(thing, "x"))
    if isinstance(thing, torch.Tensor):
        return objects.encode_tensor(thing, storages)
    if kind in _MANY:
        return ManyValue(_MANY[kind], tuple(encode(item, objects, storages, depth + 1) for item in thing))
    if kind in _PAIRS or kind.__name__ == "OrderedDict":
        pairs = thing.items()
        items = tuple((encode(k, objects, storages, depth + 1), encode(v, objects, storages, depth + 1)) for k, v in pairs)
        return PairsValue(_PAIRS.get(kind, "OrderedDict"), items)
    if kind is slice:
        parts = (thing.start, thing.stop, thing.step)
        return ManyValue("slice", tuple(encode(part, objects, storages, depth + 1) for part in parts))
    if kind is torch.dtype:
        return NamedValue("dtype", NAMES[thing]) if thing in NAMES else objects.encode_object(thing)
    if kind is torch.device:
        return NamedValue("device", str(thing))
    if kind is complex:
        return NamedValue("complex", f"{thing.real!r} {thing.imag!r}")
    if kind is bytes:
        return NamedValue("bytes", thing.hex())
    if thing is ...:
        return NamedValue("ellipsis")
    return objects.encode_object(thing)


def decode(value: Value, objects: Objects, storages: StorageReader, depth: int = 0) -> Any:
    """Return the Python value of a wire value; `WireError` where there is none."""
    if depth > MAX_DEPTH:
        raise WireError("a container is nested too deep")
    if isinstance(value, TensorValue):
        return objects.decode_tensor(value, storages)
    if isinstance(value, ObjectValue):
        return objects.decode_object(value)
    if isinstance(value, ManyValue):
        items = [decode(item, objects, storages, depth + 1) for item in value.items]
        return slice(*items) if value.kind == "slice" else _build(_MANY_TYPES[value.kind], items)
    if isinstance(value, PairsValue):
        pairs = [(decode(k, objects, storages, depth + 1), decode(v, objects, storages, depth + 1)) for k, v in value.items]
        return _build(_PAIRS_TYPES[value.kind], pairs)
    if isinstance(value, NamedValue):
        return _named(value)
    return value


def _build(kind: Any, items: list[Any]) -> Any:
    try:
        return kind(items)
    except (TypeError, ValueError, RuntimeError):  # an unhashable key, a Size of strings
        raise WireError(f"these items make no {kind.__name__}") from None


def _named(value: NamedValue) -> Any:
    try:
        match value.kind:
            case "dtype":
                return DTYPES[value.text]
            case "device":
                return torch.device(value.text)
            case "int":
                return int(value.text, 16)
            case "complex":
                real, imaginary = value.text.split()
                return complex(float(real), float(imaginary))
            case "bytes":
                return bytes.fromhex(value.text)
            case "ellipsis":
                return ...
    except (KeyError, ValueError, RuntimeError):
        raise WireError(f"no {value.kind} is written {value.text[:40]!r}") from None
