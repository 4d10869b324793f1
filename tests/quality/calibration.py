"""What ex11's suites state of their statistical checks: read from the suites, and written as the rows of their tables."""

import importlib.util
import math
from pathlib import Path

from conftest import ROOT

from grader.suite.statistics import MeanTest, ProportionTest, RangeTest, SameSpreadTest, ShapeTest, SpreadTest

SUITES = [
    ROOT / "exercises" / "ex11_initialisation" / "test_visible.py",
    ROOT / "solutions" / "ex11_initialisation" / "test_hidden.py",
]


def suite(path: Path):
    """A suite as a module."""
    spec = importlib.util.spec_from_file_location(f"quality_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stated(test) -> str:
    """What a test finds with probability 0.999, rounded to the safe side."""
    error = test.smallest_error()
    if isinstance(test, MeanTest):
        return f"a mean off by {_up(error, 4)} std"
    if isinstance(test, SpreadTest):
        return f"{_down(error[0], 3)} times the std or less, {_up(error[1], 3)} times or more"
    if isinstance(test, SameSpreadTest):
        return f"one std {_up(error, 3)} times the other or more"
    if isinstance(test, ShapeTest):
        return f"distribution functions {_up(error, 4)} apart or more"
    if isinstance(test, RangeTest):
        return f"{_down(error[0], 4)} times the range or less, {_up(error[1], 4)} times or more"
    assert isinstance(test, ProportionTest)
    return f"a share of {_down(error[0], 4)} or less, {_up(error[1], 4)} or more"


NAMES = {
    MeanTest: "z",
    SpreadTest: "chi-square",
    SameSpreadTest: "two chi-squares",
    ShapeTest: "KS, DKW",
    RangeTest: "extremes",
    ProportionTest: "binomial",
}


def row(name: str, test) -> str:
    """A row of the table in a suite's docstring."""
    return f"| {name:<32} | {NAMES[type(test)]:<15} | {test.n:>5} | {test.alpha:.1e} | {stated(test):<52} |"


def table(calibrated: dict) -> list[str]:
    """The whole table."""
    head = f"| {'check':<32} | {'test':<15} | {'n':>5} | {'alpha':<7} | {'found with probability 0.999':<52} |"
    line = "|" + "|".join("-" * len(cell) for cell in head.split("|")[1:-1]) + "|"
    return [head, line, *(row(name, test) for name, test in calibrated.items())]


def _up(number: float, digits: int) -> str:
    return f"{math.ceil(number * 10**digits) / 10**digits:.{digits}f}"


def _down(number: float, digits: int) -> str:
    return f"{math.floor(number * 10**digits) / 10**digits:.{digits}f}"
