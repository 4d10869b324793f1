"""`grade ci`: what was changed in a student's repository is graded, and told to whatever system runs this.

What a student may have put into the repository to fool it: `ci_place` for checks, `grader.intake` for files and history,
`grader.report.github` for what stands in a log.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from grader.bridge import secret
from grader.bridge.failures import BridgeFault
from grader.bridge.launch import Workers
from grader.bridge.private_folder import PrivateFolder
from grader.cli.ci_place import Place, find_place
from grader.cli.ci_reports import clear_reports, write_reports
from grader.cli.copies import about_copy
from grader.cli.greeting import WAY_OUT, require_cage
from grader.cli.options import Settings
from grader.cli.surroundings import bases, recognised
from grader.cli.warm import start_workers
from grader.course.copies import changed_copies
from grader.course.pack import open_pack
from grader.course.paths import ExercisePaths
from grader.course.starter import is_untouched
from grader.engine.class_judging import Terms
from grader.engine.greeting import greet
from grader.engine.here import judge_all
from grader.engine.pool import Outcome
from grader.errors import CourseError, GradeError, OurError, UsageError
from grader.intake.changes import changes
from grader.intake.handed_in import STARTER
from grader.intake.history import History
from grader.intake.workspace import NO_ANSWER, Answers, Candidate, candidates, read_answers, unasked
from grader.judge.conditions import versions, walls
from grader.locale import mark, retold, speaker
from grader.model import Judgement, Submission
from grader.report import classroom50
from grader.report.github import tame
from grader.report.run import LEFT_OUT, Graded, LeftOut, Run

FULL, NOT_FULL, UNSCORED = 0, 1, 70
NOTHING = mark("Nothing to grade: no exercise was changed.")
OTHER_CHECKS = mark("The course's checks were changed: all exercises are graded.")
NOTHING_HERE = mark("Nothing to grade: no exercise has an answer yet.")
WAYS_OUT = {  # where whoever reads of a missing wall calls no `grade` themselves
    "gradescope": "To grade without it, write `ci --unsafe` in place of `ci` in the zip's run_autograder, and upload that."
}


class Wanted(msgspec.Struct, frozen=True):
    """What `grade ci` was asked to do."""

    everything: bool = False
    base: str | None = None
    kind: str = "auto"
    out: str | None = None
    unsafe: bool = False
    submission: str | None = None
    exercises: tuple[str, ...] = ()


def grade_changes(settings: Settings, wanted: Wanted) -> int:
    """Grade, write reports. Returns 0 for full marks or nothing to do, 1 for less, 70 where a score is missing."""
    secret.take()
    if settings.audience == "teacher":
        raise UsageError("What `grade ci` writes is for students to read: there is no --as teacher.")
    environment = dict(os.environ)
    kind = recognised(environment) if wanted.kind == "auto" else wanted.kind
    wanted = msgspec.structs.replace(wanted, kind=kind)
    with _harmless_errors():
        clear_reports(kind, wanted.out, environment)
        if kind == "classroom50":
            classroom50.identity(environment)  # what it lacks is told before anything is graded
        place = find_place(kind, wanted.submission, environment, wanted.exercises)
        with PrivateFolder() as scratch:
            history = History(place.clone / ".git", scratch / "history")
            run = _run(settings, wanted, place, history, environment)
            write_reports(run, kind, wanted.out, environment, history.time_of())
    if run.score is None:
        return UNSCORED
    return FULL if run.passed else NOT_FULL


def _run(settings: Settings, wanted: Wanted, place: Place, history: History, environment: Mapping[str, str]) -> Run:
    """Return what came of it. Torch is imported only where there is something to grade."""
    say = speaker(settings.language)
    found = candidates(place.course, place.folder, place.only, assigned=place.assigned)
    everything, note = wanted.everything or place.assigned, ""
    if not everything:
        found, note = _changed(found, place, history, _bases(wanted, history, environment))
    notes = (*((say(note),) if note else ()), *about_copy(place.course, place.folder, place.prefix, say))
    pack_of = functools.cache(
        functools.partial(open_pack, place.course)
    )  # may be read: the workers are no fork of this process

    def untouched(exercise: ExercisePaths, file: Path) -> bool:
        return is_untouched(file, pack_of(exercise).starter)

    if place.assigned:
        aside = unasked(place.course, place.folder, place.only, untouched)
        about = (f"{place.prefix}{one.file}: {say(LEFT_OUT).format(reason=retold(one.reason, say))}" for one in aside)
        notes = (*notes, *about)
    if not found and not place.only:
        notes = (*notes, say(NOTHING_HERE if everything else NOTHING))
        return _with_missing(Run((), (), notes, settings.language), place, Answers({}, {}, ()), found)
    exercises = [e for e in place.course.exercises if e.id in place.only or any(c.exercise.id == e.id for c in found)]
    answers = read_answers(
        place.course, found, untouched, lambda name: history.time_of(place.inside + name), place.only
    ).completed(e for e in exercises if e.id in place.only)
    judged = [exercise for exercise in exercises if exercise.id in answers.submissions]
    workers = start_workers(place.course.preimports(judged), apart=True)  # the environment here holds tokens
    try:
        greeting = greet(workers)
        require_cage(greeting, "what is pushed", unsafe=wanted.unsafe, way_out=WAYS_OUT.get(wanted.kind, WAY_OUT))
        terms = Terms.of(map(pack_of, exercises), versions(greeting), walls(greeting))
        graded = tuple(_graded(settings, place, answers, s, terms, workers) for s in answers.submissions.values())
    finally:
        workers.close()
    left_out = tuple(LeftOut(place.prefix + skipped.file, retold(skipped.reason, say)) for skipped in answers.left_out)
    nothing = () if graded or left_out else (say(NOTHING_HERE),)
    return _with_missing(Run(graded, left_out, (*notes, *nothing), settings.language), place, answers, found)


def _with_missing(run: Run, place: Place, answers: Answers, found: list[Candidate]) -> Run:
    """Return a run in which what is asked for and has no answer counts: it is named, and its points can be had."""
    say = speaker(run.language)
    missing = [exercise for exercise in place.asked if exercise.id not in answers.submissions]
    named = {skipped.file for skipped in answers.left_out}
    told = []
    for exercise in missing:
        files = [c.file.shown for c in found if c.exercise.id == exercise.id]
        if not named & set(files):
            why = say(STARTER if files else NO_ANSWER)
            told.append(LeftOut(place.prefix + (files[0] if files else exercise.script.name), why))
    points = sum(place.course.configuration(exercise).max_score for exercise in missing)
    return msgspec.structs.replace(run, left_out=(*run.left_out, *told), missing_points=points)


def _bases(wanted: Wanted, history: History, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what changes are counted from. Who names a commit means one that is here; what a system names may be gone."""
    if not wanted.base:
        return bases(environment)
    if not history.commit(wanted.base) and history.readable:
        raise UsageError(
            f"--base: there is no commit {wanted.base!r} in this clone.",
            "Is it spelt right? `git fetch --unshallow` brings what a shallow clone lacks; --all needs no commit.",
        )
    return (wanted.base,)


def _changed(found: list[Candidate], place: Place, history: History, bases: tuple[str, ...]) -> tuple[list[Candidate], str]:
    """Return the candidates for exercises any file of which was changed; all of them, and why, where that cannot be told."""
    files = {place.inside + c.file.name: c.file.path for c in found if c.file.path is not None}
    pack, checks = place.course.paths.pack_file, ""
    if pack.is_file() and place.folder == place.course.paths.root.resolve():
        checks = place.inside + place.course.shown(pack)
        files[checks] = pack
    changed = changes(history, files, bases)
    if changed.names is None:
        return found, changed.why
    if checks in changed.names:
        return found, OTHER_CHECKS
    touched = {c.exercise.id for c in found if c.file.path is None or place.inside + c.file.name in changed.names}
    return [candidate for candidate in found if candidate.exercise.id in touched], ""


def _graded(
    settings: Settings, place: Place, answers: Answers, submission: Submission, terms: Terms, workers: Workers
) -> Graded:
    exercise = place.course.find(submission.exercise)
    pack = terms.packs[submission.exercise]
    path = place.prefix + answers.names[submission.file]
    return Graded(
        judgement=_judged(msgspec.structs.replace(submission, file=place.prefix + submission.file), terms, workers),
        short=exercise.short,
        title=pack.config.title.in_language(settings.language),
        path=path,
        cells=submission.cells,
        edited=tuple(place.prefix + name for name in changed_copies(place.course, exercise, place.folder)),
        names=pack.config.names,
    )


def _judged(submission: Submission, terms: Terms, workers: Workers) -> Judgement:
    """Judge; where the judge itself comes to grief there is no score, and the other exercises are graded."""
    try:
        return judge_all(workers, terms.packs[submission.exercise], [submission])[0]
    except (BridgeFault, CourseError) as error:
        return terms.unscored(Outcome(submission, None, str(error)))


@contextmanager
def _harmless_errors() -> Iterator[None]:
    """Let an error's words be one line of a log, and no command: they may quote what a student wrote."""
    try:
        yield
    except GradeError as error:
        message, hint = (tame(" ".join(words.split())).removeprefix("|").strip() for words in (error.message, error.hint))
        raise type(error)(message.lstrip(":"), hint.lstrip(":")) from error
    except Exception as error:  # what nobody foresaw may quote a student as well
        message = tame(" ".join(f"{type(error).__name__}: {error}".split())).removeprefix("|").strip()
        hint = "This is our fault; your files and scores are untouched. --debug shows where."
        raise OurError(f"Something went wrong inside grade: {message}", hint) from error
