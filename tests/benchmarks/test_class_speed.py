"""Figures, never verdicts: judgements a second of a class, beside plain pytest with one process a submission."""

import sys

import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "tests" / "scale"))

pytestmark = pytest.mark.benchmark
WORDS = ("ex01", "ex03", "ex07", "ex12")


def test_a_class_over_plain_pytest(tmp_path):
    import speed

    from grader.author.made_up import make_class
    from grader.course.exercise import Course

    course = Course.around(ROOT)
    slow = frozenset({"never_returns", "floods_standard_output"})
    manifest = make_class(course, tmp_path / "class", 40, [course.find(word) for word in WORDS], 11, avoid=slow)
    print()
    speed.measure(tmp_path / "class" / manifest.top, manifest, tmp_path, each=30, pytest_each=4, rounds=2, seed=11, say=print)
