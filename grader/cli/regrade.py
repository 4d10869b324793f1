"""`grade regrade`: judge again what other checks, versions or another cage judged; show what changes, then write it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click
import msgspec
from rich.console import Console
from rich.table import Table

from grader.cli.batch import class_pool, present_terms
from grader.cli.class_progress import with_progress
from grader.cli.console import console, number_of
from grader.cli.options import Settings
from grader.course.exercise import Course
from grader.course.paths import short_name
from grader.engine.class_judging import Terms, judgements, unjudged
from grader.engine.pool import Pool
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Conditions, Gradebook, existing_gradebook, open_gradebook, reusable
from grader.locale import Say, filled, mark, retold, speaker
from grader.model import Judgement, Submission

DONE = 0
_NOTHING = mark("Every judgement was made by the present checks, versions and cage: there is nothing to judge again.")


class Wanted(msgspec.Struct, frozen=True):
    """What `grade regrade` was asked to do."""

    exercises: tuple[str, ...]
    again: bool
    yes: bool
    book: str
    jobs: int
    unsafe: bool


class Change(msgspec.Struct, frozen=True):
    """A submission whose score becomes another one, and the checks that answer differently."""

    attempt: Attempt
    score: float | None
    checks: tuple[str, ...]


def regrade_class(settings: Settings, wanted: Wanted) -> int:
    """Judge, show whose points would change by what, ask, write. Returns 0, whatever is answered."""
    course = Course.around(Path.cwd())
    only = {course.find(word).id for word in wanted.exercises}
    out, say = console(), speaker(settings.language)
    with ExitStack() as stack:
        book = stack.enter_context(open_gradebook(existing_gradebook(wanted.book)))
        judged = stack.enter_context(tempfile.TemporaryFile())
        known = only or {exercise.id for exercise in course.exercises}  # what has left the course stays as it is
        attempts = [a for a in book.attempts() if a.exercise in known]
        pool = stack.enter_context(class_pool(course, attempts, wanted.jobs))
        terms = present_terms(course, pool, {a.exercise for a in attempts}, unsafe=wanted.unsafe)
        waiting = [_submission(book, a) for a in unjudged(book, attempts, terms, again=wanted.again)]
        if not waiting:
            out.print(say(_NOTHING))
            return DONE
        _show_reasons(out, book, attempts, waiting, terms, say)
        changes = list(_judge(book, pool, waiting, attempts, terms, judged, say))
        _show_changes(out, changes, say)
        if not (wanted.yes or _agreed(out, say)):
            out.print(say(mark("Nothing was written.")))
            return DONE
        judged.seek(0)
        for line in judged:
            book.add_judgement(msgspec.json.decode(line, type=Judgement))
        told = say(mark("{judgements} written; the earlier ones are kept."))
        out.print(told.format(judgements=number_of(len(waiting), "judgement", say)))
    return DONE


def _agreed(out: Console, say: Say) -> bool:
    """Ask. No answer, as where nobody sits at the terminal, is a no."""
    try:
        return click.confirm(say(mark("Write these judgements into the gradebook?")), default=False)
    except click.Abort:
        out.print("\n" + say(mark("There was no answer; --yes writes without asking.")))
        return False


def _submission(book: Gradebook, attempt: Attempt) -> Submission:
    cells = book.cells(attempt.sha256)
    return Submission(attempt.exercise, attempt.file, cells, attempt.sha256, attempt.student, attempt.received_at)


def _show_reasons(
    out: Console, book: Gradebook, attempts: list[Attempt], waiting: list[Submission], terms: Terms, say: Say
) -> None:
    """Say for each exercise what is new, and how many files and students it concerns."""
    files = {(s.exercise, s.sha256) for s in waiting}
    concerned = [a for a in attempts if (a.exercise, a.sha256) in files]
    for exercise in sorted({a.exercise for a in concerned}):
        own = [a for a in concerned if a.exercise == exercise]
        reasons = sorted({_reason(book, number, terms.conditions[exercise]) for number in {a.judgement for a in own}})
        students = len({a.student for a in own})
        told = say(mark("{exercise}: {files} of {students}: {reasons}")).format(
            exercise=short_name(exercise),
            files=number_of(len({a.sha256 for a in own}), "file", say),
            students=number_of(students, "student", say),
            reasons=say(mark("; ")).join(retold(reason, say) for reason in reasons),
        )
        out.print(told, soft_wrap=True)


def _reason(book: Gradebook, judgement: int | None, now: Conditions) -> str:
    if judgement is None:
        return mark("not judged yet")
    before = book.judgement(judgement)
    then = Conditions.of(before)
    if then.suite_digest != now.suite_digest:
        return mark("the checks have changed")
    if then.seed != now.seed:
        return mark("another seed of the course")
    if then.versions != now.versions:
        names = ", ".join(sorted(k for k in now.versions if now.versions[k] != then.versions.get(k)))
        return filled(mark("other versions: {names}"), names=names)
    if then.walls != now.walls:
        return mark("another cage")
    if before.score is None:
        return mark("without a score")
    return mark("asked for") if reusable(before) else mark("a limit of this machine was met")


def _judge(
    book: Gradebook,
    pool: Pool,
    waiting: list[Submission],
    attempts: list[Attempt],
    terms: Terms,
    judged: IO[bytes],
    say: Say,
) -> Iterator[Change]:
    """Judge, keep the judgements in a file, and yield a change for each submission whose score becomes another one."""
    owners: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in attempts:
        owners.setdefault((attempt.exercise, attempt.sha256), []).append(attempt)
    for judgement in judgements(with_progress(pool, waiting, say), terms):
        judged.write(msgspec.json.encode(judgement) + b"\n")
        for attempt in owners[judgement.exercise, judgement.sha256]:
            if attempt.score != judgement.score:
                before = None if attempt.judgement is None else book.judgement(attempt.judgement)
                yield Change(attempt, judgement.score, _checks_that_differ(before, judgement))


def _checks_that_differ(before: Judgement | None, after: Judgement) -> tuple[str, ...]:
    """Name the checks that answer differently; where none does, the criteria that are paid differently."""
    then = {} if before is None else {check.id: check.verdict for check in before.checks}
    now = {check.id: check.verdict for check in after.checks}
    paid = {} if before is None else {c.id: (c.points, c.max_points) for c in before.criteria}
    pays = {c.id: (c.points, c.max_points) for c in after.criteria}
    differ = {name for name in then.keys() | now.keys() if then.get(name) != now.get(name)}
    return tuple(sorted(differ or {name for name in paid.keys() | pays.keys() if paid.get(name) != pays.get(name)}))


def _show_changes(out: Console, changes: list[Change], say: Say) -> None:
    if not changes:
        out.print(say(mark("No score changes.")))
        return
    titles = (mark("student"), mark("exercise"), mark("file"), mark("before"), mark("now"), mark("by"))
    table = Table(*map(say, titles), box=None)
    for change in sorted(changes, key=lambda c: (c.attempt.student, c.attempt.exercise, c.attempt.received_at)):
        a, named = change.attempt, ", ".join(change.checks[:3]) + (" …" if len(change.checks) > 3 else "")
        table.add_row(a.student, short_name(a.exercise), a.file, _points(a.score), _points(change.score), named)
    out.print(table)
    students = number_of(len({c.attempt.student for c in changes}), "student", say)
    out.print(say(mark("Scores of {students} would change.")).format(students=students))


def _points(score: float | None) -> str:
    return "?" if score is None else f"{score:g}"
