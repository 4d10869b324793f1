"""`course.toml`, `exercise.toml` and `messages.zh.toml`: read, checked against their types, errors with the place."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from grader.course.paths import CoursePaths, ExercisePaths, find_course
from grader.errors import CourseError, UsageError
from grader.model import ClassRules, Criterion, ExerciseRules, LatePolicy, Moment, Text

T = TypeVar("T")
# A worker imports it before the cage closes, and this file may be a student's copy: nothing of theirs may be named here.
PartOfTorch = Annotated[str, msgspec.Meta(pattern=r"^torch(\.\w+)*$")]


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits as a course or an exercise sets them; what is not set is inherited."""

    load_seconds: float | None = None
    request_seconds: float | None = None
    submission_seconds: float | None = None
    cpu_seconds: int | None = None
    memory_mib: int | None = None

    def over(self, below: LimitSettings) -> LimitSettings:
        """Return these settings, what is not set taken from `below`."""
        mine, theirs = msgspec.structs.asdict(self), msgspec.structs.asdict(below)
        return LimitSettings(**{key: theirs[key] if mine[key] is None else mine[key] for key in mine})

    def given(self) -> dict[str, Any]:
        """Return the settings that are set."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value is not None}


class CourseConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`course.toml`. `due` is by exercise; without `late`, lateness is shown and costs nothing."""

    title: Text
    seed: int
    limits: LimitSettings = LimitSettings()
    due: dict[str, Moment] = {}
    late: LatePolicy = LatePolicy()
    missing_is_zero: bool = False


class HandoutConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[handout]`: the teacher's own files that may stay in a handout's folder: see `grader.author.handout_keep`."""

    keep: tuple[str, ...] = ()


class PrivateConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The half of `course.toml` that names students: it lies in `solutions/`. Longer due dates by student and exercise."""

    extensions: dict[str, dict[str, Moment]] = {}
    handout: HandoutConfig = HandoutConfig()


class CriterionConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[criteria]]` of an exercise."""

    id: str
    points: int
    title: Text
    all_or_nothing: bool = False
    by: Literal["judge", "hand"] = "judge"


class ExerciseConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`exercise.toml`. `barred` lists, for each asked name, the parts of torch that it may not be built from.

    A `draft` is still being written: what it lacks is told by `grade verify`, and fails nothing.
    """

    title: Text
    names: tuple[str, ...]
    criteria: tuple[CriterionConfig, ...]
    barred: dict[str, tuple[str, ...]] = {}
    hints: tuple[Text, ...] = ()
    limits: LimitSettings = LimitSettings()
    preimports: tuple[PartOfTorch, ...] = ()
    draft: bool = False

    def as_criteria(self) -> tuple[Criterion, ...]:
        """Return the criteria as nouns of the model."""
        return tuple(Criterion(c.id, c.title, c.points, c.all_or_nothing, c.by) for c in self.criteria)

    @property
    def max_score(self) -> int:
        """The points of all criteria."""
        return sum(c.points for c in self.criteria)


class Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`messages.zh.toml`: the Chinese of a suite, by the name of the check or diagnosis, or by the English words."""

    titles: dict[str, str] = {}
    hints: dict[str, str] = {}
    diagnoses: dict[str, str] = {}
    words: dict[str, str] = {}

    def merged(self, other: Messages) -> Messages:
        """Return both together; `other` wins."""
        return Messages(
            {**self.titles, **other.titles},
            {**self.hints, **other.hints},
            {**self.diagnoses, **other.diagnoses},
            {**self.words, **other.words},
        )


class Course:
    """A course: its paths, its settings, and its exercises by name."""

    def __init__(self, paths: CoursePaths) -> None:
        self.paths = paths
        self.config = read_toml(paths.course_file, CourseConfig)
        self.exercises = [paths.exercise(folder.name) for folder in paths.exercise_folders()]

    @classmethod
    def around(cls, start: Path) -> Course:
        """Return the course that a folder lies in."""
        return cls(find_course(start))

    def find(self, word: str) -> ExercisePaths:
        """Return the exercise that `ex03`, `ex3`, `3` or the folder's name means; `UsageError` with a near miss named."""
        number = re.fullmatch(r"(?:ex)?0*(\d+)", word, re.IGNORECASE)
        for exercise in self.exercises:
            if word.lower() in (exercise.id.lower(), exercise.short.lower()):
                return exercise
            if number and int(number[1]) == int(exercise.short.removeprefix("ex")):
                return exercise
        names = [name for exercise in self.exercises for name in (exercise.short, exercise.id)]
        close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.5)
        nearest = close[0].partition("_")[0] if close else ""
        hint = f"Did you mean {nearest}?" if nearest else "`grade list` shows the exercises."
        raise UsageError(f"There is no exercise or command named {word!r}.", hint)

    def configuration(self, exercise: ExercisePaths) -> ExerciseConfig:
        """Read an exercise's settings."""
        return read_toml(exercise.config, ExerciseConfig)

    def preimports(self, exercises: Iterable[ExercisePaths]) -> tuple[str, ...]:
        """Return the parts of torch that workers for these exercises should have at hand."""
        return tuple(sorted({name for exercise in exercises for name in self.configuration(exercise).preimports}))

    def private(self) -> PrivateConfig:
        """Read the private half of the settings; there may be none."""
        return read_toml(self.paths.private_file, PrivateConfig) if self.paths.private_file.is_file() else PrivateConfig()

    def rules(self) -> ClassRules:
        """Return how this course reads a class's history. `CourseError` where a date is for no exercise of the course."""
        private, extensions = self.paths.private_file, self.private().extensions
        due = self._dates(self.config.due, self.paths.course_file, "due")
        exercises = {}
        for exercise in self.exercises:
            config = self.configuration(exercise)
            by_hand = {c.id: c.points for c in config.criteria if c.by == "hand"}
            exercises[exercise.id] = ExerciseRules(config.max_score, by_hand, due.get(exercise.id))
        extended = {s: self._dates(dates, private, f"extensions.{s}") for s, dates in extensions.items()}
        return ClassRules(exercises, self.config.late, extended, self.config.missing_is_zero)

    def _dates(self, dates: dict[str, datetime], file: Path, where: str) -> dict[str, datetime]:
        """Return dates by an exercise's id, whatever its author called it."""
        found = {}
        for word, date in dates.items():
            try:
                found[self.find(word).id] = date
            except UsageError as error:
                raise CourseError(f"{self.shown(file)}: {where}.{word}: {error.message}", error.hint) from None
        return found

    def shown(self, path: Path) -> str:
        """Return a path as people write it: from the course's folder, where it lies there."""
        return path.relative_to(self.paths.root).as_posix() if path.is_relative_to(self.paths.root) else str(path)


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into `kind`; `CourseError` with file and place where it does not fit."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except FileNotFoundError:
        raise CourseError(f"{path}: this file is missing.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: {error}") from None
    except msgspec.ValidationError as error:
        sentence, _, where = str(error).partition(" - at `$")
        raise CourseError(f"{path}: {where.strip('`').lstrip('.') or 'the file'}: {sentence}") from None


def read_messages(exercise: ExercisePaths) -> Messages:
    """Read an exercise's Chinese, public and private."""
    return messages_in(exercise.messages)


def messages_in(files: Sequence[Path]) -> Messages:
    """Read Chinese from files, as many of them as are there."""
    messages = Messages()
    for path in files:
        if path.is_file():
            messages = messages.merged(read_toml(path, Messages))
    return messages
