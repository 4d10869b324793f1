"""Tensors as a description and bytes: dtype, device, shape, strides, shared storage; nothing that could run."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import torch

from grader.wire.frames import MAX_BODY, WireError
from grader.wire.messages import TensorValue

DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
        "uint8", "int8", "int16", "int32", "int64", "bool",
    )
}  # fmt: skip
NAMES = {dtype: name for name, dtype in DTYPES.items()}
MAX_DIMENSIONS = 64


def dtype_name(dtype: torch.dtype) -> str:
    """Return `float32` for `torch.float32`; `WireError` for a dtype outside the closed table."""
    try:
        return NAMES[dtype]
    except KeyError:
        raise WireError(f"{dtype} does not cross the pipe") from None


class StorageWriter:
    """Gathers the storages of one message; tensors that share one there share it on the other side."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._held: list[torch.UntypedStorage] = []  # a storage that was freed would leave its address to another
        self._chunks: list[bytes] = []
        self._size = 0

    def describe(self, tensor: torch.Tensor) -> TensorValue:
        """Describe a tensor, its bytes gathered. `WireError` for what is not dense, or has no place on the wire."""
        tensor = torch.Tensor.detach(tensor).resolve_conj().resolve_neg()
        if tensor.layout != torch.strided or tensor.device.type not in ("cpu", "meta"):
            raise WireError(f"a tensor of layout {tensor.layout} on {tensor.device} does not cross the pipe")
        if tensor.device.type == "meta":
            return describe_only(tensor)
        storage = tensor.untyped_storage()
        return TensorValue(
            storage=self._number(storage),
            dtype=dtype_name(tensor.dtype),
            device="cpu",
            shape=tuple(tensor.shape),
            strides=tensor.stride(),
            offset=int(tensor.storage_offset()),
            requires_grad=False,
        )

    def _number(self, storage: torch.UntypedStorage) -> int:
        pointer, size = storage.data_ptr(), storage.nbytes()
        key = pointer if size else -1 - len(self._chunks)
        if key not in self._numbers:
            self._size += size
            if self._size > MAX_BODY:
                raise WireError(f"tensors of {self._size} bytes are over the cap of {MAX_BODY}")
            self._numbers[key] = len(self._chunks)
            self._held.append(storage)
            self._chunks.append(ctypes.string_at(pointer, size) if size else b"")
        return self._numbers[key]

    def body(self) -> bytes:
        """Return the storages, each behind its length (u64, big endian)."""
        return b"".join(part for chunk in self._chunks for part in (len(chunk).to_bytes(8, "big"), chunk))


def describe_only(tensor: torch.Tensor) -> TensorValue:
    """Describe a tensor without its bytes."""
    return TensorValue(
        storage=-1,
        dtype=dtype_name(tensor.dtype),
        device="meta" if tensor.device.type == "meta" else "cpu",
        shape=tuple(tensor.shape),
        strides=tensor.stride() if tensor.layout == torch.strided else (),
        offset=0,
        requires_grad=bool(tensor.requires_grad),
    )


class StorageReader:
    """Rebuilds the tensors of one message. Every size is checked against the bytes that are there."""

    def __init__(self, body: bytes) -> None:
        self._storages: list[torch.Tensor] = []
        self._sizes: list[int] = []
        position = 0
        while position < len(body):
            size = int.from_bytes(body[position : position + 8], "big")
            position += 8
            if len(body) - position < size:
                raise WireError("a storage is cut short")
            chunk = bytearray(body[position : position + size])
            self._storages.append(torch.frombuffer(chunk, dtype=torch.uint8) if size else torch.empty(0, dtype=torch.uint8))
            self._sizes.append(size)
            position += size

    def build(self, value: TensorValue) -> torch.Tensor:
        """Return the tensor; `WireError` where description and bytes do not agree."""
        dtype = DTYPES.get(value.dtype)
        if dtype is None or value.device != "cpu":
            raise WireError(f"no {value.dtype} tensor on {value.device} can be built here")
        if not 0 <= value.storage < len(self._storages):
            raise WireError("a tensor names a storage that did not come")
        check_layout(value, self._sizes[value.storage], dtype.itemsize)
        raw = self._storages[value.storage]
        usable = raw.numel() - raw.numel() % dtype.itemsize
        # `as_strided` on the raw storage: an empty tensor may have any strides, so it goes the same way
        return raw[:usable].view(dtype).as_strided(value.shape, value.strides, value.offset)


def check_layout(value: TensorValue, size: int, itemsize: int) -> None:
    """Raise `WireError` unless shape, strides and offset stay within `size` bytes."""
    shape, strides = value.shape, value.strides
    if len(shape) != len(strides) or len(shape) > MAX_DIMENSIONS:
        raise WireError("shape and strides do not agree")
    if value.offset < 0 or any(n < 0 for n in shape) or any(s < 0 for s in strides):
        raise WireError("a negative size")
    if any(n == 0 for n in shape):
        if any(n > MAX_BODY for n in shape) or any(s > MAX_BODY for s in strides) or value.offset * itemsize > size:
            raise WireError("an empty tensor of impossible shape")
        return
    last = value.offset + sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    if (last + 1) * itemsize > size:
        raise WireError("a tensor reaches beyond its storage")
    if elements(shape) * itemsize > MAX_BODY:
        raise WireError("a tensor of more elements than the cap")  # strides of 0 make much of little


def elements(shape: Sequence[int]) -> int:
    """Return the number of elements of a shape."""
    count = 1
    for n in shape:
        count *= n
    return count
