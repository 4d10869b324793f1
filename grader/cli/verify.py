"""`grade verify`: the proof of the suites, exercise by exercise."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from grader.author.known import Expectations, Known, known_answers
from grader.author.robust import Mutated, failing_seeds, try_mutants
from grader.author.verify import FAILED, Verified, verify
from grader.bridge.launch import Workers
from grader.cli.console import console
from grader.cli.options import Settings
from grader.cli.progress import SeedsDone
from grader.cli.teacher import AGREES, DISAGREES, exercises_of
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import Pack, build_pack, proven_digests
from grader.course.paths import CoursePaths, ExercisePaths
from grader.course.settings import read_toml
from grader.engine.side_by_side import side_by_side
from grader.judge.feedback import tell
from grader.model import Judgement


@dataclass(frozen=True)
class Wanted:
    """What is to be proved: known answers, or else mutants, or else a number of seeds; and by how many processes."""

    messages: bool = False
    quick: bool = False
    mutants: bool = False
    seeds: int = 0
    jobs: int = 0


def verify_exercises(settings: Settings, word: str | None, wanted: Wanted) -> int:
    """Prove the suites of one exercise or of all, and print what was found."""
    course = Course.around(Path.cwd())
    exercises = exercises_of(course, word)
    start = functools.partial(start_workers, course.preimports(exercises))
    out = console()
    if wanted.mutants:
        return _mutants(out, course, exercises, start, wanted.jobs)
    if wanted.seeds:
        return _seeds(out, course, exercises, start, wanted)
    disagreements: list[str] = []
    with out.status("Judging the known answers ...") as status:
        task = functools.partial(_verify_one, course.paths.root, wanted.quick)
        for exercise, verified in zip(exercises, side_by_side(start, task, exercises, wanted.jobs), strict=True):
            status.stop()
            disagreements += _show(out, course, exercise, verified, settings.language if wanted.messages else "")
            if not wanted.quick and not verified.disagreements and not course.configuration(exercise).draft:
                _note_proven(course.paths, exercise.id, build_pack(course, exercise).digest)
            status.start()
    return _conclude(out, disagreements)


def _conclude(out: Console, disagreements: Sequence[str]) -> int:
    """Print every disagreement once more, for whoever sees the end of a long log only."""
    if not disagreements:
        out.print("Every known answer gets what it must.", style="bold")
        return AGREES
    out.print(f"{len(disagreements)} disagree:", style="bold")
    for text in disagreements:
        out.print(text, style="red")
    return DISAGREES


def _opened(root: Path, exercise: ExercisePaths) -> tuple[Course, Pack, list[Known]]:
    course = Course(CoursePaths(root))
    pack = build_pack(course, exercise)
    return course, pack, known_answers(course, exercise, pack)


def _verify_one(root: Path, quick: bool, workers: Workers, exercise: ExercisePaths) -> Verified:
    _, pack, known = _opened(root, exercise)
    return verify(workers, pack, known, quick=quick)


def _show(out: Console, course: Course, exercise: ExercisePaths, verified: Verified, language: str) -> list[str]:
    """Print what was found; return what disagrees. What a draft lacks is told, and is no disagreement."""
    out.print(_matrix(verified))
    if language:
        out.print(_messages(verified, language))
    draft = course.configuration(exercise).draft
    if not draft:
        texts = [f"✗ {exercise.short}: {sentence}" for sentence in verified.disagreements]
        for text in texts:
            out.print(text, style="red")
        return texts
    for sentence in verified.disagreements:
        out.print(f"· {exercise.short}, still to do: {sentence}", style="yellow")
    out.print(f"{exercise.short} is a draft. When it is ready, take `draft = true` out of its exercise.toml.")
    return []


def _mutants(
    out: Console, course: Course, exercises: Sequence[ExercisePaths], start: functools.partial[Workers], jobs: int
) -> int:
    agree = True
    task = functools.partial(_mutate_one, course.paths.root)
    for exercise, found in zip(exercises, side_by_side(start, task, exercises, jobs), strict=True):
        share = found.killed / found.mutants if found.mutants else 1.0
        line = f"{exercise.id}: {found.mutants} mutants, {found.killed} told from the reference ({share:.0%})"
        out.print(f"{line}, {found.equivalent} listed as equivalent")
        for sentence in found.disagreements:
            out.print(f"✗ {exercise.short}: {sentence}", style="red")
        agree = agree and not found.disagreements
    return AGREES if agree else DISAGREES


def _mutate_one(root: Path, workers: Workers, exercise: ExercisePaths) -> Mutated:
    _, pack, known = _opened(root, exercise)
    return try_mutants(workers, pack, known[0].submission, read_toml(exercise.expectations, Expectations).equivalent)


def _seeds(
    out: Console, course: Course, exercises: Sequence[ExercisePaths], start: functools.partial[Workers], wanted: Wanted
) -> int:
    agree = True
    task = functools.partial(_try_seeds, course.paths.root, wanted.seeds)
    for exercise, (tried, found) in zip(exercises, side_by_side(start, task, exercises, wanted.jobs), strict=True):
        out.print(f"{exercise.id}: {tried} judgements under other seeds, {len(found)} fail")
        for sentence in found:
            out.print(f"✗ {exercise.short}: {sentence}", style="red")
        agree = agree and not found
    return AGREES if agree else DISAGREES


def _try_seeds(root: Path, seeds: int, workers: Workers, exercise: ExercisePaths) -> tuple[int, list[str]]:
    """Try the reference under all seeds, each accepted answer under a tenth of them. What is done already is not repeated."""
    course, pack, known = _opened(root, exercise)
    right = [a.submission for a in known if a.kind == "accepted"]
    done = SeedsDone(course.paths, exercise.short)
    found: list[str] = []
    for name, submissions, number in (("reference", [known[0].submission], seeds), ("accepted", right, seeds // 10)):
        key = f"{name}/{pack.digest}/{'+'.join(s.sha256[:8] for s in submissions)}"
        first = done.of(key)
        found += failing_seeds(workers, pack, submissions, range(first, number), functools.partial(done.note, key))
    return seeds + len(right) * (seeds // 10), found


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
