"""What an exception out of a check means: a verdict and a reason, as a pure function."""

from __future__ import annotations

import re

import torch

from grader.bridge import failures as f
from grader.bridge.transcript import literal
from grader.model import Failure, Place, Text, Verdict
from grader.suite.assertions import Mismatch

MAX_TEXT = 600


def judge_outcome(error: BaseException, *, proven: bool) -> tuple[Verdict, Failure]:
    """Return verdict and reason for what came out of a check's body.

    A `proven` suite has been held against known right and wrong answers, so what comes out of it is the submission's doing.
    An unproven one may itself be wrong: then an exception that no student's code raised is a fault of ours.
    """
    if isinstance(error, Mismatch):
        return "wrong_answer", _mismatch(error)
    if isinstance(error, f.StudentError):
        return "run_time_error", _student_error(error)
    if isinstance(error, f.Abort):
        return _abort(error)
    if isinstance(error, f.BridgeFault) or not proven or not isinstance(error, Exception):
        return "judge_error", Failure("fault", text=f"{type(error).__name__}: {error}"[:MAX_TEXT])
    return "wrong_answer", _strange(error)


def _mismatch(error: Mismatch) -> Failure:
    expected, got = render(error.expected), render(error.got)
    if expected == got and error.kind == "values":  # they differ in digits that are not worth showing otherwise
        expected, got = render(error.expected, digits=17), render(error.got, digits=17)
    return Failure(
        error.kind,
        subject=Text(error.subject),
        expected=expected,
        got=got,
        where=error.where,
        places=_places(error.__cause__) if error.kind == "wrong_error" else (),
    )


def _student_error(error: f.StudentError) -> Failure:
    return Failure(
        "raised",
        name=error.type_name,
        builtin=next((k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins"), "Exception"),
        text=error.text[:MAX_TEXT],
        places=_places(error),
    )


def _abort(error: f.Abort) -> tuple[Verdict, Failure]:
    places = _places(error)
    text = str(error)[:MAX_TEXT]
    match error:
        case f.NameMissing(barred=part) if part:
            return "missing", Failure("barred", name=error.name, got=part, where=error.line)
        case f.NameMissing(no_forward=True):
            return "missing", Failure("no_forward", name=error.name, places=places)
        case f.NameMissing(stub=True):
            return "missing", Failure("stub", name=error.name, places=places)
        case f.NameMissing():
            return "missing", Failure("absent", name=error.name, others=error.others)
        case f.NameGivenUp():
            return "skipped", Failure("given_up", name=error.name)
        case f.TimeLimit():
            return "time_limit", Failure("time_limit", name=error.name, text=text)
        case f.OutputLimit():
            return "output_limit", Failure("output_limit", name=error.name)
        case f.MemoryLimit():
            return "memory_limit", Failure("memory_limit", name=error.name, places=places)
        case f.Escaped(type_name="AssertionError"):
            return "run_time_error", Failure("asserted", text=error.text[:MAX_TEXT], places=places)
        case f.Escaped():
            return "run_time_error", Failure("escaped", name=error.type_name, text=error.text[:MAX_TEXT], places=places)
    return "run_time_error", Failure("died", name=error.name, text=text)


def _strange(error: Exception) -> Failure:
    """An answer of a kind that the check could not work with."""
    text = str(error)
    if "does not require grad" in text:
        return Failure("detached", subject=Text("the output"))
    if "NoneType" in text:
        return Failure("not_a_tensor", subject=Text("the output"), got="NoneType", text=text[:MAX_TEXT])
    if type(error).__name__ in ("Flaky", "FlakyFailure", "FlakyReplay"):
        return Failure("flaky")
    return Failure("strange", text=f"{type(error).__name__}: {text}"[:MAX_TEXT])


def _places(error: BaseException | None) -> tuple[Place, ...]:
    return tuple(Place(line.label, line.line, line.text) for line in getattr(error, "lines", ()))


def render(thing: object, digits: int = 6) -> str:
    """Write one side of a comparison, short: its numbers with so many digits after the point, 17 for all of them."""
    if thing is None:
        return ""
    if isinstance(thing, torch.Tensor):
        small = thing.detach() if thing.numel() <= 24 else None
        if small is not None:
            rounded = small
            if small.is_floating_point() and digits < 17:
                rounded = small.to(torch.float64).round(decimals=digits) + 0.0  # no -0.
            text = literal(rounded).replace(", dtype=torch.float64", "").replace("torch.tensor", "tensor")
            return re.sub(r"float\('(\S+)'\)", r"\1", text)
        return f"a tensor of shape {tuple(thing.shape)}, {str(thing.dtype).removeprefix('torch.')}"
    return str(thing)[:MAX_TEXT] if isinstance(thing, str) else repr(thing)[:MAX_TEXT]
