"""A class, or a run in CI, as JUnit XML, which CI systems read: a suite for each student and exercise.

Only what Jenkins' schema allows: points stand in the suite's properties, since a test case may have none there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO, TextIOBase
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import msgspec

from grader.course.paths import short_name
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, Standing
from grader.judge.feedback import Told, tell
from grader.locale import speaker
from grader.model import Audience, Judgement, place
from grader.report.final import LeftOut, Written, in_order, left_out
from grader.report.harmless import legal
from grader.report.run import LEFT_OUT, Run

LOADING = "the file can be loaded"
KINDS = {"accepted": "", "skipped": "skipped", "not_run": "skipped", "judge_error": "error"}


def write(
    out: TextIOBase, book: Gradebook, view: ClassView, exercises: tuple[str, ...], audience: Audience, language: str
) -> Written:
    """Write the suites, one judgement in memory at a time. What was not judged is left out: no suite is no success."""
    count = 0
    notes: list[LeftOut] = []
    with _suites(out) as xml:
        for _, standing in in_order(view, exercises):
            last = standing.last
            if last is None or last.judgement is None:
                notes.append(left_out(standing))
                continue
            judgement = book.judgement(last.judgement)
            about = _About(
                f"{short_name(standing.exercise)}.{standing.student}", last.file, _properties(standing, last), last.received_at
            )
            _suite(xml, about, judgement, [tell(check, audience, language) for check in judgement.checks])
            count += 1
    return Written(count, "suites", tuple(notes))


def run_junit(run: Run) -> bytes:
    """Return the suites of one run in CI, a suite for each exercise, in UTF-8."""
    out = BytesIO()
    with _suites(out) as xml:
        for graded in run.graded:
            judgement = graded.judgement
            told = [tell(check, "student", run.language) for check in judgement.checks]
            _suite(xml, _About(graded.short, graded.path, _points(judgement)), judgement, told)
        for one in run.left_out:
            text = speaker(run.language)(LEFT_OUT).format(reason=one.reason)
            _write_suite(xml, _About(one.path, one.path), [("loading", LOADING, "failure", "not_graded", text)])
    return out.getvalue()


def refusal_junit(title: str, text: str) -> bytes:
    """Return the one case of a run that graded nothing: an error, which is no failed test."""
    out = BytesIO()
    with _suites(out) as xml:
        _write_suite(xml, _About("grade", ""), [("ci", title, "error", "not_graded", text)])
    return out.getvalue()


@contextmanager
def _suites(out: TextIOBase | BytesIO) -> Iterator[XMLGenerator]:
    """Begin a document, and end it when all suites are written."""
    xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("testsuites", _legal({"name": "grade"}))
    yield xml
    xml.characters("\n")
    xml.endElement("testsuites")
    xml.characters("\n")
    xml.endDocument()


class _About(msgspec.Struct, frozen=True):
    """What a suite says of itself."""

    name: str
    file: str
    properties: dict[str, str] = {}
    received_at: str = ""


def _suite(xml: XMLGenerator, about: _About, judgement: Judgement, told: Sequence[Told]) -> None:
    _write_suite(xml, about, [("loading", LOADING, *_loading(judgement)), *_cases(told)])


def _write_suite(xml: XMLGenerator, about: _About, cases: Sequence[tuple[str, str, str, str, str]]) -> None:
    kinds = Counter(kind for _, _, kind, _, _ in cases)
    attributes = {"name": about.name, "tests": str(len(cases)), "failures": str(kinds["failure"]),
                  "errors": str(kinds["error"]), "skipped": str(kinds["skipped"]), "file": about.file}  # fmt: skip
    if about.received_at:
        when = datetime.fromisoformat(about.received_at).astimezone(UTC).replace(tzinfo=None)
        attributes["timestamp"] = when.isoformat(timespec="seconds")
    xml.characters("\n ")
    xml.startElement("testsuite", _legal(attributes))
    xml.startElement("properties", _legal({}))
    for name, value in about.properties.items():
        xml.startElement("property", _legal({"name": name, "value": value}))
        xml.endElement("property")
    xml.endElement("properties")
    for group, title, kind, verdict, text in cases:
        xml.characters("\n  ")
        xml.startElement("testcase", _legal({"classname": f"{about.name}.{group}", "name": title}))
        if kind:
            xml.startElement(kind, _legal({"type": verdict, "message": next(iter(text.splitlines()), verdict)}))
            xml.characters(legal(text))
            xml.endElement(kind)
        xml.endElement("testcase")
    xml.characters("\n ")
    xml.endElement("testsuite")


def _properties(standing: Standing, last: Attempt) -> dict[str, str]:
    return {
        "student": standing.student,
        "exercise": standing.exercise,
        "state": standing.state,
        "points": "" if standing.points is None else f"{standing.points:g}",
        "max_points": str(standing.max_score),
        "pending_points": f"{standing.pending_points:g}",
        "score": "" if last.score is None else f"{last.score:g}",
        "penalty_percent": f"{100 * standing.penalty:g}",
        "correction": f"{standing.adjusted:g}",
        "sha256": last.sha256,
    }


def _points(judgement: Judgement) -> dict[str, str]:
    return {
        "exercise": judgement.exercise,
        "score": "" if judgement.score is None else f"{judgement.score:g}",
        "max_points": str(judgement.max_score),
        "pending_points": f"{judgement.pending_points:g}",
        "sha256": judgement.sha256,
    }


def _loading(judgement: Judgement) -> tuple[str, str, str]:
    """Return how the case of loading came out: without it, a file that cannot be read would have no failure at all."""
    if judgement.load_error is not None:
        error = judgement.load_error
        return "failure", "load_error", f"{place(error.label, error.line)}: {error.message}\n{error.text}"
    if judgement.score is None and not any(check.verdict == "judge_error" for check in judgement.checks):
        return "error", "judge_error", "our fault: this could not be judged"
    return "", "", ""


def _cases(told: Sequence[Told]) -> list[tuple[str, str, str, str, str]]:
    """Return each check as its criterion, name, kind of outcome, verdict and text. No two cases have the same name."""
    titles = Counter((check.criterion, check.title) for check in told)
    return [
        (
            check.criterion,
            check.title if titles[check.criterion, check.title] == 1 else f"{check.title} [{check.id}]",
            KINDS.get(check.verdict, "failure"),
            check.verdict,
            _text(check),
        )
        for check in told
    ]


def _text(told: Told) -> str:
    places = [f"{place(p.label, p.line)}  {p.text}".rstrip() for p in told.places]
    sides = [f"expected: {told.expected}" if told.expected else "", f"got: {told.got}" if told.got else ""]
    return "\n".join(part for part in (told.message, *sides, *places, told.example, told.output, told.hint) if part)


def _legal(attributes: dict[str, str]) -> AttributesImpl[str]:
    return AttributesImpl({name: legal(value) for name, value in attributes.items()})
