"""The pack: all that the judge needs of one exercise, with a digest, from a teacher's folders or a handout's file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from grader.course.exercise import Course, ExerciseConfig, LimitSettings, Messages, read_messages
from grader.course.paths import CoursePaths, ExercisePaths
from grader.course.starter import script_of
from grader.errors import CourseError
from grader.model import Text, Visibility


class HiddenCheck(msgspec.Struct, frozen=True):
    """What a copy without hidden suites knows of a hidden check."""

    id: str
    title: Text
    criterion: str
    gate: bool


class Pack(msgspec.Struct, frozen=True):
    """The suites of one exercise. `hidden` is None where they are not here; then `absent` lists them."""

    exercise: str
    config: ExerciseConfig
    limits: LimitSettings
    course_seed: int
    starter: str
    visible: str
    hidden: str | None
    props: str
    messages: Messages
    digest: str
    proven: bool
    absent: tuple[HiddenCheck, ...] = ()

    def suites(self) -> dict[Visibility, str]:
        """Return the suites that are here."""
        return {"visible": self.visible, **({"hidden": self.hidden} if self.hidden is not None else {})}

    def without_hidden(self, absent: tuple[HiddenCheck, ...]) -> Pack:
        """Return the pack for who must not run hidden checks."""
        return msgspec.structs.replace(self, hidden=None, absent=absent)


class PackFile(msgspec.Struct, frozen=True):
    """The packs of a handout."""

    schema: str
    packs: dict[str, Pack]


SCHEMA = "grade/pack/v1"


def open_pack(course: Course, exercise: ExercisePaths) -> Pack:
    """Return an exercise's pack: built where `solutions/` is, read from the handout's file elsewhere."""
    if course.paths.has_solutions:
        return build_pack(course, exercise)
    return read_pack(course.paths, exercise.id)


def build_pack(course: Course, exercise: ExercisePaths) -> Pack:
    """Build a pack from both folders of an exercise."""
    config = course.configuration(exercise)
    texts = {path.name + part: _text(path) for part, path in _parts(exercise)}
    digest = hashlib.sha256(b"\0".join(f"{name}\0{text}".encode() for name, text in sorted(texts.items()))).hexdigest()
    return Pack(
        exercise=exercise.id,
        config=config,
        limits=config.limits.over(course.config.limits),
        course_seed=course.config.seed,
        starter=script_of(_text(exercise.reference), course.shown(exercise.reference)),
        visible=_text(exercise.visible_suite),
        hidden=_text(exercise.hidden_suite),
        props="\n\n".join(_text(path) for path in exercise.props if path.is_file()),
        messages=read_messages(exercise),
        digest=digest,
        proven=proven_digests(course.paths).get(exercise.id) == digest,
    )


def _parts(exercise: ExercisePaths) -> list[tuple[str, Path]]:
    parts = [("", exercise.config), ("", exercise.visible_suite), ("", exercise.hidden_suite)]
    return parts + [(str(i), path) for i, path in enumerate(exercise.props) if path.is_file()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{path}: this file is missing.", "`grade verify` shows what an exercise must have.") from None


def proven_digests(paths: CoursePaths) -> dict[str, str]:
    """Return the digests of the suites that `grade verify` has passed, by exercise."""
    if not paths.proven_file.is_file():
        return {}
    return msgspec.json.decode(paths.proven_file.read_bytes(), type=dict[str, str])


def read_pack(paths: CoursePaths, exercise: str) -> Pack:
    """Read one exercise's pack from a handout."""
    if not paths.pack_file.is_file():
        raise CourseError(
            "The checks of this course are not here: neither solutions/ nor exercises/course.pack.",
            "Ask your teacher for the handout of the course.",
        )
    try:
        packs = msgspec.json.decode(paths.pack_file.read_bytes(), type=PackFile)
    except msgspec.DecodeError as error:
        raise CourseError(f"{paths.pack_file}: this is no pack: {error}", "Get the handout again.") from None
    if packs.schema != SCHEMA or exercise not in packs.packs:
        raise CourseError(f"{paths.pack_file}: it holds no checks of {exercise} that this version reads.")
    return packs.packs[exercise]
