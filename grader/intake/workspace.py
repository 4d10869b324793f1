"""One student's folder: a copy of the course with answers in it, or a folder with nothing but answers.

In a copy of the course an answer is the exercise's own file, as for `grade ex03`; elsewhere its name says what it answers. In
assigned work names count in a copy, too, for what has no answer in its own file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.submission import MAX_NOTEBOOK
from grader.intake.exercises import Answer, Asked, answers
from grader.intake.files import SUFFIXES, File, Skipped, walk
from grader.intake.handed_in import NOT_ASKED, STARTER, HandedIn, Untouched, take_in
from grader.locale import filled, mark
from grader.model import Cell, Student, Submission

NOBODY = Student("")
OWN_FILE = mark("{file} counts: it lies where the course has this exercise")
NO_ANSWER = mark("there is no answer of this name")


class Candidate(msgspec.Struct, frozen=True):
    """A file that may answer an exercise, its `own` or another. It may turn out to be a link, too large, or the starter."""

    file: File
    exercise: ExercisePaths
    own: bool = False


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
        absent = (Skipped(e.script.name, NO_ANSWER) for e in lacking)
        names = {e.script.name: e.script.name for e in lacking}
        return Answers({**self.submissions, **empty}, {**names, **self.names}, (*self.left_out, *absent))


def candidates(course: Course, folder: Path, only: Collection[str] = (), *, assigned: bool = False) -> list[Candidate]:
    """Return the files of a student's folder that may be answers. `only` are the exercises asked for, by id.

    In a copy of the course whose work is `assigned`, files may be answers by their names, too.
    """
    files = list(walk(folder))
    exercises = [exercise for exercise in course.exercises if not only or exercise.id in only]
    in_a_copy = any(file.parts[0] == "exercises" for file in files)
    own = [found for file in files for found in _own(file, exercises)] if in_a_copy else []
    if in_a_copy and not assigned:
        return own
    named = [
        Candidate(file, answer.exercise)
        for file, answer in _by_name(course, files, only)
        if answer.exercise is not None and answer.exercise in exercises
    ]
    return [*own, *named]


def unasked(course: Course, folder: Path, only: Collection[str], untouched: Untouched) -> list[Skipped]:
    """Return the scripts and notebooks of assigned work that answer nothing that is asked for, each with the reason.

    What the course itself hands out is none of them: suites, and starters that nobody touched.
    """
    files = list(walk(folder))
    own = [(c.file, Answer(c.exercise)) for file in files if _may_be_one(file) for c in _own(file, course.exercises)]
    found = []
    for file, answer in (*own, *_by_name(course, files, only)):
        exercise = answer.exercise
        if exercise is None:
            found.append(file.skipped(answer.reason))
        elif only and exercise.id not in only and not _is_starter(exercise, file, untouched):
            found.append(file.skipped(filled(NOT_ASKED, exercise=exercise.short)))
    return found


def _is_starter(exercise: ExercisePaths, file: File, untouched: Untouched) -> bool:
    try:
        return file.path is not None and file.path.stat().st_size <= MAX_NOTEBOOK and untouched(exercise, file.path)
    except OSError:
        return False  # whoever cannot read it does not know it for a starter


def _by_name(course: Course, files: Collection[File], only: Collection[str]) -> list[tuple[File, Answer]]:
    """Return what names say of scripts and notebooks, but for those that lie where the course has its own."""
    own = {f"exercises/{e.id}/{path.name}" for e in course.exercises for path in (e.script, e.notebook)}
    suites = {f"exercises/{e.id}/{path.name}" for e in course.exercises for path in (e.visible_suite, e.props[0])}
    loose = [
        file
        for file in files
        if _may_be_one(file)
        and file.name not in own
        and "/".join(file.parts[-3:]) not in suites  # at whatever depth a copy lies
    ]
    return list(zip(loose, answers(course, [Asked(("",), file.name) for file in loose], only), strict=True))


def read_answers(
    course: Course,
    found: Collection[Candidate],
    untouched: Untouched,
    time_of: Callable[[str], str],
    only: Collection[str] = (),
) -> Answers:
    """Read candidates. Where an exercise has several, the last one counts; `time_of` says when one was handed in.

    Where its own file holds an answer, that one counts, whatever else its name may be taken for one.

    A starter is no answer, but of an exercise asked for that has nothing else it is one: it is told what is asked for.
    """
    left_out = [candidate.file.skipped() for candidate in found if candidate.file.reason]
    readable = [candidate.file for candidate in found if not candidate.file.reason]
    several = Counter(candidate.exercise.id for candidate in found)
    times = {c.file.name: time_of(c.file.name) for c in found if several[c.exercise.id] > 1 and not c.file.reason}
    handed_in = [HandedIn(file, (NOBODY,), file.name, times.get(file.name, "")) for file in readable]
    own = {candidate.file.name for candidate in found if candidate.own}
    parts = ([item for item in handed_in if (item.file.name in own) is mine] for mine in (True, False))
    first, second = (take_in("", course, part, untouched, only) for part in parts)
    left_out += [skipped for skipped in (*first.skipped, *second.skipped) if skipped.reason != STARTER]
    in_place: Mapping[str, Submission] = {submission.exercise: submission for submission in first.submissions}
    last: Mapping[str, Submission] = {**{s.exercise: s for s in second.submissions}, **in_place}
    for submission in (*first.submissions, *second.submissions):
        counts = last[submission.exercise]
        if submission is not counts:
            elsewhere = counts.exercise in in_place and submission in second.submissions
            why = OWN_FILE if elsewhere else _why(submission, counts)
            left_out.append(Skipped(submission.file, filled(why, file=counts.file)))
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
        Candidate(file, exercise, own=True)
        for exercise in exercises
        for own in (f"exercises/{exercise.id}/{exercise.script.name}", f"exercises/{exercise.id}/{exercise.notebook.name}")
        if file.name == own or (file.reason and own.startswith(f"{file.name}/"))
    ]


def _may_be_one(file: File) -> bool:
    return file.name.lower().endswith(SUFFIXES)
