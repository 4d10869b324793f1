"""What is said of a student's copy of the course: which of its files are not the course's own, and so count for nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.cli.options import Settings
from grader.course.copies import changed_copies, changed_settings
from grader.course.exercise import Course
from grader.course.paths import ExercisePaths, shown
from grader.locale import Say, mark, speaker

SHOWN = 3
CHECKS = mark("{file} differs from the checks of the course. Those of the course were run.")
SETTINGS = mark("{file} differs from the settings of the course. Those of the course were used.")
STRANGERS = mark("No exercise of this course, and not graded: {folders}.")


def warn_of_copies(settings: Settings, course: Course, exercises: Sequence[ExercisePaths]) -> None:
    """Name, on standard error, what differs in the course's own folder, and what may be taken for one of these exercises."""
    say, root = speaker(settings.language), course.paths.root
    warn_of_settings(settings, course)
    for name in [name for exercise in exercises for name in changed_copies(course, exercise, root)]:
        print(say(SETTINGS if name.endswith(".toml") else CHECKS).format(file=name), file=sys.stderr)
    numbers = {exercise.number for exercise in exercises}
    for sentence in _about_strangers([s for s in course.strangers(root) if s.number in numbers], "", say):
        print(sentence, file=sys.stderr)


def warn_of_settings(settings: Settings, course: Course) -> None:
    """Name, on standard error, a copy of the course's own settings that differs: a date in it moves nothing."""
    for name in changed_settings(course, course.paths.root):
        print(speaker(settings.language)(SETTINGS).format(file=name), file=sys.stderr)


def about_copy(course: Course, folder: Path, prefix: str, say: Say) -> Iterator[str]:
    """Yield what is to be said of a student's folder as a whole. `prefix` comes before the names of files in it."""
    for name in changed_settings(course, folder):
        yield say(SETTINGS).format(file=prefix + name)
    yield from _about_strangers(course.strangers(folder), prefix, say)


def _about_strangers(strangers: Sequence[ExercisePaths], prefix: str, say: Say) -> Iterator[str]:
    names = [f"{prefix}{shown(stranger.public)}" for stranger in strangers]
    if names:
        more = ["..."] if len(names) > SHOWN else []
        yield say(STRANGERS).format(folders=say(mark(", ")).join([*names[:SHOWN], *more]))
