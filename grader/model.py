"""The nouns of the project, frozen, without input or output."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Verdict = Literal[
    "accepted",
    "wrong_answer",
    "run_time_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "missing",
    "skipped",
    "not_run",
    "judge_error",
]
LIMITS: tuple[Verdict, ...] = ("time_limit", "memory_limit", "output_limit")
Visibility = Literal["visible", "hidden"]
Audience = Literal["student", "teacher"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Text(msgspec.Struct, frozen=True):
    """A sentence of a course's author, in both languages; an empty Chinese one means that there is none yet."""

    en: str = ""
    zh: str = ""

    def in_language(self, language: str) -> str:
        """Return it in `en` or `zh`."""
        return self.zh or self.en if language == "zh" else self.en


class Cell(msgspec.Struct, frozen=True):
    """A piece of source and what its lines are called: `ex04.py`, or `cell 3` of a notebook."""

    label: str
    source: str


class Submission(msgspec.Struct, frozen=True):
    """What one student handed in for one exercise.

    `received_at` is ISO 8601 in UTC, empty where nothing says when; then `seen_at` is the time of the download that held it,
    which puts submissions in order and says nothing of lateness. `marked_late` is the word of the system that took it in.
    `together` names all members where a group handed it in: each of them has a submission of their own. With `file_time`,
    `received_at` is no more than the time of the file, which a copy of it may not keep.
    """

    exercise: str
    file: str
    cells: tuple[Cell, ...]
    sha256: str
    student: str = ""
    received_at: str = ""
    marked_late: bool = False
    together: tuple[str, ...] = ()
    seen_at: str = ""
    file_time: bool = False


class Student(msgspec.Struct, frozen=True):
    """Someone of a class, as a roster or a learning system names them; `id` is what their submissions are filed under."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""


class Criterion(msgspec.Struct, frozen=True):
    """A graded aspect of an exercise. One that a person grades `by` hand has no checks, and is pending until then."""

    id: str
    title: Text
    points: int
    all_or_nothing: bool = False
    by: Literal["judge", "hand"] = "judge"


class Place(msgspec.Struct, frozen=True):
    """A line of the student's file on the way to an exception."""

    label: str
    line: int
    text: str = ""


def place(label: str, line: int) -> str:
    """Write a place in a submission: `ex04.py:12`, `cell 3, line 4`."""
    return f"{label}, line {line}" if label.startswith("cell ") else f"{label}:{line}"


class Failure(msgspec.Struct, frozen=True):
    """Why a check was not passed. `kind` chooses the sentence (`grader.judge.feedback`); the rest fills it.

    `expected`, `got`, `where` and `text` may hold drawn values and the student's words: never for a hidden check's reader.
    """

    kind: str
    subject: Text = Text()
    name: str = ""
    others: tuple[str, ...] = ()
    builtin: str = ""
    expected: str = ""
    got: str = ""
    where: str = ""
    text: str = ""
    places: tuple[Place, ...] = ()
    repeats: bool = True


class CheckResult(msgspec.Struct, frozen=True):
    """What became of one check."""

    id: str
    title: Text
    criterion: str
    gate: bool
    visibility: Visibility
    verdict: Verdict
    failure: Failure | None = None
    diagnosis: Text | None = None
    diagnosed_by: str = ""
    hint: Text = Text()
    example: str = ""
    output: str = ""
    seconds: float = 0.0


class LoadError(msgspec.Struct, frozen=True):
    """Why a submission could not be loaded at all; `verdict` is there where reading it was stopped, and says by what."""

    label: str
    line: int
    column: int
    text: str
    message: str
    verdict: Verdict | None = None


class Note(msgspec.Struct, frozen=True):
    """Something that happened while a submission was loaded and that cost it nothing: a statement passed over, output.

    `verdict` is there where a statement was stopped: a limit, or `run_time_error` where it ended its process.
    """

    kind: Literal["passed_over", "killed", "magic", "syntax", "output"]
    place: str = ""
    text: str = ""
    verdict: Verdict | None = None


class CriterionScore(msgspec.Struct, frozen=True):
    """Points of one criterion; `points` is None where the judgement is unscored. `hidden` of them hang on hidden checks."""

    id: str
    title: Text
    points: float | None
    pending: float
    max_points: int
    by: Literal["judge", "hand"] = "judge"
    hidden: float = 0.0


class Usage(msgspec.Struct, frozen=True):
    """What a judging used."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mib: float = 0.0


class Judgement(msgspec.Struct, frozen=True):
    """One grading of one submission."""

    exercise: str
    file: str
    sha256: str
    load_error: LoadError | None
    notes: tuple[Note, ...]
    score: float | None
    pending_points: float
    max_score: int
    criteria: tuple[CriterionScore, ...]
    checks: tuple[CheckResult, ...]
    seed: int
    suite_digest: str
    versions: dict[str, str]
    walls: tuple[tuple[str, bool, str], ...] = ()
    fault: str = ""
    usage: Usage = Usage()


class LatePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lateness costs: percent of the points for each day begun after the due date, at most `cap` percent.

    Up to `grace_minutes` nothing is taken; after them days count from the due date itself.
    """

    per_day: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    grace_minutes: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    cap: Annotated[float, msgspec.Meta(ge=0, le=100)] = 100.0


class ExerciseRules(msgspec.Struct, frozen=True):
    """What a view over a class must know of an exercise: its points, those that a person gives by criterion, its due date."""

    max_score: int
    by_hand: dict[str, int] = {}
    due: datetime | None = None


class ClassRules(msgspec.Struct, frozen=True):
    """How a class's history is read: never part of a judgement. `extensions` are due dates by student and exercise."""

    exercises: dict[str, ExerciseRules]
    late: LatePolicy = LatePolicy()
    extensions: dict[str, dict[str, datetime]] = {}
    missing_is_zero: bool = False
