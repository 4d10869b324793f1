"""The pack: all that the judge needs of one exercise, with a digest, from a teacher's folders or a handout's file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from grader.bridge import secret
from grader.course.copies import digests
from grader.course.exercise import Course
from grader.course.pack_file import SCHEMA, Entry, Head, belonging, read_pack_file, written
from grader.course.paths import CoursePaths, ExercisePaths
from grader.course.regular import course_text
from grader.course.sealed import AGAIN, HiddenHalf, Way, refuse_key, seal, unseal
from grader.course.settings import ExerciseConfig, LimitSettings, Messages, messages_in
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


class PublicHalf(msgspec.Struct, frozen=True):
    """What a handout holds in clear of a pack, beside the settings: those are in the head of its file."""

    exercise: str
    starter: str
    visible: str
    props: str
    messages: Messages
    digest: str
    proven: bool
    absent: tuple[HiddenCheck, ...] = ()


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
    exercises = [exercise for exercise in course.exercises if exercise.id in absent]
    first_line = msgspec.json.encode(_head(course, exercises))
    entries = []
    for exercise in exercises:
        pack = public_half(course, exercise)
        without = pack.without_hidden(absent[exercise.id])
        public = msgspec.json.encode(PublicHalf(**{name: getattr(without, name) for name in PublicHalf.__struct_fields__}))
        sealed = None
        if way != "none":
            belongs = belonging(first_line, public)
            hidden = HiddenHalf(exercise.id, belongs, pack.digest, *_hidden_parts(exercise))
            sealed = seal(hidden, key if way == "keyed" else "")
        entries.append(Entry(exercise.id, msgspec.Raw(public), sealed))
    return written(first_line, entries)


def _head(course: Course, exercises: Sequence[ExercisePaths]) -> Head:
    due = course.due()
    return Head(
        schema=SCHEMA,
        course=msgspec.structs.replace(course.config, due={e.id: due[e.id] for e in exercises if e.id in due}),
        exercises={exercise.id: course.configuration(exercise) for exercise in exercises},
        files=digests(course, exercises),
    )


def _parts(exercise: ExercisePaths) -> list[tuple[str, Path]]:
    parts = [("", exercise.config), ("", exercise.visible_suite), ("", exercise.hidden_suite)]
    return parts + [(str(i), path) for i, path in enumerate(exercise.props) if path.is_file()]


def _text(path: Path) -> str:
    return course_text(path, missing="`grade verify` shows what an exercise must have.")


def proven_digests(paths: CoursePaths) -> dict[str, str]:
    """Return the digests of the suites that `grade verify` has passed, by exercise."""
    if not paths.proven_file.is_file():
        return {}
    return msgspec.json.decode(paths.proven_file.read_bytes(), type=dict[str, str])


def read_pack(course: Course, exercise: str) -> Pack:
    """Read one exercise's pack from a handout, with what the key in GRADE_KEY opens. Every damage is a `CourseError`."""
    file = course.shown(course.paths.pack_file)
    content = read_pack_file(course.paths.pack_file)
    if exercise not in content.entries:
        raise CourseError(f"{file}: it holds no checks of {exercise}.", AGAIN)
    entry = content.entries[exercise]
    try:
        public = msgspec.json.decode(entry.public, type=PublicHalf)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: {exercise} is damaged: {error}", AGAIN) from None
    if public.exercise != exercise:
        raise CourseError(f"{file}: it holds the checks of {public.exercise} as those of {exercise}: it was changed.", AGAIN)
    pack = _with_settings(public, content.head)
    if entry.sealed is None:
        refuse_key(file, secret.key())
        return pack
    belongs = belonging(content.first_line, bytes(entry.public))
    half = unseal(entry.sealed, exercise, belongs, file, secret.key())
    if half is None:
        return pack
    return msgspec.structs.replace(_joined(pack, half.suite, half.props, half.messages), digest=half.digest)


def _with_settings(public: PublicHalf, head: Head) -> Pack:
    config = head.exercises[public.exercise]
    return Pack(
        config=config,
        limits=config.limits.over(head.course.limits),
        course_seed=head.course.seed,
        hidden=None,
        **{name: getattr(public, name) for name in PublicHalf.__struct_fields__},
    )
