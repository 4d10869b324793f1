"""A course and its exercises: what its folders say, or its pack where it has one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from grader.course.pack_file import read_head
from grader.course.paths import PUBLIC, CoursePaths, ExercisePaths, find_course
from grader.course.settings import CourseConfig, ExerciseConfig, PrivateConfig, read_toml
from grader.errors import CourseError, UsageError
from grader.model import ClassRules, ExerciseRules


class Course:
    """A course: its paths, its settings, and its exercises by name. `head` is that of its pack, where it has one."""

    def __init__(self, paths: CoursePaths) -> None:
        self.paths = paths
        self.head = read_head(paths.pack_file) if paths.packed else None
        self.config = read_toml(paths.course_file, CourseConfig) if self.head is None else self.head.course
        names = self.head.exercises if self.head else [folder.name for folder in paths.exercise_folders()]
        self.exercises = [paths.exercise(name) for name in sorted(names)]
        self._refuse_twins()

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
            if number and int(number[1]) == exercise.number:
                return exercise
        if stranger := next((one for one in self.strangers(self.paths.root) if one.id == word), None):
            raise UsageError(
                f"{self.shown(stranger.public)} is no exercise of this course.", "`grade list` shows those that are."
            )
        names = [name for exercise in self.exercises for name in (exercise.short, exercise.id)]
        close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.5)
        nearest = close[0].partition("_")[0] if close else ""
        hint = f"Did you mean {nearest}?" if nearest else "`grade list` shows the exercises."
        raise UsageError(f"There is no exercise or command named {word!r}.", hint)

    def configuration(self, exercise: ExercisePaths) -> ExerciseConfig:
        """Return an exercise's settings."""
        if self.head is not None:
            return self.head.exercises[exercise.id]
        if not exercise.config.exists():
            raise CourseError(
                f"{self.shown(exercise.public)}: it is called as an exercise is, and holds no {exercise.config.name}.",
                f"Move it out of {PUBLIC}/, or finish it: `grade new` writes an exercise that is whole.",
            )
        return read_toml(exercise.config, ExerciseConfig)

    def strangers(self, folder: Path) -> list[ExercisePaths]:
        """Return what is called as exercises are in a copy of the course, and is none of this course: a backup, for one."""
        known = {exercise.id for exercise in self.exercises}
        paths = CoursePaths(folder)
        return [paths.exercise(found.name) for found in paths.exercise_folders() if found.name not in known]

    def preimports(self, exercises: Iterable[ExercisePaths]) -> tuple[str, ...]:
        """Return the parts of torch that workers for these exercises should have at hand."""
        return tuple(sorted({name for exercise in exercises for name in self.configuration(exercise).preimports}))

    def private(self) -> PrivateConfig:
        """Read the private half of the settings; there may be none."""
        return read_toml(self.paths.private_file, PrivateConfig) if self.paths.private_file.is_file() else PrivateConfig()

    def rules(self) -> ClassRules:
        """Return how this course reads a class's history. `CourseError` where a date is for no exercise of the course."""
        private, extensions = self.paths.private_file, self.private().extensions
        due = self.due()
        exercises = {}
        for exercise in self.exercises:
            config = self.configuration(exercise)
            by_hand = {c.id: c.points for c in config.criteria if c.by == "hand"}
            exercises[exercise.id] = ExerciseRules(config.max_score, by_hand, due.get(exercise.id))
        extended = {s: self._dates(dates, private, f"extensions.{s}") for s, dates in extensions.items()}
        return ClassRules(exercises, self.config.late, extended, self.config.missing_is_zero)

    def due(self) -> dict[str, datetime]:
        """Return the due dates by an exercise's id. `CourseError` where one is for no exercise of the course."""
        return self._dates(self.config.due, self.paths.course_file, "due")

    def _refuse_twins(self) -> None:
        """Stop where two folders have one number: which of them is meant by it?"""
        by_number: dict[int, ExercisePaths] = {}
        for exercise in self.exercises:
            other = by_number.setdefault(exercise.number, exercise)
            if other is not exercise:
                folders = " and ".join(self.shown(one.public) for one in (other, exercise))
                raise CourseError(
                    f"{folders} have the same number.",
                    f"Move the one that is no exercise out of {PUBLIC}/; a copy may lie anywhere else.",
                )

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
