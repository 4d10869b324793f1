"""A made-up class: plausible judgements of real exercises, with their real criteria, checks and mistakes. Nothing is judged."""

from __future__ import annotations

import ast
import hashlib
import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from grader.course.exercise import Course
from grader.course.paths import ExercisePaths
from grader.course.settings import read_messages
from grader.gradebook.book import Gradebook
from grader.judge.score import score, total
from grader.model import (
    Cell,
    CheckResult,
    Failure,
    Judgement,
    LoadError,
    Student,
    Submission,
    Text,
    Usage,
)

EXERCISES = ("ex01", "ex03", "ex04", "ex08", "ex12")
BEIJING = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 8, 0, tzinfo=BEIJING)
NAMES = ("Ada Lovelace", "王小明", "Emmy Noether", "李华", "Alan Turing", "张伟", "Grace Hopper", "Sofya Kovalevskaya")


def made_up_course(root, *, due: bool = True) -> Course:
    """Return the course with due dates a week apart, and a late policy."""
    course = Course.around(root)
    if due:
        dates = {word: START + timedelta(days=5 + 6 * n, hours=15, minutes=59) for n, word in enumerate(EXERCISES)}
        course.config = msgspec.structs.replace(course.config, due=dates)
    return course


def fill(book: Gradebook, course: Course, students: int = 120, exercises: tuple[str, ...] = EXERCISES, seed: int = 7) -> None:
    """Fill a gradebook: the same class for the same seed."""
    book._connection.execute("PRAGMA synchronous = OFF")  # nothing here is worth a disk's time
    rng = random.Random(seed)
    ids = [f"s{2026000 + n}" for n in range(students)]
    book.add_students([Student(i, NAMES[n % len(NAMES)] if n % 3 == 0 else "") for n, i in enumerate(ids)])
    ability = {student: rng.gauss(0, 1) for student in ids}
    for number, word in enumerate(exercises):
        world = _World(course, course.find(word))
        due = START + timedelta(days=5 + 6 * number, hours=15, minutes=59)
        for order, student in enumerate(ids):
            if rng.random() < 0.03 + 0.02 * number:
                continue
            for attempt in range(2 if rng.random() < 0.15 else 1):
                _hand_in(book, world, rng, student, ability[student] + 0.5 * attempt, due, order)


class _World:
    """An exercise as its files tell it: checks in their order, criteria, known mistakes and what they are told."""

    def __init__(self, course: Course, exercise: ExercisePaths) -> None:
        self.id, self.short = exercise.id, exercise.short
        self.criteria = course.configuration(exercise).as_criteria()
        self.messages = read_messages(exercise)
        self.checks = [*_checks(exercise, "visible", self.messages), *_checks(exercise, "hidden", self.messages)]
        expected = tomllib.loads(exercise.expectations.read_text(encoding="utf-8"))
        self.mistakes = [
            (name, about["fails"], about.get("says", [""])[0]) for name, about in expected["wrong_answer"].items()
        ]


def _checks(exercise, visibility, messages) -> Iterator[CheckResult]:
    path = exercise.visible_suite if visibility == "visible" else exercise.hidden_suite
    for function in ast.parse(path.read_text(encoding="utf-8")).body:
        for decorator in getattr(function, "decorator_list", ()):
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "criterion":
                title = Text(" ".join(ast.get_docstring(function).split()), messages.titles.get(function.name, ""))
                gate = any(k.arg == "gate" and k.value.value for k in decorator.keywords)
                name = function.name.removeprefix("test_")
                yield CheckResult(name, title, decorator.args[0].value, gate, visibility, "accepted", seconds=0.01)


def _hand_in(book, world, rng, student, ability, due, order) -> None:
    source = f"# {student} {world.short} {rng.random()}\n" + ("x = 1\n" if order % 40 else _LONG)
    digest = hashlib.sha256(source.encode()).hexdigest()
    hours = rng.expovariate(1 / 40) - (rng.expovariate(1 / 15) if rng.random() < 0.14 else 0) + 0.1
    when = max(due - timedelta(hours=hours), START).astimezone(UTC).isoformat(timespec="seconds")
    file = f"{student}/{world.short}.py"
    book.add_submissions([Submission(world.id, file, (Cell(f"{world.short}.py", source),), digest, student, when)])
    book.add_judgement(_judgement(world, rng, ability, file, digest))


_LONG = "import torch\n" + "".join(f"def f{n}(x):\n    return torch.relu(x + {n})\n" for n in range(20))


def _judgement(world, rng, ability, file, digest) -> Judgement:
    whim = rng.random()
    load_error = LoadError(f"{world.short}.py", 12, 9, "def forward(self x):", "invalid syntax") if whim < 0.02 else None
    fails: dict[str, CheckResult] = {}
    number = 0 if rng.random() < 1 / (1 + 2.718 ** (-1.3 * ability - 0.1)) else rng.choice((1, 1, 1, 2, 3))
    for _ in range(number):
        name, failed, says = world.mistakes[min(int(rng.expovariate(0.14)), len(world.mistakes) - 1)]
        for check in failed:
            fails.setdefault(check, _failed(check, name, says, rng, world))
    checks = []
    for check in world.checks:
        if load_error is not None:
            checks.append(msgspec.structs.replace(check, verdict="skipped", failure=Failure("unloadable")))
        elif check.id in fails:
            told = fails[check.id]
            checks.append(msgspec.structs.replace(
                check, verdict=told.verdict, failure=told.failure, diagnosis=told.diagnosis, diagnosed_by=told.diagnosed_by
            ))  # fmt: skip
        else:
            checks.append(check)
    failed_gates = {c.criterion for c in checks if c.gate and c.verdict != "accepted"}
    checks = [
        msgspec.structs.replace(c, verdict="skipped", failure=Failure("gate"))
        if c.criterion in failed_gates and not c.gate and load_error is None else c
        for c in checks
    ]  # fmt: skip
    if whim > 0.9975:
        checks[0] = msgspec.structs.replace(
            checks[0], verdict="judge_error", failure=Failure("fault", text="BridgeFault: gone")
        )
    scored = score(world.criteria, checks)
    seconds = rng.lognormvariate(-0.7, 0.7)
    return Judgement(
        world.id, file, digest, load_error, (), total(scored), sum(c.pending for c in scored),
        sum(c.points for c in world.criteria), scored, tuple(checks), 7, "digest", {"torch": "2.13.0"},
        (("landlock", True, ""),), usage=Usage(seconds, seconds, 300.0),
    )  # fmt: skip


def _failed(check, name, says, rng, world) -> CheckResult:
    about = next(c for c in world.checks if c.id == check)
    if rng.random() < 0.01:
        return msgspec.structs.replace(about, verdict="output_limit", failure=Failure("output_limit", name="forward"))
    if says and rng.random() < 0.85:
        diagnosis = Text(says, world.messages.words.get(says, ""))
        return msgspec.structs.replace(
            about, verdict="wrong_answer", failure=Failure("values", Text("the output", "输出"), where="3/12@(0, 1)"),
            diagnosis=diagnosis, diagnosed_by=name,
        )  # fmt: skip
    kind = rng.choice(("shape", "raised", "time_limit", "stub", "said"))
    failure = {
        "shape": Failure("shape", Text("the output", "输出"), expected="(4, 2)", got=f"({rng.randint(1, 9)}, 2)"),
        "raised": Failure(
            "raised",
            name="RuntimeError",
            builtin="RuntimeError",
            text="mat1 and mat2 shapes cannot be multiplied (4x3 and 4x2)",
        ),
        "time_limit": Failure("time_limit", name="forward"),
        "stub": Failure("stub", name="forward"),
        "said": Failure("said", Text("Two calls should give two results.", "两次调用应得到两个结果。")),
    }[kind]
    verdicts = {"shape": "wrong_answer", "raised": "run_time_error", "time_limit": "time_limit", "stub": "missing"}
    return msgspec.structs.replace(about, verdict=verdicts.get(kind, "wrong_answer"), failure=failure)
