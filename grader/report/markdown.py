"""A student's report as Markdown. What a student wrote stands in fences that it cannot leave, or has its signs escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.judge.feedback import Told
from grader.locale import speaker
from grader.model import Cell, place
from grader.report.student import STATES, Part, Row, StudentReport
from grader.report.terminal import SIGNS, VERDICTS
from grader.report.visible import shortened, visible
from grader.report.words import FOLDED, QUOTED, words

MAX_LINES, MAX_WIDTH = 2_000, 300
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_AT_THE_START = re.compile(r"^(\d*)([-+=.):])")
_ADDRESS = re.compile(r"[^\s|`]*(?:://|www\.|@)[^\s|`]*")  # some readers make links of these, escaped or not


def student_markdown(report: StudentReport, language: str) -> str:
    """Return the report's text."""
    return "\n".join(_Writer(report, language).lines()).rstrip("\n") + "\n"


class _Writer:
    def __init__(self, report: StudentReport, language: str) -> None:
        self._report = report
        self._say = speaker(language)
        self._words = words(language)
        self._checks = CheckWriter(language)

    def lines(self) -> Iterator[str]:
        report, word = self._report, self._words
        name = report.student.name or report.student.id
        yield from (f"# {inline(name)}", "")
        about = (report.course, report.student.id if report.student.name else "", report.student.section)
        yield from (" · ".join(inline(part) for part in about if part), "")
        total = word["total"].format(total=f"{report.total:g}", most=report.most) if report.most else word["no_total"]
        yield from (f"**{total}**", "")
        if report.without:
            yield from (inline(word["without"].format(exercises=", ".join(report.without))), "")
        if not report.rows:
            yield from (word["nothing"], "")
            return
        yield f"| {word['exercise']} | {word['points']} | {word['state']} | {word['notes']} |"
        yield "|---|---:|---|---|"
        for row in report.rows:
            reasons = " ".join(inline(reason) for reason in row.reasons)
            yield f"| {row.short} {inline(row.title)} | {_points(row)} | {self._say(STATES[row.state][0])} | {reasons} |"
        yield ""
        for part in report.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[str]:
        word = self._words
        yield from (f"## {part.row.short} {inline(part.row.title)}: {_points(part.row)}", "")
        handed_in = word["handed_in"].format(time=part.received_at[:16].replace("T", " ")) if part.received_at else ""
        yield from (" · ".join(piece for piece in (inline(part.file), handed_in) if piece), "")
        if part.load_error is not None:
            error = part.load_error
            yield from (f"**{word['not_loaded']}**", "", f"{inline(error.where)}: {inline(error.message)}", "")
            if error.text:
                yield from fenced(f"{error.text}\n{error.before}^")
        for note in part.notes:
            yield from (f"- {inline(note)}", "")
        for criterion in () if part.load_error is not None else part.criteria:
            points = "–" if criterion.points is None else f"{criterion.points:g}"
            yield from (f"### {inline(criterion.title)}: {points} / {criterion.most}", "")
            if criterion.by_hand:
                yield from (inline(criterion.by_hand), "")
            yield from self._checks.lines(criterion.checks)
        if part.met_a_limit:
            yield from (word["limit"], "")
        if part.printed.strip():
            yield from (word["printed_loading"], "", *fenced(shortened(part.printed, 24, 400)))
        yield from self._code(part.cells, part.marked)

    def _code(self, cells: Sequence[Cell], marked: dict[str, tuple[int, ...]]) -> Iterator[str]:
        yield from (f"### {self._words['your_code']}", "")
        for cell in cells:
            at_fault = marked.get(cell.label, ())
            source = cell.source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
            lines = [
                f"{'>' if number in at_fault else ' '}{number:5}  {shortened(line, 1, MAX_WIDTH)}".rstrip()
                for number, line in enumerate(source[:MAX_LINES], 1)
            ]
            yield from (inline(cell.label), "", *fenced("\n".join(lines)))


class CheckWriter:
    """Writes checks: those that failed with all that may be told of them under a heading, the others in a line each."""

    def __init__(self, language: str, level: int = 4) -> None:
        self._heading = "#" * level
        self._say = speaker(language)
        self._words = words(language)

    def lines(self, checks: Sequence[Told]) -> Iterator[str]:
        """Yield the lines."""
        for told in checks:
            if told.verdict not in FOLDED:
                yield from self._failed(told)
        folded = [f"- {self._title(told)}" for told in checks if told.verdict in FOLDED]
        yield from (*folded, "") if folded else ()

    def _title(self, told: Told) -> str:
        verdict = self._say(VERDICTS[told.verdict]) if told.verdict in VERDICTS else ""
        hidden = self._words["hidden"] if told.visibility == "hidden" else ""
        about = ", ".join(filter(None, (verdict, hidden)))
        return f"{SIGNS.get(told.verdict, ('✗', ''))[0]} {inline(told.title)}{f' ({about})' if about else ''}"

    def _failed(self, told: Told) -> Iterator[str]:
        word = self._words
        yield from (f"{self._heading} {self._title(told)}", "")
        for paragraph in shortened(told.message, 12, 600).split("\n"):
            yield from (sentence(paragraph), "")
        if told.example:
            yield from (word["try_it"], "", *fenced(shortened(told.example, 60, 4000), "python"))
        for label, side in ((word["expected"], told.expected), (word["got"], told.got)):
            if side:
                yield from (f"{label}:", "", *fenced(shortened(side, 12, 400)))
        if told.places:
            lines = [f"{place(p.label, p.line)}  {shortened(p.text, 1, 400)}".rstrip() for p in told.places]
            yield from (word["in_your_file"], "", *fenced("\n".join(lines)))
        if told.output.strip():
            yield from (word["printed"], "", *fenced(shortened(told.output, 24, 400)))
        if told.hint:
            yield from (f"**{word['hint']}** {sentence(told.hint)}", "")


def fenced(text: str, kind: str = "text") -> list[str]:
    """Return text as a code block whose fence is longer than any row of backticks in it."""
    seen = visible(text)
    fence = "`" * max(3, 1 + max((len(row) for row in re.findall(r"`+", seen)), default=0))
    return [f"{fence}{kind}", *seen.split("\n"), fence, ""]


def sentence(text: str) -> str:
    """Return a sentence in one line; what stands between backticks stays code."""
    text, pieces, end = shortened(text, 12, 600), [], 0
    for match in QUOTED.finditer(text):
        pieces += [inline(text[end : match.start()], begins=end == 0), match[0] if match[1].strip() else inline(match[0])]
        end = match.end()
    return visible("".join([*pieces, inline(text[end:], begins=end == 0)]))


def inline(text: str, *, begins: bool = True) -> str:
    """Return text in one line in which no sign has a meaning; what looks like an address becomes code, never a link."""
    line = visible(" ".join(shortened(text, 12, 600).split("\n")))
    pieces, end = [], 0
    for match in _ADDRESS.finditer(line):
        pieces += [_SPECIAL.sub(r"\\\1", line[end : match.start()]), f"`{match[0]}`"]
        end = match.end()
    escaped = "".join([*pieces, _SPECIAL.sub(r"\\\1", line[end:])])
    return _AT_THE_START.sub(r"\1\\\2", escaped.lstrip()) if begins else escaped


def _points(row: Row) -> str:
    return f"{'–' if row.points is None else f'{row.points:g}'} / {row.most}"
