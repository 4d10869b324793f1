"""The fixtures of suites as a pytest plugin: loaded by the judge's own sessions, and by pytest for suite authors."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def student() -> Any:
    """The submission's names."""
    return _value("student")


@pytest.fixture(scope="session")
def worker() -> Any:
    """Torch, as the worker has it."""
    return _value("worker")


@pytest.fixture(scope="session")
def props() -> Any:
    """The exercise's helper modules."""
    return _value("props")


@pytest.fixture(scope="session")
def elsewhere() -> Any:
    """Further workers: one with the submission, a blank one without."""
    return _value("elsewhere")


def _value(name: str) -> Any:
    from grader.judge.fixtures import fixture_values  # late: this module is loaded in every pytest run of the environment

    return fixture_values()[name]
