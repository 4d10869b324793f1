"""`course.toml`, `exercise.toml` and `messages.zh.toml`: read, checked against their types, errors with the place."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from grader.course.paths import ExercisePaths, shown
from grader.course.regular import course_text
from grader.errors import CourseError
from grader.model import Criterion, LatePolicy, Moment, Text

T = TypeVar("T")
# A worker imports it before the cage closes, and a pack may be of a student's making: nothing of theirs may be named here.
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


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into `kind`; `CourseError` with file and place where it does not fit, or cannot be read at all."""
    file, again = shown(path), "Correct the file at this place, and try again."
    text = course_text(path, missing="Put it back; another exercise's shows what stands in one.")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{file}: {error}", again) from None
    except msgspec.ValidationError as error:
        sentence, _, where = str(error).partition(" - at `$")
        place = where.strip("`").lstrip(".") or "the file"
        raise CourseError(f"{file}: {place}: {sentence}", again) from None


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
