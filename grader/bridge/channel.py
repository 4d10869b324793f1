"""Bytes to and from one worker. One loop sends and receives, so that neither side can block the other for ever."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Protocol

from grader.wire.frames import FrameReader, WireError

HEAD = TAIL = 4000
MAX_OUTPUT = 1 << 20


class Closed(Exception):
    """The worker hung up."""


class Late(Exception):
    """The deadline passed."""


class Flood(Exception):
    """More was printed than is allowed."""


class Output:
    """What a worker printed: the beginning and the end of it, and how much there was."""

    def __init__(self) -> None:
        self.total = 0
        self._head = bytearray()
        self._tail = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes; `Flood` above the cap."""
        self.total += len(data)
        room = HEAD - len(self._head)
        self._head += data[:room]
        self._tail = (self._tail + data[room:] if room > 0 else self._tail + data)[-TAIL:]
        if self.total > MAX_OUTPUT:
            raise Flood

    def take(self) -> str:
        """Return the text so far, control characters made visible, and start anew. The cap goes on counting."""
        cut = b"\n[...]\n" if len(self._tail) == TAIL else b""
        data = bytes(self._head + cut + self._tail)
        self._head, self._tail = bytearray(), bytearray()
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        return "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


class Channel(Protocol):
    """What the connection needs of a way to a worker."""

    output: Output

    def exchange(self, frame: bytes, deadline: float) -> tuple[bytes, bytes]:
        """Send one frame and return the next that comes back. Raises `Closed`, `Late`, `Flood` or `WireError`."""

    def close(self) -> None:
        """Hang up."""


class SocketChannel:
    """A socket for the protocol and a pipe for the output, both watched by one poll."""

    def __init__(self, protocol: socket.socket, output: int, every: Callable[[], None]) -> None:
        self.output = Output()
        self._socket = protocol
        self._output = output
        self._every = every  # called about ten times a second while waiting: what is only seen from outside
        self._reader = FrameReader()
        protocol.setblocking(False)
        os.set_blocking(output, False)
        self._poll = select.poll()
        self._poll.register(output, select.POLLIN)
        self._poll.register(protocol, select.POLLIN)
        self._output_open = True

    def exchange(self, frame: bytes, deadline: float) -> tuple[bytes, bytes]:
        """See `Channel`."""
        unsent = memoryview(frame)
        unsent = unsent[self._send(unsent) :]
        while True:
            if (answer := self._reader.next()) is not None:
                return answer
            self._wait(deadline, writing=bool(unsent))
            if unsent:
                unsent = unsent[self._send(unsent) :]
            self._receive()

    def _wait(self, deadline: float, writing: bool) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late
        if writing:
            self._poll.modify(self._socket, select.POLLIN | select.POLLOUT)
        ready = self._poll.poll(min(left, 0.1) * 1000)
        if writing:
            self._poll.modify(self._socket, select.POLLIN)
        if not ready:
            self._every()
        for descriptor, _ in ready:
            if descriptor == self._output:
                self._drain()

    def _send(self, data: memoryview) -> int:
        try:
            return self._socket.send(data[: 1 << 20])
        except BlockingIOError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 20)
        except BlockingIOError:
            return
        except ConnectionResetError:
            raise Closed from None
        if not data:
            raise Closed
        self._reader.feed(data)

    def _drain(self) -> None:
        while self._output_open:
            try:
                data = os.read(self._output, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                self._output_open = False
                self._poll.unregister(self._output)
                return
            self.output.feed(data)

    def settle(self) -> None:
        """Read what has been printed up to now."""
        self._drain()

    def close(self) -> None:
        """See `Channel`."""
        self._socket.close()
        os.close(self._output)


class ProcessChannel:
    """The standard streams of a plain process, read by threads: for systems without `fork`, where pipes cannot be polled."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.output = Output()
        self._process = process
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._printed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = FrameReader()
        for work in (self._read, self._read_output, self._write):
            threading.Thread(target=work, daemon=True).start()

    def exchange(self, frame: bytes, deadline: float) -> tuple[bytes, bytes]:
        """See `Channel`."""
        self._outbox.put(frame)
        while True:
            self.settle()
            if (answer := self._reader.next()) is not None:
                return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late
            try:
                data = self._frames.get(timeout=min(left, 0.1))
            except queue.Empty:
                continue
            if data is None:
                raise Closed
            self._reader.feed(data)

    def settle(self) -> None:
        """Take in what has been printed up to now."""
        while True:
            try:
                self.output.feed(self._printed.get_nowait())
            except queue.Empty:
                return

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 1 << 20):
            self._frames.put(data)
        self._frames.put(None)

    def _read_output(self) -> None:
        assert self._process.stderr is not None
        while data := os.read(self._process.stderr.fileno(), 1 << 16):
            self._printed.put(data)

    def _write(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError, OSError):  # the reader sees the end, and says so
            while (frame := self._outbox.get()) is not None:
                self._process.stdin.write(frame)
                self._process.stdin.flush()
            self._process.stdin.close()

    def close(self) -> None:
        """See `Channel`."""
        self._outbox.put(None)


__all__ = ["Channel", "Closed", "Flood", "Late", "Output", "ProcessChannel", "SocketChannel", "WireError"]
