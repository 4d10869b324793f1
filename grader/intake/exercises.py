"""Which exercise a file answers: its own name says so, or its folder's, or it is the only one that was asked for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.locale import filled, mark

_WORD = re.compile(r"(?<![a-z0-9])ex[ _-]?0*([0-9]+)(?![a-z0-9])", re.IGNORECASE)
_COPY = re.compile(r"(?: ?\(([0-9]{1,3})\)|[-_]([0-9]{1,3}))$")
_NONE = mark("no exercise has this name")
_BESIDE = mark("a file beside it is called {exercise}")
_SEVERAL = mark("no exercise has this name, and it is not the only file that may be {exercise}")

Rank = tuple[int, int]
_EXACT, _BEGINS, _HOLDS, _FOLDER, _ONLY = 2, 1, 0, -1, -2


class Asked(msgspec.Struct, frozen=True):
    """A file that may answer an exercise: whose it is, and its path within what they handed in."""

    by: tuple[str, ...]
    inside: str


class Answer(msgspec.Struct, frozen=True):
    """The exercise that a file answers, None with the reason; of files alike in time, the highest rank counts."""

    exercise: ExercisePaths | None
    reason: str = ""
    rank: Rank = (0, 0)


def answers(course: Course, files: Sequence[Asked], only: Collection[str] = ()) -> list[Answer]:
    """Return what each file answers. `only` are the exercises asked for, by id: a single one settles what names leave open.

    A name that begins with the exercise's is taken first; one that merely holds it, where nothing better lies beside it; then
    the name of a folder with no other file in it; last the exercise asked for, where the student has one file that may be it.
    """
    found = [_named(course, PurePosixPath(file.inside).stem) for file in files]
    _drop_second_best(files, found)
    _ask_folders(course, files, found)
    exercise = next((e for e in course.exercises if [e.id] == list(only)), None)
    if exercise is not None:
        _ask_caller(exercise, files, found)
    return [answer or Answer(None, _NONE) for answer in found]


def begins_with_exercise(name: str) -> bool:
    """Whether a folder is called as an exercise, rather than as a student."""
    return _WORD.match(name) is not None


def _named(course: Course, name: str) -> Answer | None:
    copy = _COPY.search(name)
    plain = _COPY.sub("", name) if copy else name
    for exercise in course.exercises:
        if plain.lower() in (exercise.short.lower(), exercise.id.lower()):
            return Answer(exercise, rank=(_EXACT, int(copy[1] or copy[2]) if copy else 0))
    numbers = [int(number) for number in _WORD.findall(name)]
    begins = _WORD.match(name) is not None
    if not numbers or (not begins and (len(set(numbers)) > 1 or name.lower().startswith("test"))):
        return None
    named = {int(e.short.removeprefix("ex")): e for e in course.exercises}.get(numbers[0])
    return Answer(named, rank=(_BEGINS if begins else _HOLDS, 0)) if named is not None else None


def _drop_second_best(files: Sequence[Asked], found: list[Answer | None]) -> None:
    """Leave out `my_ex03_notes.py` where `ex03.py` lies beside it."""
    best: dict[tuple[tuple[str, ...], str, str], int] = defaultdict(lambda: _HOLDS)
    for file, answer in zip(files, found, strict=True):
        if answer is not None and answer.exercise is not None:
            key = (file.by, _folder(file), answer.exercise.id)
            best[key] = max(best[key], answer.rank[0])
    for index, (file, answer) in enumerate(zip(files, found, strict=True)):
        exercise = answer.exercise if answer is not None and answer.rank[0] == _HOLDS else None
        if exercise is not None and best[file.by, _folder(file), exercise.id] > _HOLDS:
            found[index] = Answer(None, filled(_BESIDE, exercise=exercise.short))


def _ask_folders(course: Course, files: Sequence[Asked], found: list[Answer | None]) -> None:
    held = Counter((file.by, folder.as_posix()) for file in files for folder in PurePosixPath(file.inside).parents)
    for index, (file, answer) in enumerate(zip(files, found, strict=True)):
        if answer is None:
            for folder in list(PurePosixPath(file.inside).parents)[:-1]:
                named = _named(course, folder.name)
                if named is not None and named.rank[0] >= _BEGINS and held[file.by, folder.as_posix()] == 1:
                    found[index] = Answer(named.exercise, rank=(_FOLDER, 0))
                    break


def _ask_caller(exercise: ExercisePaths, files: Sequence[Asked], found: list[Answer | None]) -> None:
    open_files: dict[tuple[str, ...], list[int]] = defaultdict(list)
    settled = set()
    for index, (file, answer) in enumerate(zip(files, found, strict=True)):
        if answer is None:
            open_files[file.by].append(index)
        elif answer.exercise is not None and answer.exercise.id == exercise.id:
            settled.add(file.by)
    for by, indices in open_files.items():
        for index in indices:
            if by in settled:
                found[index] = Answer(None, _NONE)
            elif len(indices) > 1:
                found[index] = Answer(None, filled(_SEVERAL, exercise=exercise.short))
            else:
                found[index] = Answer(exercise, rank=(_ONLY, 0))


def _folder(file: Asked) -> str:
    return PurePosixPath(file.inside).parent.as_posix()
