"""What tests share: the course of this repository, the command line as a process, and a warm judge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NO_SKIPS = "GRADE_TEST_NO_SKIPS"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Where CI asks for it, a test that skips has failed: the machine lacks what the test needs."""
    report = yield
    if report.skipped and os.environ.get(NO_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"skipped, and {NO_SKIPS} is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def grade() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line as a process of its own."""

    def run(*words: str, cwd: Path = ROOT, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "grader.cli", *words],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "LANG": "C.UTF-8", **environment},
        )

    return run


@pytest.fixture(scope="session")
def workers() -> Iterator[object]:
    """A warm template, shared by all tests of the session."""
    from grader.cli.warm import start_workers

    source = start_workers()
    yield source
    source.close()


@pytest.fixture(scope="session")
def judge_source(workers):
    """Judge sources against an exercise of this repository: `judge_source("ex03", text, ...)` gives judgements in order."""
    import hashlib

    import msgspec

    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.engine.here import judge_all
    from grader.model import Cell, Submission

    course = Course.around(ROOT)

    def judge(word: str, *sources: str, limits: dict[str, float] | None = None):
        exercise = course.find(word)
        pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)
        if limits:
            pack = msgspec.structs.replace(pack, limits=msgspec.structs.replace(pack.limits, **limits))
        submissions = [
            Submission(
                exercise.id,
                f"{exercise.short}.py",
                (Cell(f"{exercise.short}.py", text),),
                hashlib.sha256(text.encode()).hexdigest(),
            )
            for text in sources
        ]
        return judge_all(workers, pack, submissions)

    return judge


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A real browser, shared by all tests of the session."""
    from browser import a_browser

    with a_browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> object:
    """A handout of the whole course, made from a copy with a string planted in every private file. See `a_handout.Made`."""
    from a_handout import make_with_canaries

    return make_with_canaries(tmp_path_factory.mktemp("teacher"), tmp_path_factory.mktemp("made") / "handout")


@pytest.fixture
def handout(made, tmp_path: Path) -> Path:
    """A copy of that handout, which a test may change."""
    shutil.copytree(made.handout, tmp_path / "handout")
    return tmp_path / "handout"


@pytest.fixture
def course_copy(tmp_path: Path) -> Path:
    """A copy of the course that a test may change."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def answer(word: str, kind: str = "", name: str = "reference") -> str:
    """The text of a known answer."""
    (folder,) = (ROOT / "solutions").glob(f"{word}_*")
    return (folder / kind / f"{name}.py").read_text(encoding="utf-8")


def course_of_one(folder: Path) -> None:
    """Copy ex03 and what concerns the whole course: a course that a test may change, and that is judged soon."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name / "ex03_stateless_layer", folder / name / "ex03_stateless_layer")
        for extra in (ROOT / name).glob("*.*"):
            shutil.copy(extra, folder / name)
