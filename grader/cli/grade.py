"""`grade ex03 [FILE]`."""

from __future__ import annotations

from pathlib import Path

from grader.cli.console import console
from grader.cli.copies import warn_of_copies
from grader.cli.options import Settings
from grader.cli.progress import Progress
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import Pack, open_pack
from grader.course.paths import ExercisePaths
from grader.course.starter import is_untouched
from grader.course.submission import read_submission
from grader.engine.here import judge_all
from grader.errors import UsageError
from grader.model import Judgement
from grader.report.json import as_json
from grader.report.terminal import TerminalReport

FULL, NOT_FULL, UNSCORED = 0, 1, 70


def grade_exercise(settings: Settings, word: str, near: str, file: str | None, json: bool) -> int:
    """Grade one submission, write its report, return the exit code."""
    course = Course.around(Path.cwd())
    exercise = _find(course, word, near)
    require_teacher(settings, course)
    if file is not None and file != "-" and not Path(file).exists():
        raise UsageError(f"There is no file {file}.")
    config = course.configuration(exercise)
    workers = start_workers(config.preimports)
    try:
        pack = open_pack(course, exercise)
        path = None if file == "-" else Path(file) if file else own_file(course, exercise, pack)
        shown = "standard input" if path is None else course.shown(path.resolve()) if file is None else file or ""
        judgement = judge_all(workers, pack, [read_submission(path, exercise.id, shown)])[0]
    finally:
        workers.close()
    if json:
        print(as_json(judgement, settings.audience, settings.language))
    else:
        title = f"{exercise.short} {config.title.in_language(settings.language)}"
        TerminalReport(console(), settings.audience, settings.language).write(judgement, title)
        warn_of_copies(settings, course, [exercise])
    if path is not None and path.resolve() in (exercise.script.resolve(), exercise.notebook.resolve()):
        Progress(course.paths).note(exercise.short, judgement)
    return exit_code(judgement)


def _find(course: Course, word: str, near: str) -> ExercisePaths:
    try:
        return course.find(word)
    except UsageError as error:
        if near:
            raise UsageError(error.message, f"Did you mean `grade {near}`?") from None
        raise


def require_teacher(settings: Settings, course: Course) -> None:
    """Refuse a teacher's report where there is no `solutions/`."""
    if settings.audience == "teacher" and not course.paths.has_solutions:
        raise UsageError("--as teacher works only where solutions/ is.")


def own_file(course: Course, exercise: ExercisePaths, pack: Pack) -> Path:
    """Return the student's file of an exercise: the one that is no longer its starter, else the `.py`."""
    script, notebook = exercise.script, exercise.notebook
    changed = [path for path in (script, notebook) if path.is_file() and not is_untouched(path, pack.starter)]
    if len(changed) == 2:
        names = " and ".join(course.shown(path) for path in changed)
        raise UsageError(f"You have worked in both {names}.", "Say which one counts: grade EXERCISE FILE")
    chosen = changed[0] if changed else script
    if not chosen.is_file():
        raise UsageError(f"There is no file {course.shown(script)}.", f"`grade reset {exercise.short}` writes the starter.")
    return chosen


def exit_code(judgement: Judgement) -> int:
    """Return 0 for full marks, 1 for less (hidden checks that were not run count as less), 70 for none at all."""
    if judgement.score is None:
        return UNSCORED
    waiting = any(check.verdict == "not_run" for check in judgement.checks)
    return FULL if judgement.score == judgement.max_score and not waiting else NOT_FULL
