"""Answers the judge's requests, one after another. Whatever the student's code raises is caught here and sent home."""

from __future__ import annotations

import random
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from grader.wire import messages as m
from grader.wire.frames import FrameReader, WireError, pack
from grader.wire.tensors import StorageReader, StorageWriter
from grader.wire.values import decode, encode
from grader.worker.graphs import Graphs
from grader.worker.load import Submission
from grader.worker.objects import RemoteObjects, describe
from grader.worker.state import TorchState

MAX_TEXT = 2000
MAX_LINES = 6


class Server:
    """One worker's state: the submission, the props, the objects, and the graphs of calls that may be differentiated."""

    def __init__(self) -> None:
        self._walls: tuple[m.WallReport, ...] = ()
        self._memory = 0
        self._objects = RemoteObjects()
        self._state = TorchState()
        self._submission: Submission | None = None
        self._props = types.ModuleType("props")
        self._graphs = Graphs()
        self._body = StorageReader(b"")
        self._storages = StorageWriter()

    def caged(self, walls: tuple[m.WallReport, ...], memory_bytes: int) -> None:
        """Take down what the greeting says: which walls stand, and how much memory was mapped before anything was loaded."""
        self._walls, self._memory = walls, memory_bytes

    def answer(self, header: bytes, body: bytes) -> bytes:
        """Return the frame that answers a frame."""
        request = m.request_decoder.decode(header)
        self._body, self._storages = StorageReader(body), StorageWriter()
        reply = self._reply(request)
        _flush()
        try:
            return pack(m.encoder.encode(reply), self._storages.body())
        except (WireError, UnicodeError, OverflowError) as error:  # too large, or text that is not Unicode
            return pack(m.encoder.encode(m.Raised(request.number, type(error).__name__, ("ValueError",), str(error), ())))

    def _reply(self, request: m.Request) -> m.AnyReply:
        try:
            if isinstance(request, m.Batch):
                return self._batch(request)
            with torch.set_grad_enabled(request.grad if isinstance(request, m.Call) else torch.is_grad_enabled()):
                reply: m.AnyReply = getattr(self, "_on_" + type(request).__name__.lower())(request)
                return reply
        except BaseException as error:  # the student's, whatever it is; the judge decides what it means
            return self._raised(request.number, error)

    def _batch(self, request: m.Batch) -> m.Batched:
        replies: list[m.AnyReply] = []
        for part in request.requests:
            replies.append(self._reply(part))
            if isinstance(replies[-1], m.Raised | m.Missing):
                break
        return m.Batched(request.number, tuple(replies))

    def _raised(self, number: int, error: BaseException) -> m.Raised:
        bases = tuple(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
        try:
            text = str(error)
        except BaseException:  # a hostile or broken __str__ is part of the student's answer, too
            text = ""
        labels = self._submission.labels if self._submission else set()
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in labels]
        lines = tuple(m.SourceLine(f.filename, f.lineno or 0, f.name[:200], (f.line or "")[:400]) for f in frames[-MAX_LINES:])
        return m.Raised(number, _clean(type(error).__name__), bases, _clean(text), lines)

    # ---- values ---------------------------------------------------------------------------------------------------

    def _in(self, value: m.Value) -> Any:
        return decode(value, self._objects, self._body)

    def _out(self, thing: Any) -> m.Value:
        return encode(thing, self._objects, self._storages)

    def _kept(self, number: int, thing: Any) -> m.Done:
        """Keep an object under its request's number and describe it; a plain value is kept and sent as well."""
        self._objects.keep(number, thing)
        if isinstance(thing, torch.Tensor) or not _is_plain(thing):
            return m.Done(number, describe(thing, number))
        return m.Done(number, self._out(thing))

    # ---- requests: loading ------------------------------------------------------------------------------------------

    def _on_hello(self, request: m.Hello) -> m.Greeting:
        versions = {"python": sys.version.split()[0], "torch": str(torch.__version__)}
        return m.Greeting(request.number, versions, self._walls, self._memory)

    def _on_parse(self, request: m.Parse) -> m.Parsed:
        self._submission = Submission(request.name, request.cells)
        return self._submission.parse(request.number)

    def _on_step(self, request: m.Step) -> m.Done:
        if self._submission is None:
            raise WireError("nothing was parsed")
        self._submission.run(request.index)
        return m.Done(request.number)

    def _on_props(self, request: m.Props) -> m.Done:
        exec(compile(request.source, "props.py", "exec", dont_inherit=True), self._props.__dict__)
        return m.Done(request.number)

    def _on_seed(self, request: m.Seed) -> m.Done:
        # `torch.manual_seed` also queues the seed for CUDA, with a formatted stack: ten times as long as all the rest
        torch.default_generator.manual_seed(request.seed)
        random.seed(request.seed)
        return m.Done(request.number)

    def _on_restore(self, request: m.Restore) -> m.Done:
        self._objects.clear()
        self._graphs.clear()
        self._state.restore()
        return m.Done(request.number)

    def _on_forget(self, request: m.Forget) -> m.Done:
        self._objects.forget(request.since)
        self._graphs.forget(request.since)
        return m.Done(request.number)

    # ---- requests: objects ------------------------------------------------------------------------------------------

    def _on_root(self, request: m.Root) -> m.Done | m.Missing:
        module = self._submission.module if self._submission else None
        thing: Any = {"student": module, "props": self._props, "torch": torch}[request.place]
        names = request.path.split(".")
        if request.place == "student" and names[0] not in vars(thing):
            return m.Missing(request.number, names[0], _defined(thing, request.path))
        for name in names:
            thing = getattr(thing, name)
        self._objects.keep(request.number, thing)
        return m.Done(request.number, describe(thing, request.number))

    def _on_get(self, request: m.Get) -> m.Done:
        return self._kept(request.number, getattr(self._in(request.of), request.name))

    def _on_item(self, request: m.Item) -> m.Done:
        return self._kept(request.number, self._in(request.of)[self._in(request.key)])

    def _on_iterate(self, request: m.Iterate) -> m.Done:
        items: list[Any] = []
        for thing in self._in(request.of):
            items.append(thing)
            if len(items) > request.most:
                raise ValueError(f"more than {request.most} items")
        stay = [self._objects.encode_object(t) if isinstance(t, torch.Tensor) else self._out(t) for t in items]
        return m.Done(request.number, m.ManyValue("list", tuple(stay)))

    def _on_call(self, request: m.Call) -> m.Done:
        self._objects.inputs, self._objects.outputs = [], []
        function = self._in(request.function)
        args = [self._in(value) for value in request.args]
        kwargs = {name: self._in(value) for name, value in request.kwargs}
        inputs = self._objects.inputs
        result = function(*args, **kwargs)
        self._objects.keep(request.number, result)
        if request.keep or isinstance(result, nn.Parameter) or not (_is_plain(result) or isinstance(result, torch.Tensor)):
            return m.Done(request.number, describe(result, request.number))
        value = self._out(result)
        outputs = list(self._objects.outputs)  # later replies, those of gradients too, append to that list
        if any(tensor.requires_grad for tensor in outputs):
            self._graphs.keep(request.number, inputs, outputs)
        return m.Done(request.number, value)

    def _on_put(self, request: m.Put) -> m.Done:
        thing = self._in(request.value)
        self._objects.keep(request.number, thing)
        return m.Done(request.number, describe(thing, request.number))

    def _on_fetch(self, request: m.Fetch) -> m.Done:
        thing = self._in(request.of)
        if not isinstance(thing, torch.Tensor):
            raise TypeError(f"{type(thing).__name__} is not a tensor")
        return m.Done(request.number, self._storages.describe(thing))

    def _on_setattribute(self, request: m.SetAttribute) -> m.Done:
        setattr(self._in(request.of), request.name, self._in(request.value))
        return m.Done(request.number)

    def _on_setitem(self, request: m.SetItem) -> m.Done:
        with torch.no_grad():
            self._in(request.of)[self._in(request.key)] = self._in(request.value)
        return m.Done(request.number)

    def _on_assign(self, request: m.Assign) -> m.Done:
        target, value = self._in(request.of), self._in(request.value)
        if target.shape != value.shape:  # copy_ would broadcast
            raise ValueError(f"a tensor of shape {tuple(target.shape)} was asked to hold one of {tuple(value.shape)}")
        with torch.no_grad():
            target.copy_(value)
        return m.Done(request.number)

    def _on_ask(self, request: m.Ask) -> m.Done:
        return m.Done(request.number, _QUESTIONS[request.question](*[self._in(value) for value in request.about]))

    # ---- requests: gradients ----------------------------------------------------------------------------------------

    def _on_backward(self, request: m.Backward) -> m.Done:
        found = self._graphs.backward(request.call, [None if g is None else self._in(g) for g in request.gradients])
        return m.Done(request.number, m.ManyValue("tuple", tuple(self._out(gradient) for gradient in found)))

    def _on_accumulate(self, request: m.Accumulate) -> m.Done:
        self._graphs.accumulate(request.call)
        return m.Done(request.number)


def _is_plain(thing: Any, depth: int = 0) -> bool:
    """Whether a thing is a plain value, or a container of plain values and tensors, that may go home."""
    if thing is None or type(thing) in (bool, int, float, str, bytes, complex, torch.dtype, torch.device):
        return True
    if depth > 8:
        return False
    if type(thing) in (list, tuple, torch.Size, set, frozenset):
        return all(isinstance(t, torch.Tensor) or _is_plain(t, depth + 1) for t in thing) or type(thing) in (list, tuple)
    if type(thing) is dict or type(thing).__name__ == "OrderedDict":
        return all(isinstance(t, torch.Tensor) or _is_plain(t, depth + 1) for t in thing.values())
    return False


def _defined(module: types.ModuleType, path: str) -> tuple[str, ...]:
    """Names that the submission itself defines: classes where a class is asked for (by its spelling), else functions."""
    kinds: tuple[type, ...] = (type,) if path[:1].isupper() else (types.FunctionType,)
    own = [n for n, t in vars(module).items() if isinstance(t, kinds) and getattr(t, "__module__", "") == module.__name__]
    return tuple(_clean(name) for name in own[:20])


_QUESTIONS: dict[str, Callable[..., m.Value]] = {
    "same": lambda a, b: a is b,
    "same_storage": lambda a, b: a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr(),
    "isinstance": lambda thing, kind: isinstance(thing, kind),
    "hasattr": lambda thing, name: hasattr(thing, name),
    "callable": lambda thing: callable(thing),
    "length": lambda thing: len(thing),
    "type": lambda thing: _clean(type(thing).__name__),
    "repr": lambda thing: _clean(repr(thing)),
    "kind_of_bases": lambda kind: m.ManyValue("tuple", tuple(_clean(base.__name__) for base in kind.__mro__[:50])),
}


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")[:MAX_TEXT]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):  # the student closed or replaced it: then nothing more is to be shown
            continue


def serve(server: Server, receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Answer frames until the judge hangs up. `receive` waits for some bytes, none of which mean that nobody asks any more."""
    frames = FrameReader()
    while data := receive():
        frames.feed(data)
        while (frame := frames.next()) is not None:
            send(server.answer(*frame))
