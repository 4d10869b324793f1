"""One student's folder: a copy of the course with answers in it, or a folder with nothing but answers.

In a copy of the course an answer is the exercise's own file, as for `grade ex03`; elsewhere its name says what it answers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.intake.exercises import Asked, answers
from grader.intake.files import SUFFIXES, File, Skipped, walk
from grader.intake.handed_in import STARTER, HandedIn, Untouched, take_in
from grader.locale import filled, mark
from grader.model import Cell, Student, Submission

NOBODY = Student("")


class Candidate(msgspec.Struct, frozen=True):
    """A file that may answer an exercise. It may turn out to be a link, too large, or the starter."""

    file: File
    exercise: ExercisePaths


class Answers(msgspec.Struct, frozen=True):
    """What counts, by exercise, with each file's name in the folder; and what does not, with the reason."""

    submissions: dict[str, Submission]
    names: dict[str, str]
    left_out: tuple[Skipped, ...]

    def completed(self, assigned: Iterable[ExercisePaths]) -> Answers:
        """Return these with an empty file for each assigned exercise that has no answer: it is told what is asked for."""
        lacking = [exercise for exercise in assigned if exercise.id not in self.submissions]
        empty = {
            e.id: Submission(e.id, e.script.name, (Cell(e.script.name, ""),), hashlib.sha256(b"").hexdigest()) for e in lacking
        }
        absent = (Skipped(e.script.name, mark("there is no answer of this name")) for e in lacking)
        names = {e.script.name: e.script.name for e in lacking}
        return Answers({**self.submissions, **empty}, {**names, **self.names}, (*self.left_out, *absent))


def candidates(course: Course, folder: Path, only: Collection[str] = ()) -> list[Candidate]:
    """Return the files of a student's folder that may be answers. `only` are the exercises asked for, by id."""
    files = list(walk(folder))
    exercises = [exercise for exercise in course.exercises if not only or exercise.id in only]
    if any(file.parts[0] == "exercises" for file in files):
        return [found for file in files for found in _own(file, exercises)]
    named = answers(course, [Asked(("",), file.name) for file in files if _may_be_one(file)], only)
    return [
        Candidate(file, answer.exercise)
        for file, answer in zip(filter(_may_be_one, files), named, strict=True)
        if answer.exercise is not None and answer.exercise in exercises
    ]


def read_answers(
    course: Course,
    found: Collection[Candidate],
    untouched: Untouched,
    time_of: Callable[[str], str],
    only: Collection[str] = (),
) -> Answers:
    """Read candidates. Where an exercise has several, the last one counts; `time_of` says when one was handed in.

    A starter is no answer, but of an exercise asked for that has nothing else it is one: it is told what is asked for.
    """
    left_out = [candidate.file.skipped() for candidate in found if candidate.file.reason]
    readable = [candidate.file for candidate in found if not candidate.file.reason]
    several = Counter(candidate.exercise.id for candidate in found)
    times = {c.file.name: time_of(c.file.name) for c in found if several[c.exercise.id] > 1 and not c.file.reason}
    handed_in = [HandedIn(file, (NOBODY,), file.name, times.get(file.name, "")) for file in readable]
    intake = take_in("", course, handed_in, untouched, only)
    left_out += [skipped for skipped in intake.skipped if skipped.reason != STARTER]
    last: Mapping[str, Submission] = {submission.exercise: submission for submission in intake.submissions}
    left_out += [
        Skipped(submission.file, filled(_why(submission, last[submission.exercise]), file=last[submission.exercise].file))
        for submission in intake.submissions
        if submission is not last[submission.exercise]
    ]
    unanswered = {c.file.name for c in found if c.exercise.id in only and c.exercise.id not in last}
    starters = take_in("", course, [item for item in handed_in if item.file.name in unanswered], _is_an_answer, only)
    last = {**{submission.exercise: submission for submission in starters.submissions}, **last}
    return Answers(dict(last), {file.shown: file.name for file in readable}, tuple(dict.fromkeys(left_out)))


def _why(other: Submission, last: Submission) -> str:
    """Return why another answer of the same exercise does not count: nothing is said of times that nobody knows."""
    if other.received_at and last.received_at and other.received_at != last.received_at:
        return mark("{file} counts: it was changed last")
    return mark("{file} counts: an exercise has one answer, and nothing says which file was changed last")


def _is_an_answer(exercise: ExercisePaths, file: Path) -> bool:
    return False


def _own(file: File, exercises: Collection[ExercisePaths]) -> list[Candidate]:
    """Return what an exercise's own file, or a link in its place or in that of a folder above it, may answer."""
    return [
        Candidate(file, exercise)
        for exercise in exercises
        for own in (f"exercises/{exercise.id}/{exercise.script.name}", f"exercises/{exercise.id}/{exercise.notebook.name}")
        if file.name == own or (file.reason and own.startswith(f"{file.name}/"))
    ]


def _may_be_one(file: File) -> bool:
    return file.name.lower().endswith(SUFFIXES)
