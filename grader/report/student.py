"""What a student's report says, before any format: where they stand in each exercise, and why.

Every check passes through `tell`: nothing of a hidden one is here that a student may not see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from grader.course.exercise import Course
from grader.course.paths import short_name
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, Standing
from grader.judge.feedback import Told, tell
from grader.locale import Say, mark, retold, speaker
from grader.model import Cell, CriterionScore, Judgement, Student, place
from grader.report.reasons import Reasons
from grader.report.terminal import NOTES
from grader.report.visible import visible

WINDOW = 100  # characters before and after the place of a syntax error
# What a standing is called, and the colour in which a page says it.
STATES = {
    "missing": (mark("missing"), ""),
    "unjudged": (mark("not judged yet"), ""),
    "unscored": (mark("our fault"), "fault"),
    "unloadable": (mark("could not be loaded"), "bad"),
    "pending": (mark("points to come"), "wait"),
    "full": (mark("full marks"), "good"),
    "scored": (mark("scored"), ""),
}


class Row(msgspec.Struct, frozen=True):
    """One exercise in the summary. `points` is None where there are none, which is not 0."""

    short: str
    title: str
    points: float | None
    most: int
    state: str
    reasons: tuple[str, ...] = ()


class CriterionPart(msgspec.Struct, frozen=True):
    """A criterion with its checks, or with what a person says `by_hand`."""

    title: str
    points: float | None
    most: int
    checks: tuple[Told, ...] = ()
    by_hand: str = ""


class LoadErrorPart(msgspec.Struct, frozen=True):
    """Why nothing could be loaded: where, the sentence, the line, and what stands before the caret below it."""

    where: str
    message: str
    text: str
    before: str


class Part(msgspec.Struct, frozen=True):
    """All about the submission that counts. `marked` has the lines at fault, by the label of their cell."""

    row: Row
    file: str
    received_at: str
    notes: tuple[str, ...]
    printed: str
    load_error: LoadErrorPart | None
    criteria: tuple[CriterionPart, ...]
    cells: tuple[Cell, ...]
    marked: dict[str, tuple[int, ...]]
    met_a_limit: bool


class StudentReport(msgspec.Struct, frozen=True):
    """A whole report. `total` is out of `most`, over the exercises that have points; `without` names the others."""

    course: str
    student: Student
    rows: tuple[Row, ...]
    total: float
    most: int
    without: tuple[str, ...]
    parts: tuple[Part, ...]


class Records:
    """What all reports of a class are made from, read once; a judgement is read when a report needs it."""

    def __init__(self, book: Gradebook, view: ClassView, course: Course, language: str) -> None:
        self._book = book
        self._view = view
        self._language = language
        self._say = speaker(language)
        self._course = course.config.title.in_language(language)
        self._titles = {e.id: course.configuration(e).title.in_language(language) for e in course.exercises}
        self._reasons = Reasons(book, course, language)

    def report(self, student: Student) -> StudentReport:
        """Return a student's report."""
        standings = self._view.of_student(student.id)
        rows = tuple(map(self._row, standings))
        parts = [self._part(row, standing) for row, standing in zip(rows, standings, strict=True)]
        return StudentReport(
            course=self._course,
            student=student,
            rows=rows,
            total=self._view.total(student.id),
            most=sum(row.most for row in rows if row.points is not None),
            without=tuple(row.short for row in rows if row.points is None),
            parts=tuple(part for part in parts if part is not None),
        )

    def _row(self, standing: Standing) -> Row:
        return Row(
            short_name(standing.exercise),
            self._titles.get(standing.exercise, standing.exercise),
            standing.points,
            standing.max_score,
            _state(standing),
            tuple(self._reasons.of(standing)),
        )

    def _part(self, row: Row, standing: Standing) -> Part | None:
        last = standing.last
        if last is None or last.judgement is None:
            return None
        judgement = self._book.judgement(last.judgement)
        told = [tell(check, "student", self._language) for check in judgement.checks]
        cells = self._book.cells(judgement.sha256)
        return Part(
            row=row,
            file=last.file,
            received_at=last.received_at,
            notes=tuple(_notes(judgement, self._say)),
            printed="".join(note.text for note in judgement.notes if note.kind == "output"),
            load_error=_load_error(judgement, self._say),
            criteria=tuple(self._criterion(standing, scored, told) for scored in judgement.criteria),
            cells=cells,
            marked=_marked(cells, judgement, told),
            met_a_limit=any(t.verdict in ("time_limit", "memory_limit") for t in told),
        )

    def _criterion(self, standing: Standing, scored: CriterionScore, told: Sequence[Told]) -> CriterionPart:
        title = scored.title.in_language(self._language)
        if self._reasons.is_by_hand(standing.exercise, scored.id):
            words = self._reasons.by_hand(standing, scored.id, scored.max_points)
            return CriterionPart(title, standing.hand.get(scored.id), scored.max_points, by_hand=words)
        checks = tuple(t for t in told if t.criterion == scored.id)
        return CriterionPart(title, scored.points, scored.max_points, checks)


def places_in(cells: Sequence[Cell], text: str) -> Iterator[re.Match[str]]:
    """Yield where a text names a line of these cells, as `place` writes it, with the groups `label` and `line`."""
    labels = "|".join(re.escape(cell.label) for cell in cells)
    return re.finditer(rf"(?<!\w)(?P<label>{labels})(?::|, line )(?P<line>[0-9]{{1,6}})", text) if labels else iter(())


def _state(standing: Standing) -> str:
    last = standing.last
    if last is not None and last.judgement is None:
        return "unjudged"
    if last is not None and last.score is not None and not last.loaded:
        return "unloadable"
    if standing.state == "scored" and standing.points == standing.max_score:
        return "full"
    return standing.state


def _notes(judgement: Judgement, say: Say) -> Iterator[str]:
    for note in judgement.notes:
        told_above = judgement.load_error is not None and note.kind == "syntax"
        if note.kind != "output" and not told_above:
            yield say(NOTES[note.kind]).format(place=note.place, text=note.text)


def _load_error(judgement: Judgement, say: Say) -> LoadErrorPart | None:
    error = judgement.load_error
    if error is None:
        return None
    column = max(error.column - 1, 0)
    start = max(column - WINDOW, 0)
    text = error.text.rstrip("\n").replace("\n", " ")[start : column + WINDOW]
    before = "".join(map(_blank, visible(text[: column - start])))
    return LoadErrorPart(place(error.label, error.line), retold(error.message, say), text, before)


def _blank(character: str) -> str:
    """Return a space as wide as a character."""
    wide = unicodedata.east_asian_width(character) in "WF"
    return "\t" if character == "\t" else "\N{IDEOGRAPHIC SPACE}" if wide else " "


def _marked(cells: Sequence[Cell], judgement: Judgement, told: Sequence[Told]) -> dict[str, tuple[int, ...]]:
    """Return the lines where it raised, that a diagnosis names, that could not be loaded or were passed over."""
    texts = [t.message for t in told] + [note.place for note in judgement.notes if note.kind not in ("output", "magic")]
    texts += [place(p.label, p.line) for t in told for p in t.places]
    if judgement.load_error is not None:
        texts.append(place(judgement.load_error.label, judgement.load_error.line))
    found: dict[str, set[int]] = {}
    for match in (match for text in texts for match in places_in(cells, text)):
        found.setdefault(match["label"], set()).add(int(match["line"]))
    return {label: tuple(sorted(lines)) for label, lines in found.items()}
