"""Frames: a prefix of fixed size, a header (a message) and a body (the bytes of tensors).

    | magic "GRD1" | header length, u32 | body length, u64 | header | body |      big endian

Both lengths are checked against a cap before a byte of either is allocated.
"""

from __future__ import annotations

import struct

PREFIX = struct.Struct("!4sIQ")
MAGIC = b"GRD1"
MAX_HEADER = 8 << 20
MAX_BODY = 256 << 20


class WireError(Exception):
    """The bytes on the pipe do not follow the grammar."""


def pack(header: bytes, body: bytes = b"") -> bytes:
    """Return one frame; `WireError` if it passes a cap."""
    check_sizes(len(header), len(body))
    return PREFIX.pack(MAGIC, len(header), len(body)) + header + body


def sizes(prefix: bytes) -> tuple[int, int]:
    """Return the lengths of header and body that a prefix announces."""
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("a frame does not begin with its magic bytes")
    check_sizes(header, body)
    return header, body


def check_sizes(header: int, body: int) -> None:
    """Raise `WireError` where a frame of these sizes is over a cap."""
    if header > MAX_HEADER:
        raise WireError(f"a message of {header} bytes is over the cap of {MAX_HEADER}")
    if body > MAX_BODY:
        raise WireError(f"tensors of {body} bytes are over the cap of {MAX_BODY}")


class FrameReader:
    """Cuts a stream of bytes, fed in pieces, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes that have arrived."""
        self._buffer += data

    def next(self) -> tuple[bytes, bytes] | None:
        """Return the next whole frame as (header, body), or None where one is not yet complete."""
        if len(self._buffer) < PREFIX.size:
            return None
        header, body = sizes(bytes(self._buffer[: PREFIX.size]))
        end = PREFIX.size + header + body
        if len(self._buffer) < end:
            return None
        frame = bytes(self._buffer[PREFIX.size : end])
        del self._buffer[:end]
        return frame[:header], frame[header:]
