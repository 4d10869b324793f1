"""What one reader may see of a check: the sentence, the example, both sides, the lines, the hint.

This is the one place that decides it, before any writer sees a word. A hidden check tells a student its title, an author's
diagnosis, a sentence without anything drawn, and the hint: no number, expected value, example, exception text or output.
"""

from __future__ import annotations

import builtins
import re

import msgspec

from grader.judge.explain import meaning
from grader.locale import Say, mark, speaker
from grader.model import Audience, CheckResult, Failure, Place


class Told(msgspec.Struct, frozen=True):
    """A check's result as one reader may see it."""

    id: str
    title: str
    criterion: str
    gate: bool
    visibility: str
    verdict: str
    message: str = ""
    hint: str = ""
    example: str = ""
    expected: str = ""
    got: str = ""
    places: tuple[Place, ...] = ()
    output: str = ""
    seconds: float = 0.0


# For each kind of failure: what a reader is told who may see what was drawn, and what one is told who may not.
SENTENCES: dict[str, tuple[str, str]] = {
    "shape": (mark("The shape of {subject} is {got}; it should be {expected}."), mark("The shape of {subject} is wrong.")),
    "dtype": (mark("The dtype of {subject} is {got}; it should be {expected}."), mark("The dtype of {subject} is wrong.")),
    "not_finite": (
        mark("There are values in {subject} that are infinite or not a number (NaN)."),
        mark("There are values in {subject} that are infinite or not a number (NaN)."),
    ),
    "values": (
        mark("Wrong values in {subject}: {count} of {total}, the first one at index {index}."),
        mark("Some values in {subject} are wrong."),
    ),
    "not_equal": (mark("For {subject} we got {got}; it should be {expected}."), mark("The answer for {subject} is wrong.")),
    "not_a_tensor": (
        mark("For {subject} a tensor is expected, but we got {thing}."),
        mark("For {subject} a tensor is expected, but we got {thing}."),
    ),
    "unchanged": (mark("Nothing changed in {subject}."), mark("Nothing changed in {subject}.")),
    "identity": (
        mark("Your code gives back its input as it is; nothing is computed."),
        mark("Your code gives back its input as it is; nothing is computed."),
    ),
    "constant": (
        mark("Your code gives back the same values for different inputs."),
        mark("Your code gives back the same values for different inputs."),
    ),
    "detached": (
        mark("No gradient can flow through {subject}: it is cut off from autograd."),
        mark("No gradient can flow through {subject}: it is cut off from autograd."),
    ),
    "no_gradient": (
        mark("{subject} is missing: nothing flows back there."),
        mark("{subject} is missing: nothing flows back there."),
    ),
    "not_same": (
        mark("{subject}: these should be one and the same object; what is written into one is not seen in the other."),
        mark("{subject}: these should be one and the same object."),
    ),
    "wrong_error": (
        mark("For {subject}, {expected} should be raised; your code raised {got}."),
        mark("For {subject}, your code raises the wrong kind of error."),
    ),
    "no_error": (
        mark("For {subject}, {expected} should be raised, but your code went on."),
        mark("For {subject}, your code should raise an error, but it went on."),
    ),
    "mean": (
        mark("The mean of {subject} is {got}; it should be about {expected}."),
        mark("The mean of {subject} is wrong."),
    ),
    "std": (
        mark("The standard deviation of {subject} is {got}; it should be about {expected}."),
        mark("The standard deviation of {subject} is wrong."),
    ),
    "distribution": (
        mark("The distribution of {subject} has the wrong shape."),
        mark("The distribution of {subject} has the wrong shape."),
    ),
    "range": (
        mark("The range of {subject} is {got}; it should be {expected}."),
        mark("The range of {subject} is wrong."),
    ),
    "proportion": (
        mark("The share of {subject} is {got}; it should be about {expected}."),
        mark("The share of {subject} is wrong."),
    ),
    "said": ("{subject}", "{subject}"),
    "raised": (mark("Your code raised {name}: {text}"), mark("Your code raised {builtin}.")),
    "escaped": (
        mark("Your code raised {name}, which ends a program or a test: leave that out."),
        mark("Your code raised an exception that ends a program or a test: leave that out."),
    ),
    "asserted": (mark("An `assert` in your code failed. {text}"), mark("An `assert` in your code failed.")),
    "died": (
        mark("Your code ended the Python process before it answered."),
        mark("Your code ended the Python process before it answered."),
    ),
    "time_limit": (
        mark("Your code took longer than it may. Is there a loop that never ends?"),
        mark("Your code took longer than it may. Is there a loop that never ends?"),
    ),
    "memory_limit": (
        mark("Your code asked for more memory than it may have."),
        mark("Your code asked for more memory than it may have."),
    ),
    "output_limit": (
        mark("Your code printed more than it may. Is there a print in a loop?"),
        mark("Your code printed more than it may. Is there a print in a loop?"),
    ),
    "absent": (mark("`{name}` is not defined yet."), mark("`{name}` is not defined yet.")),
    "misnamed": (mark("You define {others}; `{name}` is asked for."), mark("You define {others}; `{name}` is asked for.")),
    "stub": (
        mark("`{name}` is still to be written: it raises NotImplementedError."),
        mark("`{name}` is still to be written: it raises NotImplementedError."),
    ),
    "no_forward": (
        mark("`{name}` has no method `forward`. Is its name spelt right?"),
        mark("`{name}` has no method `forward`. Is its name spelt right?"),
    ),
    "no_forward_in_result": (
        mark("What `{name}` gives back cannot be called: an nn.ModuleList holds modules, an nn.Sequential applies them, too."),
        mark("What `{name}` gives back cannot be called: an nn.ModuleList holds modules, an nn.Sequential applies them, too."),
    ),
    "barred": (
        mark("This is torch's own {got} ({where}): build `{name}` yourself."),
        mark("This is torch's own {got} ({where}): build `{name}` yourself."),
    ),
    "given_up": (
        mark("Not tried: two earlier checks of `{name}` met a limit."),
        mark("Not tried: two earlier checks of `{name}` met a limit."),
    ),
    "gate": (
        mark("Not tried: first make the basic check of this part pass."),
        mark("Not tried: first make the basic check of this part pass."),
    ),
    "unloadable": (mark("Not tried: the file could not be loaded."), mark("Not tried: the file could not be loaded.")),
    "flaky": (
        mark("Your code answers the same call differently each time."),
        mark("Your code answers the same call differently each time."),
    ),
    "strange": (
        mark("Your code gave back something of another kind than is asked for ({text})."),
        mark("Your code gave back something of another kind than is asked for."),
    ),
    "fault": (
        mark("Our fault, not yours: this check could not be run. Your score is untouched."),
        mark("Our fault, not yours: this check could not be run. Your score is untouched."),
    ),
}
NOT_REPEATED = mark(
    "This depends on earlier calls: alone, in a fresh process, the check passes. Does your code keep something between calls?"
)
_BUILTINS = set(dir(builtins)) | {"NoneType", "Tensor", "Parameter", "Size"}


def tell(result: CheckResult, audience: Audience, language: str) -> Told:
    """Return what a reader may see of a check's result."""
    say = speaker(language)
    open_to_reader = audience == "teacher" or result.visibility == "visible"
    failure = result.failure
    told = Told(
        result.id,
        result.title.in_language(language),
        result.criterion,
        result.gate,
        result.visibility,
        result.verdict,
        seconds=result.seconds,
    )
    if failure is None:
        return told
    waiting = result.verdict in ("skipped", "missing", "judge_error")
    told = msgspec.structs.replace(
        told,
        message=_message(result, failure, open_to_reader, say, language),
        hint="" if waiting else result.hint.in_language(language),
    )
    if not open_to_reader:
        places = failure.places[-1:] if failure.kind in ("raised", "memory_limit", "escaped", "asserted") else ()
        return msgspec.structs.replace(told, places=tuple(Place(p.label, p.line) for p in places))
    if waiting:
        return told
    return msgspec.structs.replace(
        told,
        example=result.example,
        expected=failure.expected if failure.kind in ("values", "not_finite") else "",
        got=failure.got if failure.kind in ("values", "not_finite", "unchanged") else "",
        places=failure.places,
        output=result.output,
    )


def _message(result: CheckResult, failure: Failure, open_to_reader: bool, say: Say, language: str) -> str:
    parts = [_sentence(failure, open_to_reader, say, language)]
    if result.diagnosis is not None:
        parts.insert(0, result.diagnosis.in_language(language))
    elif failure.kind == "raised" and (known := meaning(failure.builtin, failure.text)):
        parts.insert(0, say(known))
    if not failure.repeats:
        parts.insert(0, say(NOT_REPEATED))
    return "\n".join(parts)


def _sentence(failure: Failure, open_to_reader: bool, say: Say, language: str) -> str:
    kind = "misnamed" if failure.kind == "absent" and failure.others else failure.kind
    if kind == "no_forward" and failure.name[:1].islower():  # a function's name: what it makes is a module without `forward`
        kind = "no_forward_in_result"
    count, _, rest = failure.where.partition("/")
    total, _, index = rest.partition("@")
    slots = {
        "subject": failure.subject.in_language(language),
        "name": failure.name,
        "others": ", ".join(f"`{other}`" for other in failure.others[:3]),
        "builtin": failure.builtin,
        "expected": failure.expected or ("None" if kind == "not_equal" else ""),
        "got": failure.got or ("None" if kind == "not_equal" else ""),
        "where": failure.where,
        "text": failure.text,
        "thing": _thing(failure.got, open_to_reader, say),
        "count": count,
        "total": total,
        "index": index,
    }
    any_error = failure.expected == "Exception"  # no class is asked for, so none is named
    template = SENTENCES[kind][0 if open_to_reader and not any_error else 1]
    if kind == "values" and total == "1":
        template = mark("The value of {subject} is wrong.") if open_to_reader else template
    sentence = _spaced(say(template) if template != "{subject}" else template, slots["subject"]).format(**slots)
    first = sentence.split(" ", 1)[0]
    return sentence[:1].upper() + sentence[1:] if language == "en" and first.isalpha() else sentence  # no name of code


def _spaced(template: str, subject: str) -> str:
    """Keep Latin letters and code at the ends of a subject apart from Chinese characters around it."""
    if subject[-1:].isascii() and not subject[-1:].isspace():
        template = re.sub(r"\{subject\}(?=[\u4e00-\u9fff])", "{subject} ", template)
    return re.sub(r"(?<=[\u4e00-\u9fff])\{subject\}", " {subject}", template) if subject[:1].isascii() else template


def _thing(type_name: str, open_to_reader: bool, say: Say) -> str:
    """Name a type: to a student of a hidden check only where the name is no message of their own code's."""
    if type_name == "NoneType":
        return "None"
    return type_name if open_to_reader or type_name in _BUILTINS else say(mark("something else"))
