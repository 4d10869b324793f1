"""Every message there is: a closed set of requests (judge to worker) and replies (worker to judge).

The judge chooses the number of each request, and the object that a request makes is kept under that number: so a request
may be sent before the answer to an earlier one has come back, and may name what that one will make. Numbers below zero
are the worker's own, for objects inside a container that came back. Each reply names the request that it answers.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Message(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages: arrays with a tag, so that a field costs no name on the wire."""


# ---- values -------------------------------------------------------------------------------------------------------


class TensorValue(Message, frozen=True):
    """A tensor: `storage` numbers a storage in the frame's body, -1 where only the description travels."""

    storage: int
    dtype: str
    device: Literal["cpu", "meta"]
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
    requires_grad: bool


class ObjectValue(Message, frozen=True):
    """An object that stays in the worker: its number, what kind of thing it is, and the name of its type."""

    number: int
    kind: Literal["parameter", "tensor", "module", "class", "callable", "object"] = "object"
    type_name: str = ""
    tensor: TensorValue | None = None


class ManyValue(Message, frozen=True):
    """A sequence or set, kind and order kept."""

    kind: Literal["list", "tuple", "Size", "set", "frozenset", "slice"]
    items: tuple[Value, ...]


class PairsValue(Message, frozen=True):
    """A mapping, kind and order kept."""

    kind: Literal["dict", "OrderedDict"]
    items: tuple[tuple[Value, Value], ...]


class NamedValue(Message, frozen=True):
    """What MessagePack has no word for: a dtype, a device, a wide integer, a complex number, bytes, `...`."""

    kind: Literal["dtype", "device", "int", "complex", "bytes", "ellipsis"]
    text: str = ""


Value = None | bool | int | float | str | TensorValue | ObjectValue | ManyValue | PairsValue | NamedValue


# ---- requests -----------------------------------------------------------------------------------------------------


class Request(Message, frozen=True):
    """Something that the judge asks; `number` is its name and that of the object it makes."""

    number: int


class Hello(Request, frozen=True):
    """Who is there: answered with a `Greeting`."""


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """A piece of source: a whole `.py` file, or one code cell of a notebook (`label` is then `cell 3`)."""

    label: str
    source: str


class Parse(Request, frozen=True):
    """Read a submission without running any of it; answered with `Parsed`."""

    name: str
    cells: tuple[Cell, ...]


class Step(Request, frozen=True):
    """Run one top-level statement of the submission."""

    index: int


class Props(Request, frozen=True):
    """Run the exercise's helper modules; from then on they are the student's to see."""

    source: str


class Root(Request, frozen=True):
    """Look a name up: `student.CustomLinear`, `props.counter`, `torch.nn.Linear`."""

    place: Literal["student", "props", "torch"]
    path: str


class Get(Request, frozen=True):
    """Read an attribute."""

    of: Value
    name: str


class Item(Request, frozen=True):
    """Read an element."""

    of: Value
    key: Value


class Iterate(Request, frozen=True):
    """List what iterating gives, at most `most` elements."""

    of: Value
    most: int


class Call(Request, frozen=True):
    """Call something. `grad` is the judge's grad mode; `seed` seeds torch's generator first, where there is one."""

    function: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    grad: bool
    keep: bool = False  # the result stays over there, whatever it is


class Put(Request, frozen=True):
    """Keep a copy of a value over there, under this number."""

    value: Value


class Fetch(Request, frozen=True):
    """Send a tensor's plain, detached value."""

    of: Value


class SetAttribute(Request, frozen=True):
    """Set an attribute."""

    of: Value
    name: str
    value: Value


class SetItem(Request, frozen=True):
    """Set elements; into a tensor, without recording it for autograd."""

    of: Value
    key: Value
    value: Value


class Assign(Request, frozen=True):
    """Copy a value into a tensor in place, without recording it for autograd."""

    of: Value
    value: Value


class Ask(Request, frozen=True):
    """Ask about structure. The answer is a claim of the worker's."""

    question: Literal["same", "same_storage", "isinstance", "hasattr", "callable", "length", "type", "repr", "kind_of_bases"]
    about: tuple[Value, ...]


class Backward(Request, frozen=True):
    """Gradients of a call's inputs, for gradients of its outputs. What its parameters get waits for `Accumulate`."""

    call: int
    gradients: tuple[Value, ...]


class Accumulate(Request, frozen=True):
    """Add to `.grad` of the parameters what the last `Backward` of this call found."""

    call: int


class Seed(Request, frozen=True):
    """Seed the generators of torch and of `random`."""

    seed: int


class Restore(Request, frozen=True):
    """Put torch's global state back as it was before the submission was loaded, and drop all objects."""


class Forget(Request, frozen=True):
    """Drop the objects numbered `since` and above, and all below zero."""

    since: int


class Batch(Request, frozen=True):
    """Several requests in one frame; answered with one `Batched`."""

    requests: tuple[AnyRequest, ...]


AnyRequest = (
    Hello | Parse | Step | Props | Root | Get | Item | Iterate | Call | Put | Fetch | SetAttribute | SetItem | Assign | Ask
    | Backward | Accumulate | Seed | Restore | Forget | Batch
)  # fmt: skip


# ---- replies ------------------------------------------------------------------------------------------------------


class Reply(Message, frozen=True):
    """The answer to the request of that number."""

    number: int


class Done(Reply, frozen=True):
    """It worked, and gave this."""

    value: Value = None


class WallReport(msgspec.Struct, frozen=True, array_like=True):
    """Whether one wall of the cage stands, and why not."""

    name: str
    stands: bool
    detail: str


class Greeting(Reply, frozen=True):
    """A worker is ready."""

    versions: dict[str, str]
    walls: tuple[WallReport, ...]
    memory_bytes: int  # address space mapped before the submission is loaded


class SyntaxFault(msgspec.Struct, frozen=True, array_like=True):
    """A place where the source is not Python."""

    cell: int
    line: int
    column: int
    text: str
    message: str


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """A top-level statement: the cell that it stands in, and its first line there."""

    cell: int
    line: int


class Parsed(Reply, frozen=True):
    """The submission as it was read, before a line of it ran. The worker has parsed it within bounds, so the judge may too."""

    sources: tuple[str, ...]  # of each cell, magics blanked; empty where a cell is not Python
    statements: tuple[Statement, ...]
    magics: tuple[Statement, ...]
    faults: tuple[SyntaxFault, ...]


class SourceLine(msgspec.Struct, frozen=True, array_like=True):
    """A line of the student's file in a traceback: `label` is the file's name or the cell's."""

    label: str
    line: int
    function: str
    text: str


class Raised(Reply, frozen=True):
    """It raised. `bases` are the names of the exception's builtin ancestors, nearest first."""

    type_name: str
    bases: tuple[str, ...]
    text: str
    lines: tuple[SourceLine, ...]


class Missing(Reply, frozen=True):
    """A name that was looked up is not defined; `others` are names of the same kind that are."""

    name: str
    others: tuple[str, ...]


class Batched(Reply, frozen=True):
    """The answers to a batch, in order; it ends at the first that is not `Done`."""

    replies: tuple[AnyReply, ...]


AnyReply = Done | Greeting | Parsed | Raised | Missing | Batched

encoder = msgspec.msgpack.Encoder()
request_decoder = msgspec.msgpack.Decoder(AnyRequest)
reply_decoder = msgspec.msgpack.Decoder(AnyReply)
