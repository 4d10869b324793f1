"""A student's report as one HTML page that loads nothing and runs nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import msgspec

from grader.judge.feedback import Told
from grader.locale import speaker
from grader.model import place
from grader.report.code import MAX_LINES, code_html
from grader.report.page import Markup, escape, render_page
from grader.report.student import STATES, CriterionPart, Part, StudentReport, places_in
from grader.report.terminal import VERDICTS
from grader.report.visible import shortened, visible
from grader.report.words import FOLDED, QUOTED, words

STYLES = ("base.css", "student.css")
_COLOURS = {"accepted": "good", "missing": "wait", "skipped": "", "not_run": "", "judge_error": "fault"}
_SIGNS = {"good": "✓", "bad": "✗", "wait": "○", "": "·", "fault": "!"}


class CheckView(msgspec.Struct, frozen=True):
    """A check as the page shows it. `told_before` is the cause that an earlier check of the exercise met already."""

    told: Told
    colour: str
    sign: str
    verdict: str
    paragraphs: tuple[Markup, ...]
    hint: Markup
    places: tuple[tuple[Markup, str], ...]
    told_before: bool


class CriterionView(msgspec.Struct, frozen=True):
    """A criterion as the page shows it: what failed lies open, what passed or was not tried is folded under one line."""

    part: CriterionPart
    open: tuple[CheckView, ...]
    folded: tuple[tuple[str, str, str, tuple[CheckView, ...]], ...]


def student_page(report: StudentReport, language: str) -> str:
    """Return the page's text."""
    say = speaker(language)
    return render_page(
        "student.html",
        STYLES,
        language,
        report=report,
        words=words(language),
        name=report.student.name or report.student.id,
        about=[word for word in (report.student.id if report.student.name else "", report.student.section) if word],
        states={state: (say(word), colour) for state, (word, colour) in STATES.items()},
        anchors={part.row.short: f"e{number}" for number, part in enumerate(report.parts, 1)},
        views=[_view(part, f"e{number}", language) for number, part in enumerate(report.parts, 1)],
        cut=functools.partial(shortened, width=400),
        of=_of,
    )


def _of(points: float | None, most: int) -> float:
    """Return a share from 0 to 100."""
    return 0.0 if not points or not most else round(100 * min(max(points / most, 0), 1), 1)


def _view(part: Part, anchor: str, language: str) -> dict[str, Any]:
    prose = Prose(part, anchor)
    code = [(cell.label, code_html(cell, part.marked.get(cell.label, ()), prose.anchors[cell.label])) for cell in part.cells]
    return {
        "part": part,
        "anchor": anchor,
        "prose": prose,
        "criteria": list(_criteria(part, prose, language)),
        "code": code,
    }


def _criteria(part: Part, prose: Prose, language: str) -> Iterator[CriterionView]:
    say, causes = speaker(language), set[str]()
    for criterion in part.criteria:
        checks = []
        for told in criterion.checks:
            checks.append(_check(told, prose, language, told_before=told.message in causes))
            if told.verdict not in FOLDED:
                causes.add(told.message)
        folded = []
        for verdict, (one, many) in FOLDED.items():
            if own := tuple(check for check in checks if check.told.verdict == verdict):
                sentence = say(one) if len(own) == 1 else say(many).format(count=len(own))
                folded.append((own[0].colour, own[0].sign, sentence, own))
        yield CriterionView(criterion, tuple(c for c in checks if c.told.verdict not in FOLDED), tuple(folded))


def _check(told: Told, prose: Prose, language: str, *, told_before: bool) -> CheckView:
    colour = _COLOURS.get(told.verdict, "bad")
    verdict = speaker(language)(VERDICTS[told.verdict]) if told.verdict in VERDICTS else ""
    silent = told.verdict in FOLDED
    return CheckView(
        told=told,
        colour=colour,
        sign=_SIGNS[colour],
        verdict=verdict,
        paragraphs=()
        if silent
        else tuple(prose(line) for line in shortened(told.message, 12, 600).split("\n") if line.strip()),
        hint=prose(told.hint),
        places=tuple((prose(place(p.label, p.line)), p.text) for p in told.places),
        told_before=told_before and not silent,
    )


class Prose:
    """Sentences as HTML: what stands between backticks is code, and a line that is named leads to it."""

    def __init__(self, part: Part, anchor: str) -> None:
        self._cells = part.cells
        self._lines = {cell.label: min(cell.source.count("\n") + 1, MAX_LINES) for cell in part.cells}
        self.anchors = {cell.label: f"{anchor}c{number}" for number, cell in enumerate(part.cells, 1)}

    def __call__(self, text: str) -> Markup:
        """Return a sentence; all but our own tags is escaped."""
        text, pieces, end = shortened(text, 12, 600), [], 0
        for match in QUOTED.finditer(text):
            pieces += [self._linked(text[end : match.start()]), Markup("<code>{}</code>").format(visible(match[1]))]
            end = match.end()
        return Markup("").join([*pieces, self._linked(text[end:])])

    def _linked(self, text: str) -> Markup:
        pieces, end = [], 0
        for match in places_in(self._cells, text):
            line, label = int(match["line"]), match["label"]
            if 1 <= line <= self._lines[label]:
                target = f"#{self.anchors[label]}-{line}"
                pieces += [escape(visible(text[end : match.start()])), _link(target, match[0])]
                end = match.end()
        return Markup("").join([*pieces, escape(visible(text[end:]))])


def _link(target: str, text: str) -> Markup:
    return Markup('<a class="place" href="{}">{}</a>').format(target, visible(text))
