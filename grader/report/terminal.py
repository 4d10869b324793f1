"""A judgement in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text as Rich

from grader.judge.feedback import Told, tell
from grader.locale import Say, mark, speaker
from grader.model import Audience, CriterionScore, Judgement, Note, place
from grader.report.hidden import about_hidden
from grader.report.words import NOT_PYTHON, NOT_SCORED, load_error_line

SIGNS = {"accepted": ("✓", "green"), "skipped": ("·", "dim"), "not_run": ("?", "dim"), "judge_error": ("!", "magenta")}
VERDICTS = {
    "wrong_answer": mark("wrong answer"),
    "run_time_error": mark("error"),
    "time_limit": mark("too slow"),
    "memory_limit": mark("too much memory"),
    "output_limit": mark("too much output"),
    "missing": mark("to do"),
    "skipped": mark("not tried"),
    "not_run": mark("not run"),
    "judge_error": mark("our fault"),
}
NOTES = {
    "passed_over": mark("{place} raised an error and was passed over: {text}"),
    "killed": mark("{place} had to be stopped and was passed over: {text}"),
    "magic": mark("{place} is a notebook command and was passed over."),
    "syntax": mark("{place} is not Python ({text}) and was passed over."),
}
MAX_OUTPUT_LINES = 12
UNBROKEN = "\ue000"  # a space that no line is broken at while text is wrapped: Rich breaks at a no-break space, too


class TerminalReport:
    """Writes judgements for one reader."""

    def __init__(self, console: Console, audience: Audience, language: str) -> None:
        self._console = console
        self._audience: Audience = audience
        self._language = language
        self._say: Say = speaker(language)

    def write(self, judgement: Judgement, title: str) -> None:
        """Write one judgement: the file, what happened while it was loaded, the checks by criterion, the points."""
        self._line(f"{judgement.file}  ·  {title}", "bold")
        self._write_notes(judgement.notes)
        if judgement.load_error is not None:
            self._write_load_error(judgement)
        told = [tell(check, self._audience, self._language) for check in judgement.checks]
        if judgement.load_error is None:
            for criterion in judgement.criteria:
                self._write_criterion(criterion, [t for t in told if t.criterion == criterion.id])
        self._write_total(judgement, told)

    # ---- parts --------------------------------------------------------------------------------------------------------

    def _write_notes(self, notes: Sequence[Note]) -> None:
        for note in notes:
            if note.kind == "output":
                self._indent(self._say(mark("Printed while your file was loaded:")), 2, "dim")
                self._block(note.text)
            else:
                self._indent(self._say(NOTES[note.kind]).format(place=note.place, text=note.text), 2, "dim")

    def _write_load_error(self, judgement: Judgement) -> None:
        error = judgement.load_error
        assert error is not None
        self._line("")
        self._line(self._say(NOT_PYTHON), "bold red")
        self._indent(load_error_line(error, self._say), 2)
        if error.text:
            self._indent(error.text, 4)
            self._indent(" " * (error.column - 1) + "^", 4, "red")

    def _write_criterion(self, criterion: CriterionScore, checks: Sequence[Told]) -> None:
        points = "–" if criterion.points is None or criterion.by == "hand" else f"{criterion.points:g}"
        full = criterion.points == criterion.max_points
        self._line("")
        title = criterion.title.in_language(self._language)
        self._line(f"{title}  {points}/{criterion.max_points}", "bold green" if full else "bold")
        if criterion.by == "hand":
            self._indent(self._say(mark("… A person gives these points.")), 2, "dim")
        for told in checks:
            self._write_check(told)

    def _write_check(self, told: Told) -> None:
        sign, style = SIGNS.get(told.verdict, ("✗", "red"))
        hidden = self._say(mark(" (hidden)")) if told.visibility == "hidden" else ""
        verdict = f"[{self._say(VERDICTS[told.verdict])}]".replace(" ", UNBROKEN) if told.verdict in VERDICTS else ""
        self._indent(f"{sign} {told.title}{hidden}  {verdict}", 2, style, hang=2)
        if told.verdict in ("accepted", "not_run", "skipped"):
            return
        for paragraph in told.message.splitlines():
            self._indent(paragraph, 6)
        for label, side in ((mark("expected"), told.expected), (mark("got"), told.got)):
            if side:
                self._indent(f"{self._say(label)}: {side}", 8, "dim")
        for where in told.places:
            self._indent(f"{place(where.label, where.line)}  {where.text}".rstrip(), 8, "dim")
        if told.example:
            self._indent(self._say(mark("Try it yourself:")), 6)
            self._block(told.example, 8)
        if told.output.strip():
            self._indent(self._say(mark("Printed by your code:")), 6)
            self._block(told.output, 8)
        if told.hint:
            label = self._say(mark("Hint:"))
            self._indent(f"{label} {told.hint}", 6, "cyan")

    def _write_total(self, judgement: Judgement, told: Sequence[Told]) -> None:
        say = self._say
        self._line("")
        if judgement.score is None:
            self._line(
                say(NOT_SCORED),
                "bold magenta",
            )
            if judgement.fault and self._audience == "teacher":
                self._indent(judgement.fault, 2)
            return
        full = judgement.score == judgement.max_score
        line = say(mark("Score: {score} of {most}")).format(score=f"{judgement.score:g}", most=judgement.max_score)
        self._line(line, "bold green" if full else "bold")
        hidden = [t for t in told if t.visibility == "hidden"]
        for sentence in about_hidden(judgement, say):
            self._line(sentence)
        waiting = any(t.verdict == "not_run" for t in hidden)
        if judgement.pending_points and not waiting:
            text = say(mark("{points} more points are for a person to give."))
            self._line(text.format(points=f"{judgement.pending_points:g}"))
        elif full and not waiting:
            text = say(mark("All {count} checks passed, {hidden} hidden ones among them."))
            self._line(text.format(count=len(told), hidden=len(hidden)), "green")
        if any(t.verdict in ("time_limit", "memory_limit") for t in told):
            self._line(say(mark("A time or memory limit was met: on another machine this may come out differently.")), "dim")

    # ---- lines --------------------------------------------------------------------------------------------------------

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Rich(text, style=style))

    def _indent(self, text: str, by: int, style: str = "", hang: int = 0) -> None:
        """Write a paragraph, indented; from its second line on by `hang` more."""
        for line in Rich(text).wrap(self._console, max(self._console.width - by - hang, 20)):
            self._console.print(Rich(" " * by + line.plain.replace(UNBROKEN, " ").rstrip(), style=style), soft_wrap=True)
            by, hang = by + hang, 0

    def _block(self, text: str, by: int = 4) -> None:
        lines = text.rstrip().splitlines()
        if len(lines) > MAX_OUTPUT_LINES * 3:
            lines = [*lines[:MAX_OUTPUT_LINES], "[...]", *lines[-MAX_OUTPUT_LINES:]]
        for line in lines:
            self._console.print(Rich(" " * by + line, style="dim"), soft_wrap=True)  # code is pasted: never broken
