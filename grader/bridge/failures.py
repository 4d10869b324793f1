"""What can come out of a request instead of an answer.

`StudentError` and its subclasses are exceptions of the student's code, each also of the nearest class in a closed table of
builtins, so that a suite may expect a `ValueError`. Everything else derives from `BaseException`, so that no `raises` takes
it for the error that it expects: a stub's `NotImplementedError` is a `RuntimeError`, and a dead worker is no answer.
"""

from __future__ import annotations

from grader.wire.messages import Raised, SourceLine

TABLE: tuple[type[Exception], ...] = (
    ArithmeticError, AttributeError, BufferError, EOFError, Exception, FileExistsError, FileNotFoundError, ImportError,
    IndexError, IsADirectoryError, KeyError, LookupError, ModuleNotFoundError, NameError, OSError, OverflowError,
    PermissionError, RecursionError, RuntimeError, TypeError, UnboundLocalError, UnicodeError, ValueError, ZeroDivisionError,
)  # fmt: skip
_BY_NAME = {kind.__name__: kind for kind in TABLE}
_OUTSIDE = {"NotImplementedError", "AssertionError", "MemoryError", "StopIteration", "StopAsyncIteration"}
OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "Cannot allocate memory")


class StudentError(Exception):
    """An exception of the student's code: its type, its text, and the lines of their file on the way to it."""

    type_name: str
    text: str
    lines: tuple[SourceLine, ...]

    def __str__(self) -> str:
        return f"{self.type_name}: {self.text}"


_CLASSES: dict[type[Exception], type[StudentError]] = {
    kind: type("Student" + kind.__name__, (StudentError,) if kind is Exception else (StudentError, kind), {}) for kind in TABLE
}


class Abort(BaseException):
    """No answer that a suite could expect. `name` is the name of the submission that was last looked up."""

    name: str = ""
    lines: tuple[SourceLine, ...] = ()


class NameMissing(Abort):
    """A name is not defined, is a stub, or is torch's own part (`barred`)."""

    def __init__(self, name: str, others: tuple[str, ...] = (), barred: str = "", line: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.others = others
        self.barred = barred
        self.line = line
        self.stub = False
        self.no_forward = False


class Escaped(Abort):
    """The student's code raised what only a test runner or an interpreter should: `SystemExit`, `Skipped`."""

    def __init__(self, reply: Raised) -> None:
        super().__init__(f"{reply.type_name}: {reply.text}")
        self.type_name = reply.type_name
        self.text = reply.text
        self.lines = reply.lines


class WorkerDied(Abort):
    """The worker ended, or spoke nonsense, before it answered."""


class TimeLimit(Abort):
    """A request, or the whole submission, took longer than it may."""


class OutputLimit(Abort):
    """The submission printed more than it may."""


class MemoryLimit(Abort):
    """The submission asked for more memory than it may have."""


class NameGivenUp(Abort):
    """Two limits were met on this name: its later checks are not tried."""


class BridgeFault(Exception):
    """Our own end of the pipe failed: never the student's fault."""


class SuiteMisuse(Exception):
    """A suite asks the bridge for what it does not do: writing into a handle, sending an object of the judge's."""


def failure(reply: Raised, name: str) -> BaseException:
    """Return the exception that stands for what the student's code raised."""
    nearest = next((base for base in reply.bases if base in _BY_NAME or base in _OUTSIDE), None)
    if nearest == "NotImplementedError":
        missing = NameMissing(name)
        missing.stub = True
        missing.no_forward = 'missing the required "forward"' in reply.text  # torch's own words for a module without one
        missing.lines = reply.lines
        return missing
    if nearest == "MemoryError" or any(words in reply.text for words in OUT_OF_MEMORY):
        memory = MemoryLimit(reply.text)
        memory.name, memory.lines = name, reply.lines
        return memory
    if nearest is None or nearest in _OUTSIDE or reply.type_name in ("Skipped", "Failed", "Exit", "XFailed"):
        return Escaped(reply)
    error = _CLASSES[_BY_NAME[nearest]](reply.text)
    error.type_name, error.text, error.lines = reply.type_name, reply.text, reply.lines
    return error
