"""The pack: all that the judge needs of one exercise, with a digest, from a teacher's folders or a handout's file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from grader.bridge import secret
from grader.course.exercise import Course, ExerciseConfig, LimitSettings, Messages, messages_in
from grader.course.paths import CoursePaths, ExercisePaths
from grader.course.sealed import AGAIN, HiddenHalf, Sealed, Way, refuse_key, seal, unseal
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
        """Return the pack for who must not run hidden checks. Its digest is another: what it judges is not the same."""
        digest = hashlib.sha256(f"{self.digest} without hidden checks".encode()).hexdigest()
        return msgspec.structs.replace(self, hidden=None, absent=absent, digest=digest)


class PackFile(msgspec.Struct, frozen=True):
    """The packs of a handout: of each exercise what students may read, and what they may not, sealed or left out."""

    schema: str
    packs: dict[str, Pack | msgspec.Raw]
    sealed: dict[str, Sealed] = {}


SCHEMA = "grade/pack/v1"


def open_pack(course: Course, exercise: ExercisePaths) -> Pack:
    """Return an exercise's pack: built where `solutions/` is, read from the handout's file elsewhere.

    Checks that need a key are opened with the one in GRADE_KEY; without it the pack only lists them.
    """
    if course.paths.has_solutions:
        return build_pack(course, exercise)
    return read_pack(course, exercise.id)


def starters(course: Course, ids: Collection[str]) -> dict[str, str]:
    """Return the starters, as scripts, of those of these exercises that the course has."""
    return {exercise.id: open_pack(course, exercise).starter for exercise in course.exercises if exercise.id in ids}


def build_pack(course: Course, exercise: ExercisePaths) -> Pack:
    """Build a pack from both folders of an exercise."""
    return _joined(public_half(course, exercise), *_hidden_parts(exercise))


def public_half(course: Course, exercise: ExercisePaths) -> Pack:
    """Build what students may read of a pack. Its digest is the whole pack's."""
    texts = {path.name + part: _text(path) for part, path in _parts(exercise)}
    digest = hashlib.sha256(b"\0".join(f"{name}\0{text}".encode() for name, text in sorted(texts.items()))).hexdigest()
    config = course.configuration(exercise)
    return Pack(
        exercise=exercise.id,
        config=config,
        limits=config.limits.over(course.config.limits),
        course_seed=course.config.seed,
        starter=script_of(_text(exercise.reference), course.shown(exercise.reference)),
        visible=_text(exercise.visible_suite),
        hidden=None,
        props=_text(exercise.props[0]) if exercise.props[0].is_file() else "",
        messages=messages_in(exercise.messages[:1]),
        digest=digest,
        proven=proven_digests(course.paths).get(exercise.id) == digest,
    )


def _hidden_parts(exercise: ExercisePaths) -> tuple[str, str, Messages]:
    """Return suite, props and messages of an exercise's private folder: all of it that a pack ever holds."""
    props = exercise.props[1]
    return _text(exercise.hidden_suite), _text(props) if props.is_file() else "", messages_in(exercise.messages[1:])


def _joined(public: Pack, suite: str, props: str, messages: Messages) -> Pack:
    return msgspec.structs.replace(
        public,
        hidden=suite,
        props="\n\n".join(text for text in (public.props, props) if text),
        messages=public.messages.merged(messages),
        absent=(),
    )


def packs_as_file(course: Course, absent: Mapping[str, tuple[HiddenCheck, ...]], way: Way, key: str = "") -> bytes:
    """Return a handout's pack file for the exercises in `absent`, which lists the hidden checks of each."""
    packs: dict[str, Pack | msgspec.Raw] = {}
    sealed = {}
    for exercise in (e for e in course.exercises if e.id in absent):
        half = public_half(course, exercise)
        public = msgspec.json.encode(half.without_hidden(absent[exercise.id]))
        packs[exercise.id] = msgspec.Raw(public)
        if way != "none":
            hidden = HiddenHalf(hashlib.sha256(public).hexdigest(), half.digest, *_hidden_parts(exercise))
            sealed[exercise.id] = seal(hidden, key if way == "keyed" else "")
    return msgspec.json.encode(PackFile(SCHEMA, packs, sealed))


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


class _Schema(msgspec.Struct):
    schema: str


class _Read(msgspec.Struct):
    packs: dict[str, msgspec.Raw]
    sealed: dict[str, Sealed] = {}


def read_pack(course: Course, exercise: str) -> Pack:
    """Read one exercise's pack from a handout, with what the key in GRADE_KEY opens. Every damage is a `CourseError`."""
    file = course.shown(course.paths.pack_file)
    content = _decoded(course.paths.pack_file, file)
    if exercise not in content.packs:
        raise CourseError(f"{file}: it holds no checks of {exercise}.", "Is this folder part of the handout?")
    public = bytes(content.packs[exercise])
    try:
        pack = msgspec.json.decode(public, type=Pack)
    except msgspec.DecodeError as error:
        raise CourseError(f"{file}: {exercise} is damaged: {error}", AGAIN) from None
    sealed = content.sealed.get(exercise)
    if sealed is None:
        refuse_key(file, secret.key())
        return pack
    half = unseal(sealed, public, file, secret.key())
    if half is None:
        return pack
    return msgspec.structs.replace(_joined(pack, half.suite, half.props, half.messages), digest=half.digest)


def _decoded(path: Path, file: str) -> _Read:
    try:
        data = path.read_bytes()
        schema = msgspec.json.decode(data, type=_Schema).schema
        _refuse_other_versions(schema, file)
        return msgspec.json.decode(data, type=_Read)
    except FileNotFoundError:
        raise CourseError(
            "The checks of this course are not here: neither solutions/ nor exercises/course.pack.",
            "Ask your teacher for the handout of the course.",
        ) from None
    except OSError as error:
        raise CourseError(f"{file} cannot be read: {error.strerror}.", AGAIN) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} is damaged or cut off: {error}", AGAIN) from None


def _refuse_other_versions(schema: str, file: str) -> None:
    kind, _, version = schema.rpartition("/v")
    if schema == SCHEMA:
        return
    if kind != SCHEMA.rpartition("/v")[0] or not version.isdecimal():
        raise CourseError(f"{file}: this is no pack: {schema!r}.", AGAIN)
    if int(version) > int(SCHEMA.rpartition("/v")[2]):
        raise CourseError(
            f"{file}: it is of a newer format than this grade reads ({schema}; this one reads {SCHEMA}).",
            "Install the grade that came with it: pip install -r requirements.txt",
        )
    raise CourseError(
        f"{file}: it is of an older format than this grade reads ({schema}; this one reads {SCHEMA}).",
        "Ask your teacher for a new handout.",
    )
