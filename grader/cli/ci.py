"""`grade ci`: what was changed in a student's repository is graded, and told to whatever system runs this.

A student may have written anything into the repository: settings of git, links, modules that are called like ours. Where the
repository is the course's folder, too, its pack is the checks, and nothing else in it is believed.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from grader.bridge.failures import BridgeFault
from grader.bridge.launch import Workers
from grader.bridge.secrets import take_secrets
from grader.cli.ci_reports import write_reports
from grader.cli.greeting import greet, require_cage
from grader.cli.options import Settings
from grader.cli.surroundings import autograder, bases, metadata, recognised, top
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import Pack, open_pack
from grader.course.paths import CoursePaths, ExercisePaths, find_course
from grader.course.starter import differs, notebook_of
from grader.engine.class_judging import Terms
from grader.engine.here import judge_all
from grader.engine.pool import Outcome
from grader.errors import CourseError, GradeError, UsageError
from grader.intake.changes import changes, top_of
from grader.intake.history import History
from grader.intake.workspace import Answers, candidates, read_answers
from grader.judge.session import versions
from grader.locale import mark, speaker
from grader.model import Judgement, Submission
from grader.report.github import tame
from grader.report.run import Graded, LeftOut, Run

FULL, NOT_FULL, UNSCORED = 0, 1, 70
PIN = "GRADE_PACK_SHA256"
NOTHING = mark("Nothing to grade: no exercise was changed.")
NOTHING_HERE = mark("Nothing to grade: no exercise has an answer yet.")


class Wanted(msgspec.Struct, frozen=True):
    """What `grade ci` was asked to do."""

    everything: bool = False
    base: str | None = None
    kind: str = "auto"
    out: str | None = None
    unsafe: bool = False
    submission: str | None = None


class _Place(msgspec.Struct, frozen=True):
    """Whose checks, whose answers: the course, the student's folder, and what its files are called by whoever runs this.

    `only` are the exercises of an assignment: these are graded whether they have an answer or not.
    """

    course: Course
    folder: Path
    prefix: str
    only: frozenset[str]
    assigned: bool


def grade_changes(settings: Settings, wanted: Wanted) -> int:
    """Grade, write reports. Returns 0 for full marks or nothing to do, 1 for less, 70 where a score is missing."""
    take_secrets()
    if settings.audience == "teacher":
        raise UsageError("What `grade ci` writes is for students to read: there is no --as teacher.")
    environment = dict(os.environ)
    kind = recognised(environment) if wanted.kind == "auto" else wanted.kind
    with _harmless_errors():
        place = _place(wanted, kind, environment)
        _import_nothing_from(place.folder)
        with tempfile.TemporaryDirectory(prefix="grade-ci-") as scratch:
            clone = top_of(place.folder)
            history = History((clone or place.folder) / ".git", Path(scratch) / "history")
            run = _run(settings, wanted, place, clone or place.folder, history, environment)
            write_reports(run, kind, wanted.out, environment, history.time_of())
    if run.score is None:
        return UNSCORED
    return FULL if run.passed else NOT_FULL


def _place(wanted: Wanted, kind: str, environment: Mapping[str, str]) -> _Place:
    paths = find_course(Path.cwd())
    folder = Path(wanted.submission).resolve() if wanted.submission else paths.root.resolve()
    words = environment.get("ASSIGNMENT", "") if kind == "classroom50" else ""
    if kind == "gradescope":
        folder = folder if wanted.submission else (autograder(environment) / "submission").resolve()
        words = metadata(environment).assignment.title
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    received = folder == paths.root.resolve()
    course = Course(CoursePaths(paths.root, received=received))
    _check_pack(course.paths, environment)
    above = top(environment) or top_of(folder) or folder
    prefix = f"{folder.relative_to(above).as_posix()}/" if folder != above and folder.is_relative_to(above) else ""
    return _Place(course, folder, prefix, _asked(course, words), kind in ("gradescope", "classroom50"))


def _check_pack(paths: CoursePaths, environment: Mapping[str, str]) -> None:
    """Hold the pack against the digest that whoever runs this expects: students may write into the folder that it lies in."""
    expected = environment.get(PIN, "").strip().lower()
    if paths.received and not paths.pack_file.is_file():
        raise CourseError(
            "There is no exercises/course.pack: in a student's repository, these are the only checks that are believed.",
            "Put the pack of the handout back; or run this in the course's folder, with --submission DIR.",
        )
    if expected and (not paths.pack_file.is_file() or hashlib.sha256(paths.pack_file.read_bytes()).hexdigest() != expected):
        raise CourseError(
            f"exercises/course.pack is not the one that {PIN} names.",
            "Put the pack of the handout back, or set the digest anew.",
        )


def _asked(course: Course, words: str) -> frozenset[str]:
    """Return the exercises that an assignment's name names; none where it names none of this course."""
    numbers = {int(number) for number in re.findall(r"(?<![a-z0-9])ex(?:ercise)?[ _-]?0*([0-9]{1,4})(?![0-9])", words.lower())}
    return frozenset(e.id for e in course.exercises if int(e.short.removeprefix("ex")) in numbers)


def _import_nothing_from(folder: Path) -> None:
    """Take the student's folder off the paths of imports: a `torch.py` in it would be run by the judge."""

    def is_theirs(entry: str) -> bool:
        path = Path(entry or ".").resolve()
        return path.is_relative_to(folder) and not path.is_relative_to(Path(sys.prefix).resolve())

    sys.path[:] = [entry for entry in sys.path if not is_theirs(entry)]


def _run(
    settings: Settings, wanted: Wanted, place: _Place, clone: Path, history: History, environment: Mapping[str, str]
) -> Run:
    """Return what came of it. Torch is imported only where there is something to grade."""
    say = speaker(settings.language)
    found = candidates(place.course, place.folder, place.only)
    notes = []
    inside = f"{place.folder.relative_to(clone).as_posix()}/" if place.folder != clone else ""
    everything = wanted.everything or place.assigned
    if not everything:
        files = {inside + c.file.name: c.file.path for c in found if c.file.path is not None}
        changed = changes(history, files, (wanted.base,) if wanted.base else bases(environment))
        if changed.names is None:
            notes.append(say(changed.why))
        else:
            touched = {c.exercise.id for c in found if c.file.path is None or inside + c.file.name in changed.names}
            found = [candidate for candidate in found if candidate.exercise.id in touched]
    if not found and not place.only:
        return Run((), (), (*notes, say(NOTHING_HERE if everything else NOTHING)), settings.language)
    exercises = [e for e in place.course.exercises if e.id in place.only or e.id in {c.exercise.id for c in found}]
    workers = start_workers(_preimports(place.course, exercises))
    try:
        greeting = greet(workers)
        require_cage(greeting, "what is pushed", unsafe=wanted.unsafe)
        packs = {c.exercise.id: open_pack(place.course, c.exercise) for c in found}
        answers = read_answers(place.course, found, _Starters(packs), lambda name: history.time_of(inside + name), place.only)
        walls = tuple((wall.name, wall.stands, wall.detail) for wall in greeting.walls)
        terms = Terms.of(packs.values(), {**versions(), **greeting.versions}, walls)
        graded = tuple(_graded(settings, place, answers, s, terms, workers) for s in answers.submissions.values())
    finally:
        workers.close()
    left_out = tuple(LeftOut(place.prefix + skipped.file, skipped.reason) for skipped in answers.left_out)
    if not graded and not left_out:
        notes.append(say(NOTHING_HERE))
    return Run(graded, left_out, tuple(notes), settings.language)


def _preimports(course: Course, exercises: Sequence[ExercisePaths]) -> tuple[str, ...]:
    """Return what to import beside torch: parts of torch alone, for in a student's repository the list may be theirs."""
    names = {name for exercise in exercises for name in course.configuration(exercise).preimports}
    return tuple(sorted(name for name in names if name.startswith("torch.")))


class _Starters:
    """Tells whether a file is still its exercise's starter."""

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        self._packs = packs

    def __call__(self, exercise: ExercisePaths, file: Path) -> bool:
        """See `Untouched`."""
        notebook = file.suffix.lower() == ".ipynb"
        script = self._packs[exercise.id].starter
        text = file.read_text(encoding="utf-8", errors="replace")
        return not differs(text, notebook_of(script) if notebook else script, notebook=notebook)


def _graded(
    settings: Settings, place: _Place, answers: Answers, submission: Submission, terms: Terms, workers: Workers
) -> Graded:
    exercise = place.course.find(submission.exercise)
    pack = terms.packs[submission.exercise]
    path = place.prefix + answers.names[submission.file]
    return Graded(
        judgement=_judged(msgspec.structs.replace(submission, file=path), terms, workers),
        short=exercise.short,
        title=pack.config.title.in_language(settings.language),
        path=path,
        cells=submission.cells,
        edited_suite=_edited_suite(place, exercise, pack),
    )


def _judged(submission: Submission, terms: Terms, workers: Workers) -> Judgement:
    """Judge; where the judge itself comes to grief there is no score, and the other exercises are graded."""
    try:
        return judge_all(workers, terms.packs[submission.exercise], [submission])[0]
    except (BridgeFault, CourseError) as error:
        return terms.unscored(Outcome(submission, None, str(error)))


def _edited_suite(place: _Place, exercise: ExercisePaths, pack: Pack) -> str:
    """Return the name of a copy of the visible checks that a student changed, "" where there is none."""
    name = f"exercises/{exercise.id}/{exercise.visible_suite.name}"
    path = place.folder / name
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        data = file.read(2 * len(pack.visible.encode()) + 4096)
    same = data.decode("utf-8", "replace").replace("\r\n", "\n") == pack.visible.replace("\r\n", "\n")
    return "" if same else place.prefix + name


@contextmanager
def _harmless_errors() -> Iterator[None]:
    """Let an error's words be one line of a log, and no command: they may quote what a student wrote."""
    try:
        yield
    except GradeError as error:
        message, hint = (tame(" ".join(words.split())).removeprefix("|").strip() for words in (error.message, error.hint))
        raise type(error)(message.lstrip(":"), hint.lstrip(":")) from error
