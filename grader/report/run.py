"""What one run in CI found, before any format: what was graded, what was not and why, and each failed check at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.judge.feedback import Told, tell
from grader.locale import mark, speaker
from grader.model import Cell, Judgement, place
from grader.report.student import places_in
from grader.report.terminal import NOTES
from grader.report.words import NOT_PYTHON, load_error_line

# How grave a finding is, gravest first; a check that is still to be written comes after what is wrong.
UNREADABLE, GATE, STOPPED, WRONG, TO_DO, REMARK = range(6)
STOPPING = ("run_time_error", "time_limit", "memory_limit", "output_limit")
FINE = ("accepted", "skipped", "not_run", "judge_error")
LEFT_OUT = mark("Not graded: {reason}.")
_CHECKS = mark("This file differs from the checks of the course. Those of the course were run.")
_SETTINGS = mark("This file differs from the settings of the course. Those of the course were used.")


class Graded(msgspec.Struct, frozen=True):
    """One judgement. `path` names the file from the repository's top, `edited` the student's copies that were changed.

    `names` are those that the exercise asks for.
    """

    judgement: Judgement
    short: str
    title: str
    path: str
    cells: tuple[Cell, ...] = ()
    edited: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether these are full marks: hidden checks that were not run count as less."""
        waiting = any(check.verdict == "not_run" for check in self.judgement.checks)
        return self.judgement.score == self.judgement.max_score and not waiting


class LeftOut(msgspec.Struct, frozen=True):
    """A file that was to be graded and was not, and why."""

    path: str
    reason: str


class Run(msgspec.Struct, frozen=True):
    """All of it. `notes` are sentences about the run itself. Everything in it is for students to read.

    `missing_points` are those of what is asked for and was not handed in: nobody has them, and they can be had.
    """

    graded: tuple[Graded, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = "en"
    missing_points: int = 0

    @property
    def score(self) -> float | None:
        """The points of what was graded, None where any of it has no score."""
        points = [graded.judgement.score for graded in self.graded]
        known = [p for p in points if p is not None]
        return sum(known) if len(known) == len(points) else None

    @property
    def max_score(self) -> int:
        """The points that what was graded can give, and what is missing."""
        return sum(graded.judgement.max_score for graded in self.graded) + self.missing_points

    @property
    def pending_points(self) -> float:
        """The points that may still come: while there are any, the score is not final."""
        return sum(graded.judgement.pending_points for graded in self.graded)

    @property
    def passed(self) -> bool:
        """Whether everything has full marks, and nothing was left out."""
        return not self.left_out and not self.missing_points and all(graded.full for graded in self.graded)


class Finding(msgspec.Struct, frozen=True):
    """Something at a line of a file; `line` is 0 where it has none, as in a notebook, or where it is about the whole file."""

    gravity: int
    path: str
    line: int
    title: str
    message: str
    key: str


def findings(run: Run) -> list[Finding]:
    """Return what a student should look at, gravest first, then in the order of the course."""
    found = [one for graded in run.graded for one in _of_graded(graded, run.language)]
    say = speaker(run.language)
    for left_out in run.left_out:
        message = say(LEFT_OUT).format(reason=left_out.reason)
        found.append(Finding(UNREADABLE, left_out.path, 0, left_out.path, message, f"left-out/{left_out.path}"))
    return sorted(found, key=lambda finding: finding.gravity)


def _of_graded(graded: Graded, language: str) -> Iterator[Finding]:
    judgement, say = graded.judgement, speaker(language)
    if judgement.load_error is not None:
        error = judgement.load_error
        message = f"{load_error_line(error, say)}\n{error.text}".rstrip()
        line = _line(graded, [place(error.label, error.line)])
        title = f"{graded.short}: {say(NOT_PYTHON)}"
        yield Finding(UNREADABLE, graded.path, line, title, message, f"{judgement.exercise}/load")
    for told in (tell(check, "student", language) for check in judgement.checks):
        if told.verdict not in FINE:
            yield Finding(
                _gravity(told), graded.path, _line_of(graded, told), f"{graded.short}: {told.title}", _message(told, language),
                f"{judgement.exercise}/{told.visibility}/{told.id}",
            )  # fmt: skip
    for number, note in enumerate(judgement.notes):
        if note.kind in ("passed_over", "killed") or (note.kind == "syntax" and judgement.load_error is None):
            message = say(NOTES[note.kind]).format(place=note.place, text=note.text)
            title = f"{graded.short}: {graded.title}"
            key = f"{judgement.exercise}/note/{number}"
            yield Finding(REMARK, graded.path, _line(graded, [note.place]), title, message, key)
    for file in graded.edited:
        title = f"{graded.short}: {graded.title}"
        yield Finding(
            REMARK, file, 0, title, say(about_edited(file)), f"{judgement.exercise}/edited/{file.rpartition('/')[2]}"
        )


def about_edited(file: str) -> str:
    """Return the sentence, to be said in a language, about a copy of the course's checks or settings that was changed."""
    return _SETTINGS if file.endswith(".toml") else _CHECKS


def _gravity(told: Told) -> int:
    if told.verdict == "missing":
        return TO_DO
    return GATE if told.gate else STOPPED if told.verdict in STOPPING else WRONG


def _message(told: Told, language: str) -> str:
    say = speaker(language)
    lines = [told.message]
    lines += [f"{say(label)}: {side}" for label, side in ((mark("expected"), told.expected), (mark("got"), told.got)) if side]
    lines += [f"{say(mark('Hint:'))} {told.hint}"] if told.hint else []
    return "\n".join(lines) or told.title


def _line_of(graded: Graded, told: Told) -> int:
    """Return the line where it raised, that a diagnosis names, or where what the title or the sentence names is defined."""
    places = [place(p.label, p.line) for p in reversed(told.places)]
    words = re.findall(r"\w+", told.title, re.ASCII)  # in Chinese no space parts a name from what follows
    names = [*words, *(word.removesuffix("s") for word in words), *re.findall(r"`(\w{1,80})`", told.message)]
    alone = graded.names if len(graded.names) == 1 else ()
    return _line(graded, [*places, told.message]) or _definition(graded.cells, [*names, *alone])


def _line(graded: Graded, texts: Sequence[str]) -> int:
    """Return the first line that a text names. Those of a notebook's cells are no lines of its file."""
    if not graded.path.lower().endswith(".py"):
        return 0
    return next((int(match["line"]) for text in texts for match in places_in(graded.cells, text)), 0)


def _definition(cells: Sequence[Cell], names: Sequence[str]) -> int:
    """Return the line of the last definition, at the top of a script, of the first of these names that has one."""
    if len(cells) != 1 or cells[0].label.startswith("cell "):
        return 0
    defined: dict[str, int] = {}
    for number, line in enumerate(cells[0].source.split("\n"), 1):
        if match := re.match(r"(?:class|def)[ \t]+(\w+)", line[:200]):
            defined[match[1]] = number
    return next((defined[name] for name in names if name in defined), 0)
