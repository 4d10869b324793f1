"""A pytest plugin: what a teacher would do without this project. The submission is imported into the tests' own process.

The suites are those of the exercises, word for word; what is swapped is the vocabulary that speaks to a worker, for the
plain thing: torch's own modules, Hypothesis' own `given`, torch's `gradcheck`, `is`. No worker, no pipe, no cage.
Used as `python -m pytest -p unisolated SUITE... --submission FILE`.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch

from grader import suite
from grader.suite import properties


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the submission."""
    parser.addoption("--submission", required=True)


def pytest_configure(config: pytest.Config) -> None:
    """Swap the vocabulary before a suite is imported."""
    torch.set_num_threads(1)
    torch.Tensor.value = property(lambda self: self.detach().clone())  # type: ignore[attr-defined]
    torch.Tensor.is_parameter = property(lambda self: isinstance(self, torch.nn.Parameter))  # type: ignore[attr-defined]
    suite.StudentError = Exception  # type: ignore[assignment,misc]
    for swap in (given, gradcheck, same, assert_same_object, isinstance_of, kept, raises, set_value):
        setattr(suite, swap.__name__, swap)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks for another process: here is none."""
    config.hook.pytest_deselected(items=[item for item in items if "elsewhere" in item.fixturenames])
    items[:] = [item for item in items if "elsewhere" not in item.fixturenames]


def given(*, examples: int = properties.EXAMPLES, **strategies: Any) -> Any:
    """Hypothesis' own, with as many examples."""
    profile = hypothesis.settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    return lambda body: profile(hypothesis.given(**strategies)(body))


def gradcheck(function: Any, *inputs: Any, names: Any = (), parameters: Any = ()) -> None:
    """Torch's own, in float64; it perturbs inputs and parameters where they are."""
    if isinstance(function, torch.nn.Module):
        function.double()
    doubled = [x.detach().double().requires_grad_(x.requires_grad) if isinstance(x, torch.Tensor) else x for x in inputs]
    leaves = [x for x in doubled if isinstance(x, torch.Tensor) and x.requires_grad]
    assert torch.autograd.gradcheck(lambda *_: function(*doubled), [*leaves, *parameters])


def same(a: Any, b: Any) -> bool:
    """Python's own identity."""
    return a is b


def assert_same_object(a: Any, b: Any, subject: str) -> None:
    """Python's own identity."""
    assert a is b, subject


def isinstance_of(thing: Any, kind: Any) -> bool:
    """Python's own."""
    return isinstance(thing, kind)


def kept(function: Any, *args: Any) -> Any:
    """A plain call."""
    return function(*args)


def raises(kind: type[Exception], subject: str) -> Any:
    """pytest's own."""
    return pytest.raises(kind)


def set_value(target: Any, value: Any) -> None:
    """Write into a tensor."""
    with torch.no_grad():
        target.copy_(value)


class Worker(types.SimpleNamespace):
    """Torch, with what the bridge adds to it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def put(self, value: Any) -> Any:
        """A copy."""
        return value.clone() if isinstance(value, torch.Tensor) else value


def _load(path: Path, name: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def student(request: pytest.FixtureRequest) -> Any:
    """The submission, imported. A notebook's code cells are one module."""
    path = Path(request.config.getoption("--submission"))
    if path.suffix == ".py":
        return _load(path, "submission")
    from grader.course.starter import code_of

    module = types.ModuleType("submission")
    exec("\n".join(code_of(path.read_text(encoding="utf-8"))), module.__dict__)
    return module


@pytest.fixture(scope="session")
def worker() -> Worker:
    """Torch."""
    return Worker()


@pytest.fixture(scope="session")
def props(request: pytest.FixtureRequest) -> Any:
    """The helper modules of the suites that run, as one: the private one builds on the public one."""
    found = types.ModuleType("props")
    for folder in dict.fromkeys(item.path.parent for item in request.session.items):
        if (folder / "props.py").is_file():
            exec((folder / "props.py").read_text(encoding="utf-8"), found.__dict__)
    return found
