"""What a person should know before a class is judged: sections read as students, and which of several files counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.course.paths import short_name
from grader.intake.exercises import begins_with_exercise
from grader.locale import filled, mark
from grader.model import Submission

_ONE_MOMENT = mark("{exercise} of {student}: {count} files of one moment, of which {file} counts")


def sections(submissions: Sequence[Submission]) -> tuple[str, ...]:
    """Return the top folders that look like sections of a class, where most do: several folders in them answer one exercise.

    They may as well be students with several tries each: a person must say.
    """
    within: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for submission in submissions:
        top, *inner = PurePosixPath(submission.file).parts
        answering = within[top][submission.exercise]
        if len(inner) > 1 and not begins_with_exercise(inner[0]):
            answering.add(inner[0])
    found = [top for top, answering in within.items() if any(len(folders) > 1 for folders in answering.values())]
    return tuple(sorted(found)) if len(found) * 2 > len(within) else ()


def of_one_moment(submissions: Sequence[Submission]) -> tuple[str, ...]:
    """Say of whose last files it is only their names that tell which one counts, and which one does."""
    handed_in: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in submissions:
        handed_in[submission.student, submission.exercise].append(submission)
    told = []
    for (student, exercise), tries in handed_in.items():
        last = tries[-1]
        alike = [s for s in tries if (s.received_at, s.seen_at) == (last.received_at, last.seen_at)]
        if len({s.sha256 for s in alike}) > 1:
            short = short_name(exercise)
            told.append(filled(_ONE_MOMENT, exercise=short, student=student, count=len(alike), file=last.file))
    return tuple(told)


def from_several(sources: Sequence[Sequence[Submission]]) -> dict[str, tuple[str, ...]]:
    """Return by exercise the students of whom more than one source holds an answer to it: two people may share a name."""
    seen: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for submissions in sources:
        for exercise, student in {(s.exercise, s.student) for s in submissions}:
            seen[exercise][student] += 1
    several = {e: tuple(sorted(s for s, count in students.items() if count > 1)) for e, students in sorted(seen.items())}
    return {exercise: students for exercise, students in several.items() if students}
