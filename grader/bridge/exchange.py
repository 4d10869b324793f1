"""The round trip: a frame out, a frame in, a clock, and every way in which there may be no answer."""

from __future__ import annotations

import time

import msgspec

from grader.bridge import interrupts
from grader.bridge.channel import Closed, Flood, Late
from grader.bridge.failures import MemoryLimit, NameMissing, OutputLimit, TimeLimit, WorkerDied, failure
from grader.bridge.launch import Limits, Usage, Worker
from grader.wire import messages as m
from grader.wire.frames import WireError, pack
from grader.wire.tensors import StorageReader, StorageWriter


class Exchange:
    """Asks a worker and gets its answer. Numbers what it asks, and ends the worker where there is none."""

    def __init__(self, worker: Worker, limits: Limits, *, deadline: float | None = None) -> None:
        self.worker = worker
        self.limits = limits
        self.deadline = deadline if deadline is not None else time.monotonic() + limits.submission_seconds
        self.name = ""  # of the submission, the one that was looked up last
        self._next = 1
        self._storages = StorageWriter()
        self._reader = StorageReader(b"")
        self._ahead: list[m.AnyRequest] = []  # need no answer of their own: they travel with the next request
        self.alive = True
        self.usage = Usage()

    def number(self) -> int:
        """Return the number of the next request, and of the object that it makes."""
        self._next += 1
        return self._next - 1

    @property
    def mark(self) -> int:
        """The number that the next request will have: `forget` it to drop all that is made from here on."""
        return self._next

    def ask(self, request: m.AnyRequest, seconds: float | None = None) -> m.AnyReply:
        """Send a request and return its reply, `Raised` and `Missing` turned into exceptions."""
        reply = self._round_trip(request, seconds)
        self._raise_for(reply)
        return reply

    def _send_ahead(self, request: m.AnyRequest) -> None:
        """Let a request that makes nothing travel with the next one; if it fails, so does that."""
        self._ahead.append(request)

    def _raise_for(self, reply: m.AnyReply) -> None:
        if isinstance(reply, m.Raised):
            raise failure(reply, self.name)
        if isinstance(reply, m.Missing):
            raise NameMissing(reply.name, reply.others)

    def _round_trip(self, request: m.AnyRequest, seconds: float | None) -> m.AnyReply:
        if not self._ahead:
            return self._exchange(request, seconds)
        batch = m.Batch(self.number(), (*self._ahead, request))
        self._ahead = []
        reply = self._exchange(batch, seconds)
        if not isinstance(reply, m.Batched) or not reply.replies:
            raise self._end(WorkerDied("it answered another question"))
        last = reply.replies[-1]
        if isinstance(last, m.Done) and last.number != request.number:
            raise self._end(WorkerDied("it answered half of a question"))
        return last

    def _exchange(self, request: m.AnyRequest, seconds: float | None) -> m.AnyReply:
        interrupts.heed()
        if not self.alive:
            raise self._aborted(WorkerDied("the worker has ended"))
        now = time.monotonic()
        deadline = min(now + (seconds or self.limits.request_seconds), self.deadline)
        frame = pack(m.encoder.encode(request), self._storages.body())
        self._storages = StorageWriter()
        try:
            header, body = self.worker.channel.exchange(frame, deadline)
            reply: m.AnyReply = m.reply_decoder.decode(header)
            self._reader = StorageReader(body)
        except Late:
            raise self._end(TimeLimit(f"no answer within {deadline - now:.0f} seconds")) from None
        except Flood:
            raise self._end(OutputLimit("too much was printed")) from None
        except Closed:
            raise self._end(WorkerDied("the process ended")) from None
        except (WireError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise self._end(WorkerDied(f"its answer could not be read: {error}")) from None
        if reply.number != request.number:
            raise self._end(WorkerDied("it answered another question"))
        return reply

    def _aborted(self, abort: TimeLimit | OutputLimit | WorkerDied | MemoryLimit) -> BaseException:
        abort.name = self.name
        return abort

    def _end(self, abort: TimeLimit | OutputLimit | WorkerDied) -> BaseException:
        """End the worker, and let the system's word on how it ended correct what the pipe suggests."""
        usage = self.close()
        if isinstance(abort, WorkerDied) and usage.status & 0x7F == 24:  # SIGXCPU
            return self._aborted(TimeLimit("its processor time ran out"))
        return self._aborted(abort)

    def close(self) -> Usage:
        """End the worker."""
        if self.alive:
            self.alive = False
            self.usage = self.worker.end()
        return self.usage
