"""The objects that the judge has asked for, by number, and how values leave and enter the worker."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.wire.frames import WireError
from grader.wire.messages import ObjectValue, TensorValue, Value
from grader.wire.tensors import StorageReader, StorageWriter, describe_only


class RemoteObjects:
    """The table of objects. Tensors that come home in a call's result are noted, so that a gradient can follow them."""

    def __init__(self) -> None:
        self._things: dict[int, Any] = {}
        self._next = -1
        self.inputs: list[torch.Tensor] = []  # leaves made for the call being answered
        self.outputs: list[torch.Tensor] = []  # tensors that its result sent home

    def keep(self, number: int, thing: Any) -> None:
        """Keep a thing under a number of the judge's."""
        self._things[number] = thing

    def forget(self, since: int) -> None:
        """Drop what is numbered `since` and above, and everything the worker numbered itself."""
        for number in [n for n in self._things if n >= since or n < 0]:
            del self._things[number]

    def clear(self) -> None:
        """Drop everything."""
        self._things.clear()

    # ---- leaving -------------------------------------------------------------------------------------------------

    def encode_tensor(self, tensor: torch.Tensor, storages: StorageWriter) -> Value:
        """A parameter stays and is named; any other tensor goes home as bytes."""
        if isinstance(tensor, nn.Parameter):
            return self.encode_object(tensor)
        try:
            value = storages.describe(tensor)
        except WireError:
            return self.encode_object(tensor)
        self.outputs.append(tensor)
        if not tensor.requires_grad:
            return value
        return TensorValue(value.storage, value.dtype, value.device, value.shape, value.strides, value.offset, True)

    def encode_object(self, thing: object) -> ObjectValue:
        """Give a thing a number of our own and describe it."""
        number = self._next
        self._next -= 1
        self._things[number] = thing
        return describe(thing, number)

    # ---- entering ------------------------------------------------------------------------------------------------

    def decode_tensor(self, value: TensorValue, storages: StorageReader) -> torch.Tensor:
        """Rebuild a tensor; where the judge's requires grad this one is a leaf that does too."""
        tensor = torch.empty(value.shape, device="meta") if value.device == "meta" else storages.build(value)
        if value.requires_grad:
            tensor.requires_grad_()
            self.inputs.append(tensor)
        return tensor

    def decode_object(self, value: ObjectValue) -> object:
        """Return the thing of that number."""
        try:
            return self._things[value.number]
        except KeyError:
            raise WireError(f"no object is numbered {value.number}") from None


def describe(thing: object, number: int) -> ObjectValue:
    """Describe a thing that stays here."""
    type_name = str(type(thing).__name__)[:200]
    if isinstance(thing, torch.Tensor):
        try:
            about = describe_only(thing)
        except WireError:
            about = None
        return ObjectValue(number, "parameter" if isinstance(thing, nn.Parameter) else "tensor", type_name, about)
    if isinstance(thing, type):
        return ObjectValue(number, "class", str(thing.__name__)[:200])
    if isinstance(thing, nn.Module):
        return ObjectValue(number, "module", type_name)
    return ObjectValue(number, "callable" if callable(thing) else "object", type_name)
