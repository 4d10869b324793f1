"""`grade stubs` and `grade new`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.author import stubs as author_stubs
from grader.author.new import new_exercise
from grader.cli.console import console
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.errors import UsageError

AGREES, DISAGREES = 0, 3


def exercises_of(course: Course, word: str | None) -> Sequence[ExercisePaths]:
    if not course.paths.has_solutions:
        raise UsageError("This copy of the course has no solutions/: this command is for teachers.")
    return [course.find(word)] if word else course.exercises


def write_stubs(settings: Settings, word: str | None, check: bool) -> int:
    """Write stale starters, or with `check` only name them. Returns 3 where `check` finds one."""
    course = Course.around(Path.cwd())
    exercises = exercises_of(course, word)
    out = console()
    if check:
        found = author_stubs.stale(course, exercises)
        for path in found:
            out.print(f"stale: {course.shown(path)}")
        if found:
            out.print("Write them with: grade stubs")
            return DISAGREES
        out.print(f"{2 * len(exercises)} starters are what their references make.")
        return AGREES
    for path in author_stubs.write(course, exercises):
        out.print(f"written: {course.shown(path)}")
    return AGREES


def write_new(settings: Settings, name: str) -> int:
    """Write the skeleton of an exercise, and say what to do with it."""
    course = Course.around(Path.cwd())
    exercises_of(course, None)
    exercise = new_exercise(course, name)
    out = console()
    out.print(f"{exercise.short} is there: {course.shown(exercise.public)}/ and {course.shown(exercise.private)}/.")
    out.print("It is a small exercise that works. Make it your own, in this order: reference.py, exercise.toml, README.md,")
    out.print("test_visible.py, test_hidden.py, accepted/, wrong_answer/, expect.toml, messages.zh.toml. After each step:")
    out.print(f"  grade stubs {exercise.short}              writes the starters from reference.py")
    out.print(f"  grade verify {exercise.short}             says what is still to do")
    out.print(f"  grade verify {exercise.short} --mutants   finds what the checks do not see")
    return AGREES
