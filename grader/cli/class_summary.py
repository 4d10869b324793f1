"""What came of a class: a table by exercise, and what needs a person's eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from grader.cli.console import console, number_of
from grader.course.exercise import Course
from grader.course.pack import starters
from grader.gradebook.alike import Alike, to_look_at
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, class_view
from grader.locale import Say, mark, retold
from grader.model import Submission
from grader.report.attention import ConcernKind, concern

CONCERNS: dict[ConcernKind, tuple[str, str]] = {
    "unscored": (mark("no score"), "red"),
    "unloadable": (mark("could not be loaded"), "yellow"),
    "alarm": (mark("alarm of the cage"), "yellow"),
}
ALARMS = {
    "died": mark("it ended its process, or answered nonsense"),
    "time_limit": mark("a line outside its functions did not end in time"),
    "memory_limit": mark("it asked for more memory than it may have"),
    "output_limit": mark("it printed more than it may"),
}


def show_summary(course: Course, book: Gradebook, submissions: Sequence[Submission], say: Say) -> bool:
    """Print how these submissions did; return whether any that counts has no score."""
    out = console()
    view = class_view(book, course.rules())
    exercises = {s.exercise for s in submissions}
    out.print(_table(course, view, exercises, say))
    concerned = {(s.student, s.exercise) for s in submissions}
    last = [standing.last for key, standing in view.standings.items() if key in concerned and standing.last is not None]
    for sentence, style in _for_a_person(book, last, say):
        out.print(sentence, style=style, soft_wrap=True)
    for sentence in _alike(course, book, view, exercises, say):
        out.print(sentence, style="yellow", soft_wrap=True)
    _show_missing(out, course, view, exercises, say)
    return any(attempt.score is None for attempt in last)


def _table(course: Course, view: ClassView, exercises: set[str], say: Say) -> Table:
    titles = (mark("exercise"), mark("students"), mark("mean"), mark("full marks"), mark("points"), mark("missing"))
    table = Table(*map(say, titles), box=None)
    for exercise in course.exercises:
        if exercise.id in exercises:
            standings = view.of_exercise(exercise.id)
            points = [s.points for s in standings if s.points is not None and s.last is not None]
            full = sum(s.points == s.max_score for s in standings)
            missing = sum(s.state == "missing" for s in standings)
            mean = f"{sum(points) / len(points):.2f}" if points else "–"
            most = str(standings[0].max_score)  # who handed in has one
            table.add_row(exercise.short, str(len(points)), mean, str(full), most, str(missing) if missing else "")
    return table


def _for_a_person(book: Gradebook, last: Sequence[Attempt], say: Say) -> Iterator[tuple[str, str]]:
    """Yield what someone should look at, with the colour to say it in: one judgement in memory at a time.

    What is not judged yet is counted: after Ctrl-C it may be the whole class.
    """
    unjudged = 0
    for attempt in last:
        found = concern(attempt, None if attempt.judgement is None else book.judgement(attempt.judgement))
        if found is not None and found.kind == "unjudged":
            unjudged += 1
        elif found is not None:
            what, style = CONCERNS[found.kind]
            detail = say(ALARMS[found.detail]) if found.detail in ALARMS else retold(found.detail, say)
            words = say(mark(": ")).join(word for word in (say(what), attempt.file, detail) if word)
            yield words + (say(mark(" ({check})")).format(check=found.check) if found.check else ""), style
    if unjudged:
        told = say(mark("not judged yet: {submissions}"))
        yield told.format(submissions=number_of(unjudged, "submission", say)), "red"


def _alike(course: Course, book: Gradebook, view: ClassView, exercises: set[str], say: Say) -> list[str]:
    """Name files of these exercises that a person may want to look at side by side."""
    looked_at = to_look_at(book, view, starters(course, exercises))
    return [_in_words(found, say) for found in looked_at if found.exercise in exercises]


def _in_words(found: Alike, say: Say) -> str:
    """Return a line; members of one group are joined by a plus."""
    parties = say(mark(", ")).join(" + ".join(party) for party in found.parties)
    if found.one_file:
        return say(mark("the same file, {exercise}: {students}")).format(exercise=found.exercise, students=parties)
    told = say(mark("look at these side by side, {exercise}: {students} ({count} lines of their own are the same)"))
    lines = [told.format(exercise=found.exercise, students=parties, count=found.lines)]
    for owners in found.identical:
        same = say(mark("the same file, {exercise}: {students}"))
        lines.append(same.format(exercise=found.exercise, students=say(mark(", ")).join(owners)))
    return "\n".join(lines)


def _show_missing(out: Console, course: Course, view: ClassView, exercises: set[str], say: Say) -> None:
    """Name who of the class handed in nothing: which is not zero, unless the course says so."""
    for exercise in course.exercises:
        if exercise.id in exercises:
            missing = [s.student for s in view.of_exercise(exercise.id) if s.state == "missing"]
            if missing:
                told = say(mark("missing, {exercise}: {students}"))
                told = told.format(exercise=exercise.short, students=say(mark(", ")).join(missing))
                out.print(told, style="dim", soft_wrap=True)
