"""Every file accounted for, and every judgement the one that `grade exNN FILE` gives."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import runs

from grader.author.made_up import Made, Manifest
from grader.cli.warm import start_workers
from grader.course.exercise import Course
from grader.course.pack import open_pack
from grader.course.submission import read_submission
from grader.engine.here import judge_all
from grader.gradebook.attempts import Attempt
from grader.gradebook.book import open_gradebook
from grader.gradebook.dump import timeless
from grader.model import Judgement
from grader.report.json import as_json

Say = Callable[[str], None]


def unaccounted(manifest: Manifest, printed: str, book: Path) -> list[str]:
    """What of a class is neither a submission nor named as not read, or both, or another's, or was never handed in."""
    skipped = set(re.findall(r"^  not read: (.+?): .+$", printed, re.M))
    found = runs.rows(book, "SELECT student, exercise, file, sha256, received_at FROM submissions")
    submissions = {(student, file): (exercise, sha, when) for student, exercise, file, sha, when in found}
    faults = [f"{file} of {student} is twice in the gradebook" for (student, file), n in _twice(found) if n > 1]
    mentioned: set[str] = set()
    for made in manifest.files:
        student = manifest.known_as.get(made.student, made.student)
        submission = submissions.pop((student, made.path), None)
        above = [name for name in (made.path, *map(str, Path(made.path).parents)) if name in skipped]
        mentioned |= set(above)
        if made.read:
            faults += _read(made, submission, above)
        elif submission is not None:
            faults.append(f"{made.path} ({made.kind}) was read as a submission")
        elif not above and made.kind != "metadata":
            faults.append(f"{made.path} ({made.kind}) is neither read nor named")
    faults += [f"{file} of {student} was never handed in" for student, file in submissions]
    return faults + [f"{path} is named as not read, and was never there" for path in sorted(skipped - mentioned)]


def _twice(found: list[tuple]) -> list[tuple[tuple[str, str], int]]:
    return list(Counter((student, file) for student, _, file, _, _ in found).items())


def _read(made: Made, submission: tuple[str, str, str] | None, above: list[str]) -> list[str]:
    if submission is None or above:
        return [f"{made.path} ({made.kind}, {made.source}) is {'named as not read' if above else 'missing'}"]
    exercise, sha, _ = submission
    wrong = [name for name, good in (("exercise", exercise == made.exercise), ("bytes", sha == made.sha256)) if not good]
    return [f"{made.path}: another {name}" for name in wrong]


# ---- the sample --------------------------------------------------------------------------------------------------------


def sample(book: Path, manifest: Manifest, number: int, seed: int) -> list[tuple[Attempt, Made]]:
    """Draw judged submissions, as many from each stratum as can be: exercise, kind, and points in quarters."""
    rng = random.Random(seed)
    made = {(manifest.known_as.get(m.student, m.student), m.path): m for m in manifest.files if m.read}
    with open_gradebook(book, writing=False) as opened:
        attempts = [a for a in opened.attempts() if a.judgement is not None]
    strata: dict[tuple[str, str, int], list[Attempt]] = {}
    for attempt in rng.sample(attempts, len(attempts)):
        score = -1 if attempt.score is None else int(attempt.score)
        strata.setdefault((attempt.exercise, made[attempt.student, attempt.file].kind, score), []).append(attempt)
    drawn: list[Attempt] = []
    while len(drawn) < number and any(strata.values()):
        for stratum in [strata[key] for key in sorted(strata)]:
            if stratum and len(drawn) < number:
                drawn.append(stratum.pop())
    return [(attempt, made[attempt.student, attempt.file]) for attempt in drawn]


def compare(top: Path, book: Path, drawn: list[tuple[Attempt, Made]], say: Say) -> list[str]:
    """Judge each once more in one warm process; say where the judgement is another one than the gradebook's."""
    course = Course.around(runs.ROOT)
    names = {name for exercise in course.exercises for name in course.configuration(exercise).preimports}
    workers = start_workers(tuple(sorted(names)))
    faults: list[str] = []
    try:
        for exercise in course.exercises:
            of_it = [(a, m) for a, m in drawn if a.exercise == exercise.id]
            if of_it:
                again = judge_all(
                    workers,
                    open_pack(course, exercise),
                    [read_submission(top / m.path, exercise.id, m.path) for _, m in of_it],
                )
                with open_gradebook(book, writing=False) as opened:
                    for (attempt, made), fresh in zip(of_it, again, strict=True):
                        assert attempt.judgement is not None
                        faults += _difference(made, opened.judgement(attempt.judgement), fresh)
                say(f"  {exercise.short}: {len(of_it)} judged once more, {len(faults)} differences so far")
    finally:
        workers.close()
    return faults


def _difference(made: Made, kept: Judgement, fresh: Judgement) -> list[str]:
    """Compare all but seconds, usage, which cage it was, and the name that a shared file had."""
    one, other = (msgspec.structs.replace(timeless(judgement), walls=()) for judgement in (kept, fresh))
    if one == other:
        return []
    verdicts = [f"{a.id}: {a.verdict}/{b.verdict}" for a, b in zip(one.checks, other.checks, strict=False) if a != b]
    return [f"{made.path} ({made.source}): {one.score} in the book, {other.score} again; {', '.join(verdicts[:4])}"]


def compare_with_commands(top: Path, book: Path, drawn: list[tuple[Attempt, Made]], say: Say) -> list[str]:
    """The same with the real command line: `grade exNN FILE --json`, to the letter but for seconds, usage and the file's name."""
    faults = []
    for number, (attempt, made) in enumerate(drawn, 1):
        short = made.exercise.partition("_")[0]
        with open_gradebook(book, writing=False) as opened:
            assert attempt.judgement is not None
            kept = as_json(opened.judgement(attempt.judgement), "student", "en")
        printed = _command(short, top / made.path)
        if _plain(kept) != _plain(printed):
            faults.append(f"{made.path}: `grade {short} FILE --json` says otherwise")
        say(f"  {number} of {len(drawn)} with the command line, {len(faults)} differences so far")
    return faults


def _command(short: str, file: Path) -> str:
    import subprocess

    words = runs.command(short, str(file), "--json", "--lang", "en")
    return subprocess.run(words, cwd=runs.ROOT, capture_output=True, text=True, env=runs.environment()).stdout


def _plain(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    del document["usage"], document["submission"]["file"]
    for check in document["checks"]:
        del check["seconds"]
    return document
