"""The bench on which an author tries a suite: one answer, loaded in a worker or in this very process."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.bridge.channel import Closed, Output
from grader.bridge.failures import Abort
from grader.bridge.launch import Limits, Usage, Workers, warm_workers
from grader.bridge.private_folder import PrivateFolder
from grader.course.exercise import Course
from grader.course.pack import Pack, build_pack
from grader.course.paths import ExercisePaths
from grader.course.submission import read_submission
from grader.judge import fixtures
from grader.judge.load import Loader
from grader.judge.pytest_plugin import answer_path
from grader.suite import running
from grader.suite.company import Company
from grader.wire.frames import PREFIX, sizes


class Bench:
    """A pytest plugin: keeps a worker for each exercise whose suites are run."""

    def __init__(self, config: pytest.Config) -> None:
        self._answer = answer_path(config)
        self._in_process = bool(config.getoption("--in-process"))
        self._workers: Workers | None = None
        self._loaders: dict[Path, tuple[Pack, Loader]] = {}

    @contextmanager
    def running(self, suite: Path, check: str) -> Iterator[None]:
        """Make a check's worker and seed the current ones. A limit, a death or a stub is a failure of the check."""
        pack, loader = self._loader(suite.parent)
        connection = loader.spent[-1] if loader.spent and loader.spent[-1].alive else loader.open()
        seed = running.seed_of(pack.course_seed, pack.exercise, check)
        company = Company(loader.open)
        running.enter(running.Run(connection, seed, True, company))
        fixtures.set_source(loader.source)
        try:
            connection.restore()
            connection.seed(seed % 2**31)
            yield
        except Abort as error:
            pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)
        finally:
            running.enter(None)
            company.close()

    def _loader(self, folder: Path) -> tuple[Pack, Loader]:
        if folder not in self._loaders:
            course = Course.around(folder)
            exercise = course.find(folder.name)
            if self._workers is None:
                self._workers = InProcess() if self._in_process else warm_workers(course.configuration(exercise).preimports)
            pack = build_pack(course, exercise)
            self._loaders[folder] = (pack, self._load(exercise, pack))
        return self._loaders[folder]

    def _load(self, exercise: ExercisePaths, pack: Pack) -> Loader:
        path = self._answer or exercise.reference
        submission = read_submission(path, exercise.id, path.name)
        assert self._workers is not None
        limits = Limits(**pack.limits.given())
        if self._in_process:
            limits = Limits(1e6, 1e6, 1e6)  # whoever sits in a debugger takes their time
        return Loader(self._workers, submission, limits, pack.props, pack.config.names)

    def pytest_sessionfinish(self) -> None:
        """End every worker."""
        for _, loader in self._loaders.values():
            loader.close()
        if self._workers is not None:
            self._workers.close()


class InProcess:
    """A source of workers that are this very process: for a debugger, never for points."""

    ended = False

    def start(self, limits: Limits) -> InProcessWorker:
        """See `Workers`."""
        return InProcessWorker()

    def close(self) -> None:
        """See `Workers`."""


class InProcessWorker:
    """A worker's server, called directly."""

    def __init__(self) -> None:
        self._folder = PrivateFolder()
        self.scratch = self._folder.path
        self.channel: Any = InProcessChannel(self.scratch)

    def end(self) -> Usage:
        """See `Worker`."""
        self._folder.remove()
        return Usage()


class InProcessChannel:
    """Hands a frame to the server and returns its answer. The worker is loaded by name: nothing here imports it."""

    def __init__(self, scratch: Path) -> None:
        self.output = Output()
        self._scratch = scratch
        self._server = importlib.import_module("grader.worker.serve").Server()

    def exchange(self, frame: bytes, deadline: float) -> tuple[bytes, bytes]:
        """See `Channel`."""
        header, _ = sizes(frame[: PREFIX.size])
        start = PREFIX.size + header
        with contextlib.chdir(self._scratch):
            answer: bytes = self._server.answer(frame[PREFIX.size : start], frame[start:])
        if not answer:
            raise Closed
        header, _ = sizes(answer[: PREFIX.size])
        return answer[PREFIX.size : PREFIX.size + header], answer[PREFIX.size + header :]

    def close(self) -> None:
        """See `Channel`."""
