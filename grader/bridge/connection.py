"""One connection to one worker: its objects by number, and every request that a suite may make of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.bridge import handles
from grader.bridge.autograd import attach
from grader.bridge.exchange import Exchange
from grader.bridge.failures import NameGivenUp, NameMissing, SuiteMisuse, WorkerDied
from grader.bridge.launch import Limits, Worker
from grader.bridge.transcript import Transcript
from grader.wire import messages as m
from grader.wire.frames import WireError
from grader.wire.tensors import StorageReader, StorageWriter
from grader.wire.values import decode, encode


class Connection(Exchange):
    """Asks a worker for objects, by number, and for what they do. Remembers which names are not to be asked for."""

    def __init__(self, worker: Worker, limits: Limits, *, deadline: float | None = None) -> None:
        super().__init__(worker, limits, deadline=deadline)
        self.given_up: frozenset[str] = frozenset()
        self.barred: dict[str, NameMissing] = {}
        self.transcript: Transcript | None = None
        self._inputs: list[torch.Tensor] = []

    # ---- values ---------------------------------------------------------------------------------------------------

    def out(self, thing: Any) -> m.Value:
        """Return the wire value of something of the judge's."""
        return encode(thing, self, self._storages)

    def home(self, value: m.Value) -> Any:
        """Return the Python value of something of the worker's."""
        try:
            return decode(value, self, self._reader)
        except (WireError, RuntimeError, OverflowError, TypeError) as error:
            raise self._end(WorkerDied(f"its answer could not be read: {error}")) from None

    def encode_tensor(self, tensor: torch.Tensor, storages: StorageWriter) -> m.Value:
        """A tensor of the judge's goes over as bytes; where it requires grad, its gradient is to come back."""
        value = storages.describe(tensor)
        if not (tensor.requires_grad and torch.is_grad_enabled()):
            return value
        self._inputs.append(tensor)
        return m.TensorValue(value.storage, value.dtype, value.device, value.shape, value.strides, value.offset, True)

    def encode_object(self, thing: object) -> m.Value:
        """Only handles name things over there; the judge's own objects never leave."""
        if isinstance(thing, handles.Handle):
            if handles.connection_of(thing) is not self:
                raise SuiteMisuse("a handle was sent to a worker that it is not of")
            return m.ObjectValue(handles.number_of(thing))
        raise SuiteMisuse(f"a {type(thing).__name__} of the judge's cannot be sent to a worker")

    def decode_tensor(self, value: m.TensorValue, storages: StorageReader) -> torch.Tensor:
        """Rebuild a tensor that came home."""
        return storages.build(value)

    def decode_object(self, value: m.ObjectValue) -> object:
        """Return a handle on what stayed."""
        return handles.make(self, value)

    # ---- requests -------------------------------------------------------------------------------------------------

    def done(self, request: m.AnyRequest) -> Any:
        """Send a request that is answered with a value, and return the value."""
        reply = self.ask(request)
        if not isinstance(reply, m.Done):
            raise self._end(WorkerDied("it answered another question"))
        return self.home(reply.value)

    def root(self, place: Any, path: str) -> Any:
        """Look a name up in the submission, the props, or torch."""
        if place == "student":
            self.name = path.split(".")[0]
            if self.name in self.barred:
                raise self.barred[self.name]
            if self.name in self.given_up:
                given_up = NameGivenUp(self.name)
                given_up.name = self.name
                raise given_up
        return self._noted(self.done(m.Root(self.number(), place, path)), "root", place, path)

    def get(self, of: Any, name: str) -> Any:
        """Read an attribute."""
        return self._noted(self.done(m.Get(self.number(), self.out(of), name)), "get", of, name)

    def item(self, of: Any, key: Any) -> Any:
        """Read an element."""
        return self._noted(self.done(m.Item(self.number(), self.out(of), self.out(key))), "item", of, key)

    def iterate(self, of: Any, most: int = 10_000) -> list[Any]:
        """List the elements of an iterable."""
        return self._noted(self.done(m.Iterate(self.number(), self.out(of), most)), "iterate", of)  # type: ignore[no-any-return]

    def call(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any], *, keep: bool = False) -> Any:
        """Call something; tensors that come back are part of the judge's autograd graph."""
        self._inputs = []
        number = self.number()
        request = m.Call(
            number,
            self.out(function),
            tuple(self.out(arg) for arg in args),
            tuple((name, self.out(value)) for name, value in kwargs.items()),
            torch.is_grad_enabled(),
            keep,
        )
        inputs = self._inputs
        if self.transcript is not None:
            self.transcript.begin("call", function, tuple(args), dict(kwargs))
        reply = self.ask(request)
        if not isinstance(reply, m.Done):
            raise self._end(WorkerDied("it answered another question"))
        result = attach(self, number, inputs, self.home(reply.value), wants_grad(reply.value))
        if self.transcript is not None:
            self.transcript.finish(result)
        return result

    def put(self, value: Any) -> Any:
        """Keep a copy of a value over there and return a handle on it."""
        return self._noted(self.done(m.Put(self.number(), self.out(value))), "put", value)

    def fetch(self, of: Any) -> torch.Tensor:
        """Return a tensor's plain, detached value."""
        value = self.done(m.Fetch(self.number(), self.out(of)))
        if not isinstance(value, torch.Tensor):
            raise self._end(WorkerDied("it answered another question"))
        return value

    def assign(self, of: Any, value: torch.Tensor) -> None:
        """Copy a value into a tensor in place."""
        self._noted(self.done(m.Assign(self.number(), self.out(of), self.out(value.detach()))), "assign", of, value)

    def set_item(self, of: Any, key: Any, value: Any) -> None:
        """Set elements."""
        self._noted(
            self.done(m.SetItem(self.number(), self.out(of), self.out(key), self.out(value))), "setitem", of, key, value
        )

    def set_attribute(self, of: Any, name: str, value: Any) -> None:
        """Set an attribute."""
        request = m.SetAttribute(self.number(), self.out(of), name, self.out(value))
        self._noted(self.done(request), "setattr", of, name, value)

    def question(self, question: Any, *about: Any) -> Any:
        """Ask about structure: the answer is a claim, to be confirmed by a consequence in values."""
        return self._noted(
            self.done(m.Ask(self.number(), question, tuple(self.out(a) for a in about))), "ask", question, *about
        )

    def evaluate(self, function: Any, variants: Sequence[Sequence[tuple[Any, torch.Tensor]]], args: Any) -> list[Any]:
        """Call a function once for each variant, in one frame: a variant is a list of (tensor over there, its value).

        Where the tensor is None the value replaces that position of `args`. Used by numeric gradients.
        """
        requests: list[m.AnyRequest] = []
        with torch.no_grad():
            for variant in variants:
                changed = dict(args)
                for target, value in variant:
                    if isinstance(target, handles.Handle):
                        requests.append(m.Assign(self.number(), self.out(target), self.out(value)))
                    else:
                        changed[target] = value
                # Copies: tensors that share memory share it over there, too, and what one call wrote the next would see.
                copies = [value.clone() if type(value) is torch.Tensor else value for value in changed.values()]
                values = tuple(self.out(value) for value in copies)
                requests.append(m.Call(self.number(), self.out(function), values, (), False))
        reply = self.ask(m.Batch(self.number(), tuple(requests)), self.limits.request_seconds + 0.01 * len(requests))
        if not isinstance(reply, m.Batched) or not reply.replies:
            raise self._end(WorkerDied("it answered another question"))
        for part in reply.replies:
            self._raise_for(part)
        if len(reply.replies) != len(requests):
            raise self._end(WorkerDied("it answered half of a question"))
        pairs = zip(requests, reply.replies, strict=True)
        return [self.home(part.value) for request, part in pairs if isinstance(request, m.Call) and isinstance(part, m.Done)]

    def backward(self, call: int, gradients: Sequence[torch.Tensor | None]) -> tuple[torch.Tensor | None, ...]:
        """Return the gradients of a call's inputs."""
        values = tuple(None if g is None else self.out(g.detach()) for g in gradients)
        if self.transcript is not None:
            for gradient in (g for g in gradients if g is not None):
                self.transcript.differentiated(gradient)
        found = self.done(m.Backward(self.number(), call, values))
        return tuple(found) if isinstance(found, tuple) else ()

    def accumulate(self, call: int) -> None:
        """Let the parameters of a call have the gradients that its last backward pass found."""
        self.done(m.Accumulate(self.number(), call))

    def seed(self, seed: int) -> None:
        """Seed the worker's generators, before the next request."""
        self._send_ahead(m.Seed(self.number(), seed))
        if self.transcript is not None:
            self.transcript.seeded(seed)

    def restore(self) -> None:
        """Put torch's globals over there back, and drop all objects, before the next request."""
        self._send_ahead(m.Restore(self.number()))

    def forget(self, since: int) -> None:
        """Drop what was made from `mark` on, before the next request."""
        self._send_ahead(m.Forget(self.number(), since))

    def _noted(self, result: Any, kind: str, *what: Any) -> Any:
        if self.transcript is not None:
            self.transcript.begin(kind, *what)
            self.transcript.finish(result)
        return result


def wants_grad(value: m.Value) -> list[bool]:
    """Return, for each tensor that came home in a value, in order, whether it requires grad over there."""
    if isinstance(value, m.TensorValue):
        return [value.requires_grad]
    if isinstance(value, m.ManyValue):
        return [flag for item in value.items for flag in wants_grad(item)]
    if isinstance(value, m.PairsValue):
        return [flag for _, item in value.items for flag in wants_grad(item)]
    return []
