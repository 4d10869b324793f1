"""Runs a suite under plain pytest, for whoever writes it: `pytest solutions/ex04_linear_layer --answer FILE`.

Without `--answer` the reference is the answer. Points come from `grade` alone: here, pytest's own words are what is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.judge.suite_fixtures import elsewhere, props, student, worker

if TYPE_CHECKING:
    from grader.judge.authoring import Bench

__all__ = ["elsewhere", "props", "student", "worker"]  # pytest finds fixtures by their names here


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of suite authors."""
    group = parser.getgroup("grade", "suites of PyTorch exercises")
    group.addoption("--answer", help="The submission that suites are run against; by default the reference.")
    group.addoption("--in-process", action="store_true", help="Run the submission in this process, for a debugger: no cage.")


def is_check(item: pytest.Item) -> bool:
    """Whether an item is a check of a suite."""
    return hasattr(getattr(item, "function", None), "check_info")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make the fixtures of suites known where there are suites."""
    if any(is_check(item) for item in items) and not config.pluginmanager.has_plugin("grade-bench"):
        from grader.judge.authoring import Bench

        config.pluginmanager.register(Bench(config), "grade-bench")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Give a check its worker and its seed."""
    bench: Bench | None = item.config.pluginmanager.get_plugin("grade-bench")
    if bench is None or not is_check(item):
        return (yield)
    with bench.running(item.path, item.name.removeprefix("test_")):
        return (yield)


def answer_path(config: pytest.Config) -> Path | None:
    """Return the file that `--answer` names."""
    word = config.getoption("--answer")
    return Path(word).resolve() if word else None
