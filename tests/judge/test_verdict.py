"""How a comparison that failed is told: both sides short, and never the same where they differ."""

import torch

from grader.bridge.transcript import literal
from grader.judge.verdict import judge_outcome, render
from grader.suite.assertions import Mismatch


def test_sides_that_differ_are_shown_to_differ():
    tiny = Mismatch("values", "the output", expected=torch.tensor([0.5, 1e-40]), got=torch.tensor([0.5, 2e-40]))
    _, failure = judge_outcome(tiny, proven=True)
    assert (failure.expected, failure.got) == ("tensor([0.5, 1e-40])", "tensor([0.5, 2e-40])")


def test_sides_are_rounded_where_that_hides_nothing():
    third = Mismatch("values", "the output", expected=torch.tensor([1 / 3, 0.0]), got=torch.tensor([2 / 3, -0.0]))
    _, failure = judge_outcome(third, proven=True)
    assert (failure.expected, failure.got) == ("tensor([0.333333, 0.])", "tensor([0.666667, 0.])")


def test_what_is_not_finite_reads_well_in_a_report_and_runs_in_an_example():
    strange = torch.tensor([float("nan"), float("inf"), float("-inf"), 1.0])
    assert render(strange) == "tensor([nan, inf, -inf, 1.])"
    assert torch.equal(eval(literal(strange)).nan_to_num(7), strange.nan_to_num(7))
