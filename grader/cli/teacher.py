"""`grade verify` and `grade stubs`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.table import Table

from grader.author import stubs as author_stubs
from grader.author.known import Known, known_answers
from grader.author.verify import FAILED, Verified, verify
from grader.cli.console import console
from grader.cli.options import Settings
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import build_pack, proven_digests
from grader.course.paths import CoursePaths, ExercisePaths
from grader.errors import UsageError
from grader.judge.feedback import tell
from grader.model import Judgement

AGREES, DISAGREES = 0, 3


def _exercises(course: Course, word: str | None) -> Sequence[ExercisePaths]:
    if not course.paths.has_solutions:
        raise UsageError("This copy of the course has no solutions/: this command is for teachers.")
    return [course.find(word)] if word else course.exercises


def write_stubs(settings: Settings, word: str | None, check: bool) -> int:
    """Write stale starters, or with `check` only name them. Returns 3 where `check` finds one."""
    course = Course.around(Path.cwd())
    exercises = _exercises(course, word)
    out = console()
    if check:
        found = author_stubs.stale(course, exercises)
        for path in found:
            out.print(f"stale: {course.shown(path)}", markup=False)
        if found:
            out.print("Write them with: grade stubs")
            return DISAGREES
        out.print(f"{2 * len(exercises)} starters are what their references make.")
        return AGREES
    for path in author_stubs.write(course, exercises):
        out.print(f"written: {course.shown(path)}", markup=False)
    return AGREES


def verify_exercises(settings: Settings, word: str | None, messages: bool) -> int:
    """Run the known answers of one exercise or of all, print the matrix, and note the suites that are proven."""
    course = Course.around(Path.cwd())
    exercises = _exercises(course, word)
    preimports = sorted({name for e in exercises for name in course.configuration(e).preimports})
    out = console()
    workers = start_workers(preimports)
    agree = True
    try:
        for exercise in exercises:
            pack = build_pack(course, exercise)
            with out.status(exercise.id) as status:
                verified = verify(
                    workers,
                    pack,
                    known_answers(course, exercise, pack),
                    lambda answer, name=exercise.id: status.update(f"{name}: {answer.kind}/{answer.name}"),  # type: ignore[misc]
                )
            out.print(_matrix(verified))
            if messages:
                out.print(_messages(verified, settings.language))
            for sentence in verified.disagreements:
                out.print(f"✗ {exercise.short}: {sentence}", style="red", markup=False)
            if not verified.disagreements:
                _note_proven(course.paths, exercise.id, pack.digest)
            agree = agree and not verified.disagreements
    finally:
        workers.close()
    out.print("Every known answer gets what it must." if agree else "Some answers disagree: see above.", style="bold")
    return AGREES if agree else DISAGREES


def _matrix(verified: Verified) -> Table:
    share = f"visible checks alone fail {verified.visible_share:.0%} of the wrong answers"
    table = Table(title=f"{verified.exercise}: {share}", title_justify="left", box=None)
    table.add_column("answer", no_wrap=True)
    first = verified.judged[0][1]
    for criterion in first.criteria:
        table.add_column(f"{criterion.id}/{criterion.max_points}", justify="right")
    table.add_column(f"score/{first.max_score}", justify="right")
    for answer, judgement in verified.judged:
        cells = ["–" if c.points is None else f"{c.points:g}" for c in judgement.criteria]
        total = "–" if judgement.score is None else f"{judgement.score:g}"
        table.add_row(f"{answer.kind}/{answer.name}", *cells, total, style=_style(answer, judgement))
    return table


def _style(answer: Known, judgement: Judgement) -> str:
    if answer.kind in ("reference", "accepted"):
        return "green" if judgement.score == judgement.max_score else "red"
    return "" if answer.kind == "wrong_answer" else "dim"


def _messages(verified: Verified, language: str) -> Table:
    table = Table(
        title=f"{verified.exercise}: the first sentence that each wrong answer is told", title_justify="left", box=None
    )
    table.add_column("wrong answer", no_wrap=True)
    table.add_column("sentence", overflow="fold")
    for answer, judgement in verified.judged:
        if answer.kind == "wrong_answer":
            told = [tell(c, "student", language) for c in judgement.checks if c.verdict in FAILED]
            table.add_row(answer.name, told[0].message.splitlines()[0] if told else "–")
    return table


def _note_proven(paths: CoursePaths, exercise: str, digest: str) -> None:
    """Keep a proven suite's digest: from now on, what goes wrong in a check is the submission's doing."""
    digests = proven_digests(paths)
    if digests.get(exercise) != digest:
        digests[exercise] = digest
        text = msgspec.json.format(msgspec.json.encode(dict(sorted(digests.items()))))
        paths.proven_file.write_bytes(text + b"\n")
