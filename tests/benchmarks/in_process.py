"""The comparator: the suites of ex03, word for word, with the reference imported beside them. No worker, no pipe, no cage.

What is swapped is what must be: the fixtures are the modules themselves, `given` is Hypothesis' own, and the numeric gradients
of `gradcheck` are computed by direct calls, as many as over the pipe.
Prints two lines of seconds, one figure a round after a warm-up: the checks under pytest and Hypothesis; the same checks as
plain function calls on examples drawn beforehand.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import time
import types
from pathlib import Path

import hypothesis
import pytest
import torch
from _pytest.runner import runtestprotocol

from grader import suite
from grader.suite import gradients, properties

ROOT = Path(__file__).parent.parent.parent
EXERCISE, SOLUTION = ROOT / "exercises" / "ex03_stateless_layer", ROOT / "solutions" / "ex03_stateless_layer"
SUITES = [EXERCISE / "test_visible.py", SOLUTION / "test_hidden.py"]


def load(path: Path, name: str) -> types.ModuleType:
    """Import a file under a name."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def given(*, examples: int = properties.EXAMPLES, **strategies):
    """Hypothesis' own `given`, with as many examples; the examples are drawn once more for the plain calls."""
    profile = hypothesis.settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )

    def decorate(body):
        drawn = []
        hypothesis.seed(0)(profile(hypothesis.given(**strategies)(lambda **values: drawn.append(values))))()
        check = profile(hypothesis.given(**strategies)(body))
        wanted = [name for name in inspect.signature(body).parameters if name not in strategies]
        check.plain = lambda: [body(**{name: FIXTURES[name] for name in wanted}, **values) for values in drawn]
        return check

    return decorate


class Direct:
    """What `gradcheck` asks of a connection, without one."""

    def evaluate(self, function, variants, args):
        """Call a function once for each variant of its inputs."""
        with torch.no_grad():
            return [function(*{**args, **dict(variant)}.values()) for variant in variants]


class Worker(types.SimpleNamespace):
    """Torch, with what the bridge adds to it."""

    nn = torch.nn

    def put(self, value):
        """A copy that knows its own value."""
        copy = value.clone()
        copy.value = copy
        return copy


FIXTURES = {
    "student": load(SOLUTION / "reference.py", "ex03"),
    "worker": Worker(),
    "props": load(SOLUTION / "props.py", "props"),
}


class Fixtures:
    """A pytest plugin: the modules as fixtures, and a loop of rounds in place of a single one."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.seconds: list[float] = []
        self.plain: list[float] = []
        self.failures: list[str] = []

    @pytest.fixture
    def student(self):
        """The reference."""
        return FIXTURES["student"]

    @pytest.fixture
    def worker(self):
        """Torch."""
        return FIXTURES["worker"]

    @pytest.fixture
    def props(self):
        """The helpers."""
        return FIXTURES["props"]

    def pytest_runtest_logreport(self, report):
        """Note a failure: the comparator must do the same work, rightly."""
        if report.failed:
            self.failures.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_runtestloop(self, session):
        """Run every item once a round, then call every check once a round."""
        for _ in range(self.rounds + 1):
            start = time.perf_counter()
            for item in session.items:
                runtestprotocol(item, log=True, nextitem=session)
            self.seconds.append(time.perf_counter() - start)
        for _ in range(self.rounds + 1):
            start = time.perf_counter()
            for item in session.items:
                call(item.function)
            self.plain.append(time.perf_counter() - start)
        return True


def call(check) -> None:
    """Call a check with the modules it asks for."""
    if plain := getattr(check, "plain", None):
        plain()
    else:
        check(**{name: FIXTURES[name] for name in inspect.signature(check).parameters})


def main(rounds: int) -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    suite.given, suite.isinstance_of = given, isinstance
    gradients.connection_of = lambda function: Direct()
    fixtures = Fixtures(rounds)
    options = ["--import-mode=importlib", "--noconftest", "-c", "/dev/null", f"--rootdir={ROOT}", "-p", "no:terminal"]
    pytest.main([*options, "-p", "no:grade", "-p", "no:cacheprovider", *map(str, SUITES)], plugins=[fixtures])
    if fixtures.failures:
        sys.exit(fixtures.failures[0])
    print(*fixtures.seconds[1:])
    print(*fixtures.plain[1:])


if __name__ == "__main__":
    main(int(sys.argv[1]))
