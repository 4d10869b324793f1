"""Points are a pure function of verdicts."""

import pytest

from grader.judge.score import criterion_points, score, total
from grader.model import CheckResult, Criterion, Text


def check(verdict, gate=False, criterion="c", visibility="visible"):
    return CheckResult("x", Text("x"), criterion, gate, visibility, verdict)


def points(worth, *checks, **options):
    return criterion_points(Criterion("c", Text("c"), worth), checks, pending_pass=options.get("pending", False))


def test_a_failed_gate_leaves_nothing():
    assert points(4, check("wrong_answer", gate=True), check("accepted"), check("accepted")) == 0


def test_one_point_is_all_or_nothing():
    assert points(1, check("accepted", gate=True), check("accepted"), check("time_limit")) == 0
    assert points(1, check("accepted", gate=True), check("accepted")) == 1


@pytest.mark.parametrize("passed, earned", [(1, 0.5), (2, 1.0), (3, 1.5), (4, 2.0)])
def test_larger_criteria_pay_in_half_points_rounded_down(passed, earned):
    rest = [check("accepted")] * (passed - 1) + [check("wrong_answer")] * (4 - passed)
    assert points(2, check("accepted", gate=True), *rest) == earned


def test_splitting_a_check_changes_no_grade_by_a_hair():
    assert points(2, check("accepted", gate=True), check("accepted"), check("wrong_answer")) == 1.0  # 4/3, down


def test_a_criterion_without_checks_earns_nothing():
    assert points(3) == 0


def test_what_was_not_run_is_pending_and_not_earned():
    (scored,) = score([Criterion("c", Text("c"), 2)], [check("accepted", gate=True), check("not_run")])
    assert (scored.points, scored.pending) == (1.0, 1.0)


def test_a_fault_of_ours_is_unscored_and_never_zero():
    scored = score([Criterion("c", Text("c"), 2)], [check("accepted", gate=True), check("judge_error")])
    assert scored[0].points is None
    assert total(scored) is None


def test_all_or_nothing_holds_where_it_is_asked_for():
    criterion = Criterion("c", Text("c"), 4, all_or_nothing=True)
    assert criterion_points(criterion, [check("accepted", gate=True), check("missing")], pending_pass=False) == 0


@pytest.mark.parametrize(
    "worth, shown, hidden, held", [(4, 2, 2, 2.0), (4, 3, 1, 1.0), (4, 2, 1, 1.5), (1, 2, 1, 1.0), (4, 2, 0, 0.0)]
)
def test_the_points_of_hidden_checks_are_those_that_visible_ones_alone_cannot_give_whatever_came_out(
    worth, shown, hidden, held
):
    for verdict in ("accepted", "wrong_answer", "not_run", "judge_error"):
        checks = [check(verdict, gate=n == 0) for n in range(shown)] + [check(verdict, visibility="hidden")] * hidden
        assert score([Criterion("c", Text("c"), worth)], checks)[0].hidden == held
