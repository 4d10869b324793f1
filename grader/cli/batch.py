"""`grade batch SOURCE...`: a class is read, judged side by side, and kept in a gradebook."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from grader.cli.console import console
from grader.cli.greeting import greet
from grader.cli.options import Settings
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.course.paths import ExercisePaths
from grader.course.starter import differs, notebook_of
from grader.engine.pool import Outcome, Pool
from grader.engine.side_by_side import usable_cores
from grader.errors import MachineError, UsageError
from grader.gradebook.book import Conditions, Gradebook, open_gradebook
from grader.intake.archives import Unpacking, top_of
from grader.intake.folders import Intake, read_folder
from grader.judge.session import versions
from grader.model import Judgement, Submission

DONE, UNSCORED = 0, 70


class Wanted(msgspec.Struct, frozen=True):
    """What `grade batch` was asked to do."""

    sources: tuple[str, ...]
    exercises: tuple[str, ...] = ()
    book: str = "gradebook.db"
    jobs: int = 0
    again: bool = False
    dry_run: bool = False
    unsafe: bool = False


def grade_class(settings: Settings, wanted: Wanted) -> int:
    """Judge what is not yet judged, show what came of it. Returns 0, or 70 where a submission could not be scored."""
    course = Course.around(Path.cwd())
    only = {course.find(word).id for word in wanted.exercises}
    intakes = [_read(course, Path(source)) for source in wanted.sources]
    submissions = [s for intake in intakes for s in intake.submissions if not only or s.exercise in only]
    for source, intake in zip(wanted.sources, intakes, strict=True):
        _show_intake(source, intake, everything=wanted.dry_run)
    if wanted.dry_run:
        return DONE
    if not submissions:
        raise UsageError("There is nothing to grade.", "`--dry-run` shows what would be read as whose.")
    preimports = tuple(sorted({name for e in course.exercises for name in course.configuration(e).preimports}))
    conditions = _conditions(course, submissions, unsafe=wanted.unsafe)
    with open_gradebook(Path(wanted.book)) as book:
        for submission in submissions:
            book.add_submission(submission)
        waiting = _unjudged(book, submissions, conditions, again=wanted.again)
        pool = Pool(functools.partial(start_workers, preimports), course.paths.root, wanted.jobs or usable_cores())
        faults = _judge(book, pool, waiting)
        return _show_class(course, book, submissions, faults)


def _read(course: Course, source: Path) -> Intake:
    """Read a folder, or an archive by way of a folder that is gone afterwards."""
    untouched = functools.partial(_untouched, course)
    if not source.is_file():
        return read_folder(course, source, untouched)
    with tempfile.TemporaryDirectory(prefix="grade-intake-") as folder:
        unpacking = Unpacking(Path(folder))
        unpacking.unpack(source)
        intake = read_folder(course, top_of(Path(folder)), untouched)
    intake.skipped += unpacking.skipped
    return intake


def _untouched(course: Course, exercise: ExercisePaths, file: Path) -> bool:
    starter, notebook = open_pack(course, exercise).starter, file.suffix.lower() == ".ipynb"
    text = file.read_text(encoding="utf-8", errors="replace")
    return not differs(text, notebook_of(starter) if notebook else starter, notebook=notebook)


def _conditions(course: Course, submissions: Sequence[Submission], *, unsafe: bool) -> dict[str, Conditions]:
    """Return what judgements made now depend on, by exercise. `MachineError` where the cage does not stand."""
    workers = start_workers()
    try:
        greeting = greet(workers)
    finally:
        workers.close()
    walls = tuple((wall.name, wall.stands, wall.detail) for wall in greeting.walls)
    if not unsafe and not (walls and all(stands for _, stands, _ in walls)):
        raise MachineError(
            "The cage does not stand here, and a class's code is strangers' code.",
            "`grade doctor` shows what is missing; --unsafe grades without it.",
        )
    packs = [open_pack(course, course.find(exercise)) for exercise in sorted({s.exercise for s in submissions})]
    made_by = {**versions(), **greeting.versions}
    return {pack.exercise: Conditions(pack.digest, pack.course_seed, made_by, walls) for pack in packs}


def _unjudged(
    book: Gradebook, submissions: Sequence[Submission], conditions: dict[str, Conditions], *, again: bool
) -> list[Submission]:
    """Return one submission for each file that has no judgement that may stand."""
    files = {(s.exercise, s.sha256): s for s in submissions}
    return [s for s in files.values() if again or book.judgement(s.exercise, s.sha256, conditions[s.exercise]) is None]


def _judge(book: Gradebook, pool: Pool, waiting: Sequence[Submission]) -> list[Outcome]:
    """Judge, each judgement committed before the next is asked for; return the outcomes without one."""
    faults = []
    for outcome in _with_progress(pool.judge(waiting), len(waiting)):
        if outcome.judgement is None:
            faults.append(outcome)
        else:
            book.add_judgement(outcome.judgement)
    return faults


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    out = console()
    if not out.is_terminal:
        for number, outcome in enumerate(outcomes, 1):
            yield outcome
            if number % 50 == 0 or number == total:
                out.print(f"{number} of {total} judged", markup=False, soft_wrap=True)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        bar = progress.add_task("Judging", total=total)
        for outcome in outcomes:
            yield outcome
            progress.update(bar, advance=1, description=outcome.submission.file[-40:])


def _show_intake(source: str, intake: Intake, *, everything: bool) -> None:
    out = console()
    students = len({submission.student for submission in intake.submissions})
    out.print(
        f"{source}: {intake.kind}; {len(intake.submissions)} submissions of {students} students", markup=False, soft_wrap=True
    )
    if everything:
        for submission in intake.submissions:
            out.print(f"  {submission.file}: {submission.exercise} of {submission.student}", markup=False, soft_wrap=True)
    for skipped in intake.skipped:
        out.print(f"  not read: {skipped.file}: {skipped.reason}", style="yellow", markup=False, soft_wrap=True)


def _show_class(course: Course, book: Gradebook, submissions: Sequence[Submission], faults: Sequence[Outcome]) -> int:
    """Print a table by exercise and what needs a person's eye; return the exit code."""
    out = console()
    last = {(s.exercise, s.student): s for s in submissions}  # in order of time: the last one counts
    judged = {key: book.latest(s.exercise, s.sha256) for key, s in last.items()}
    table = Table("exercise", "students", "mean", "full marks", "points", box=None)
    for exercise in course.exercises:
        scores = [j.score for (e, _), j in judged.items() if e == exercise.id and j is not None and j.score is not None]
        if scores:
            most = course.configuration(exercise).max_score
            full = sum(score == most for score in scores)
            table.add_row(exercise.short, str(len(scores)), f"{sum(scores) / len(scores):.2f}", str(full), str(most))
    out.print(table)
    unscored = [(last[key], _why(j)) for key, j in judged.items() if j is not None and j.score is None]
    unscored += [(outcome.submission, outcome.fault) for outcome in faults]
    for submission, why in unscored:
        out.print(f"no score: {submission.file}: {why}", style="red", markup=False, soft_wrap=True)
    for key, judgement in judged.items():
        if judgement is not None and judgement.load_error is not None:
            out.print(
                f"could not be loaded: {last[key].file}: {judgement.load_error.message}",
                style="yellow",
                markup=False,
                soft_wrap=True,
            )
    return UNSCORED if unscored else DONE


def _why(judgement: Judgement) -> str:
    return judgement.fault or "a check met a fault of ours"
