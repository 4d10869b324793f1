"""`grade batch SOURCE...`: a class is read, judged side by side, and kept in a gradebook."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from grader.cli.class_progress import with_progress
from grader.cli.class_summary import show_summary
from grader.cli.console import console, number_of
from grader.cli.copies import warn_of_copies
from grader.cli.greeting import require_cage
from grader.cli.options import Settings
from grader.cli.outdated import outdated, show_outdated
from grader.cli.warm import protect_memory, start_workers
from grader.cli.who_is_who import (
    ALIKE,
    looks_like_sections,
    refuse_sections,
    show_identities,
    show_other_ids,
    show_shared,
)
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.course.paths import ExercisePaths
from grader.course.starter import is_untouched
from grader.engine.class_judging import Terms, judgements, unjudged
from grader.engine.pool import Pool
from grader.engine.processes import usable_cores
from grader.errors import UsageError
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import Gradebook, open_gradebook
from grader.intake.files import Skipped
from grader.intake.handed_in import Intake, still_to_come
from grader.intake.identity import Known
from grader.intake.roster import read_roster
from grader.intake.sources import read_source
from grader.judge.conditions import versions, walls
from grader.locale import Filled, Say, mark, retold, speaker
from grader.model import Student, Submission

DONE, UNSCORED, STOPPED = 0, 70, 130
STOPPED_HERE = mark("Stopped. What was judged is in {book}; the same command goes on.")
STOPPED_ANEW = mark(
    "Stopped. What was judged is in {book}. The same command begins with the first file again; without --again it judges only "
    "what still needs a judgement."
)


class Wanted(msgspec.Struct, frozen=True):
    """What `grade batch` was asked to do."""

    sources: tuple[str, ...]
    exercises: tuple[str, ...] = ()
    kind: str | None = None
    roster: str | None = None
    book: str = "gradebook.db"
    jobs: int = 0
    again: bool = False
    dry_run: bool = False
    unsafe: bool = False


def grade_class(settings: Settings, wanted: Wanted) -> int:
    """Judge what is not yet judged, show what came of it. Returns 0, 70 where something has no score, 130 after Ctrl-C."""
    course, say = Course.around(Path.cwd()), speaker(settings.language)
    only = {course.find(word).id for word in wanted.exercises}
    roster = read_roster(Path(wanted.roster)) if wanted.roster else []
    known = _known(roster, Path(wanted.book))
    intakes = [_read(course, Path(source), wanted.kind, only, known) for source in wanted.sources]
    submissions = [s for intake in intakes for s in intake.submissions]
    for source, intake in zip(wanted.sources, intakes, strict=True):
        _show_intake(source, intake, say, everything=wanted.dry_run)
    show_shared(intakes, say)
    show_identities(roster, intakes, say, everything=wanted.dry_run)
    show_other_ids(intakes, known, say)
    if wanted.dry_run:
        return DONE
    for source, intake in zip(wanted.sources, intakes, strict=True):
        refuse_sections(source, intake)
    if not submissions:
        raise UsageError("There is nothing to grade.", "`--dry-run` shows what would be read as whose.")
    concerned = {s.exercise for s in submissions}
    warn_of_copies(settings, course, [exercise for exercise in course.exercises if exercise.id in concerned])
    with ExitStack() as stack:
        pool = stack.enter_context(class_pool(course, submissions, wanted.jobs))
        terms = present_terms(course, pool, concerned, unsafe=wanted.unsafe)
        book = stack.enter_context(open_gradebook(Path(wanted.book)))
        book.add_students(_students(book.students(), roster, intakes))
        book.add_submissions(submissions)
        waiting = unjudged(book, submissions, terms, again=wanted.again)
        _show_standing(len({(s.exercise, s.sha256) for s in submissions}) - len(waiting), say)
        stopped = _judge(book, pool, waiting, terms, say)
        unscored = show_summary(course, book, submissions, say)
        show_outdated(console(), outdated(course, book), say)
    if stopped:
        stopped_here = say(STOPPED_ANEW if wanted.again else STOPPED_HERE)
        console().print(stopped_here.format(book=wanted.book), soft_wrap=True)
        return STOPPED
    return UNSCORED if unscored else DONE


def _known(roster: Sequence[Student], path: Path) -> Known:
    """Return who is known before anything is read. There may be no gradebook yet."""
    if not path.is_file():
        return Known(tuple(roster))
    with open_gradebook(path, writing=False) as book:
        return Known(tuple(roster), tuple(book.students()), frozenset(attempt.student for attempt in book.attempts()))


def _read(course: Course, source: Path, kind: str | None, only: Collection[str], known: Known) -> Intake:
    starters: dict[str, str] = {}

    def untouched(exercise: ExercisePaths, file: Path) -> bool:
        if exercise.id not in starters:
            starters[exercise.id] = open_pack(course, exercise).starter
        return is_untouched(file, starters[exercise.id])

    return read_source(course, source, untouched, kind, only, known)


def _students(book: Sequence[Student], roster: Sequence[Student], intakes: Sequence[Intake]) -> list[Student]:
    """Return who is known by name. What the roster says wins; what a source says fills in what the book does not know yet."""
    known = {student.id: student for student in book}
    for student in (student for intake in intakes for student in intake.students.values()):
        known[student.id] = _completed(known.get(student.id, student), student)
    for student in roster:
        known[student.id] = _completed(student, known.get(student.id, student))
    return list(known.values())


def _completed(student: Student, other: Student) -> Student:
    return Student(student.id, student.name or other.name, student.email or other.email, student.section or other.section)


def present_terms(course: Course, pool: Pool, exercises: set[str], *, unsafe: bool) -> Terms:
    """Return what judgements made now by this pool depend on. `MachineError` where the cage does not stand."""
    greeting = pool.greeting()
    require_cage(greeting, "a class's code", unsafe=unsafe)
    packs = [open_pack(course, course.find(exercise)) for exercise in sorted(exercises)]
    return Terms.of(packs, versions(greeting), walls(greeting))


def class_pool(course: Course, files: Sequence[Submission] | Sequence[Attempt], jobs: int) -> Pool:
    """Return the processes that judge these: one for each core, unless `jobs` says otherwise."""
    exercises = {file.exercise for file in files}
    parts = course.preimports(e for e in course.exercises if e.id in exercises)
    start = functools.partial(start_workers, parts)
    protect_memory()  # the key to hidden suites goes from here to the judges
    return Pool(start, course.paths.root, max(1, min(jobs or usable_cores(), len(files))))


def _judge(book: Gradebook, pool: Pool, waiting: Sequence[Submission], terms: Terms, say: Say) -> bool:
    """Judge, each judgement committed before the next is asked for. Returns whether Ctrl-C ended it."""
    try:
        for judgement in judgements(with_progress(pool, waiting, say), terms):
            book.add_judgement(judgement)
    except KeyboardInterrupt:
        return True
    return False


def _show_intake(source: str, intake: Intake, say: Say, *, everything: bool) -> None:
    out = console()
    students = number_of(len({submission.student for submission in intake.submissions}), "student", say)
    submissions = number_of(len(intake.submissions), "submission", say)
    head = say(mark("{source}: {kind}; {submissions} of {students}"))
    told = head.format(source=source, kind=retold(intake.kind, say), submissions=submissions, students=students)
    out.print(told, soft_wrap=True)
    if everything:
        for submission in intake.submissions:
            out.print(f"  {_described(submission, intake.students, say)}", soft_wrap=True)
    doubts = [*(looks_like_sections(source, intake) if intake.sections and everything else ()), *intake.remarks]
    for doubt in doubts if everything else doubts[:ALIKE]:
        out.print(f"  {retold(doubt, say)}", style="yellow", soft_wrap=True)
    if len(doubts) > ALIKE and not everything:
        told = say(mark("  and {count} more (--dry-run names them)")).format(count=len(doubts) - ALIKE)
        out.print(told, style="yellow", soft_wrap=True)
    for files, reason in _together(intake.skipped, say, everything=everything):
        told = say(mark("  not read: {files}: {reason}")).format(files=files, reason=retold(reason, say))
        out.print(told, style="yellow", soft_wrap=True)
    doubted = {
        s.file: Skipped(s.file, mark("the time at which it was received is still to come"))
        for s in still_to_come(intake.submissions)
    }
    for files, reason in _together(list(doubted.values()), say, everything=everything):
        told = say(mark("  look at {files}: {reason}")).format(files=files, reason=retold(reason, say))
        out.print(told, style="yellow", soft_wrap=True)


def _show_standing(files: int, say: Say) -> None:
    if files:
        told = say(mark("{files} judged before; --again judges anew")).format(files=number_of(files, "file", say))
        console().print(told, soft_wrap=True)


def _described(submission: Submission, students: Mapping[str, Student], say: Say) -> str:
    """Return what would be read as whose."""
    student = students.get(submission.student, Student(submission.student))
    what = mark("{file}: {exercise} of {student} ({name})") if student.name else mark("{file}: {exercise} of {student}")
    told = say(what).format(file=submission.file, exercise=submission.exercise, student=student.id, name=student.name)
    told += say(mark(", received {time}")).format(time=submission.received_at) if submission.received_at else ""
    told += say(mark(", marked late")) if submission.marked_late else ""
    others = [member for member in submission.together if member != submission.student]
    return told + (say(mark(", together with {others}")).format(others=say(mark(" and ")).join(others)) if others else "")


def _together(skipped: Sequence[Skipped], say: Say, *, everything: bool) -> Iterator[tuple[str, str]]:
    """Yield files with the reason not to read them; of many alike the first and how many, unless everything is asked for."""
    alike: dict[str, list[str]] = {}
    for one in skipped:
        file = retold(one.file, say) if isinstance(one.file, Filled) else one.file
        alike.setdefault(one.reason, []).append(file)
    for reason, files in alike.items():
        if everything or len(files) <= ALIKE:
            yield from ((file, reason) for file in files)
        else:
            several = say(mark("{file} and {count} more (--dry-run names them)"))
            yield several.format(file=files[0], count=len(files) - 1), reason
