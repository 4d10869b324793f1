"""Pass rates, means and discrimination are what one computes by hand, and say nothing where they cannot."""

import random
import statistics

import pytest

from grader.model import CheckResult, CriterionScore, Failure, Judgement, LoadError, Text
from grader.report.item_analysis import CheckFigures, ItemAnalysis, corrected_item_total

VERDICTS = {"1": "accepted", "0": "wrong_answer", "-": "skipped", "?": "not_run", "!": "judge_error"}


def judged(load_error=False, **criteria):
    """A judgement: for each criterion its points, how many it has, and a letter for each check's verdict."""
    checks, scored = [], []
    for name, (points, most, verdicts) in criteria.items():
        scored.append(CriterionScore(name, Text(name), points, 0.0, most))
        for n, letter in enumerate(verdicts):
            failure = None if letter == "1" else Failure("values")
            checks.append(CheckResult(f"{name}{n}", Text(f"{name} {n}"), name, n == 0, "visible", VERDICTS[letter], failure))
    unscored = any(c.points is None for c in scored)
    total = None if unscored else sum(c.points for c in scored)
    error = LoadError("ex.py", 1, 1, "", "") if load_error else None
    most = sum(c.max_points for c in scored)
    return Judgement("ex01", "f", "s", error, (), total, 0.0, most, tuple(scored), tuple(checks), 1, "d", {})


def analysed(*judgements, hand=None):
    items = ItemAnalysis()
    for one in judgements:
        items.add(one, hand or {})
    return items


def test_difficulty_is_the_share_of_who_tried_that_passed():
    items = analysed(judged(a=(1, 1, "11")), judged(a=(0, 1, "10")), judged(a=(0, 1, "0-")), judged(a=(1, 1, "11")))
    gate, other = items.checks()
    assert (gate.tried, gate.passed, gate.skipped, gate.difficulty) == (4, 3, 0, 0.75)
    assert (other.tried, other.passed, other.skipped, other.difficulty) == (3, 2, 1, 2 / 3)


def test_a_criterions_mean_and_full_marks_are_of_all_that_have_a_score():
    figures = analysed(
        judged(a=(2, 2, "11"), b=(0.5, 4, "10")),
        judged(a=(1, 2, "10"), b=(4, 4, "11")),
        judged(load_error=True, a=(0, 2, "--"), b=(0, 4, "--")),
    ).criteria()
    assert [(c.id, c.students, c.full, c.mean) for c in figures] == [("a", 3, 1, 1.0), ("b", 3, 1, 1.5)]


def test_a_submission_that_could_not_be_loaded_says_nothing_of_the_checks_and_one_without_a_score_nothing_at_all():
    items = analysed(judged(a=(1, 1, "1")), judged(load_error=True, a=(0, 1, "-")), judged(a=(None, 1, "!")))
    (check,) = items.checks()
    assert (check.tried, check.skipped) == (1, 0) and items.criteria()[0].students == 2


def test_points_of_a_criterion_that_a_person_grades_are_the_persons():
    items = ItemAnalysis()
    one = judged(a=(1, 1, "1"), style=(0.0, 4, ""))
    items.add(one, {"style": 3.0})
    items.add(one, {})
    style = items.criteria()[1]
    assert (style.by_hand, style.students, style.mean) == (True, 1, 3.0)


def test_the_correlation_is_the_one_computed_by_hand():
    # passed 1 1 0 0, rest 4 2 2 0: means 0.5 and 2, covariance 0.5, deviations 0.5 and sqrt(2)
    assert corrected_item_total(4, 2, 8, 24, 6) == pytest.approx(0.5 / (0.5 * 2**0.5))
    assert corrected_item_total(4, 4, 8, 24, 8) is None and corrected_item_total(4, 0, 8, 24, 0) is None
    assert corrected_item_total(4, 2, 8, 16, 4) is None and corrected_item_total(0, 0, 0, 0, 0) is None


@pytest.mark.parametrize("seed", range(5))
def test_discrimination_is_pearsons_correlation_with_the_points_of_everything_but_the_own_criterion(seed):
    rng = random.Random(seed)
    items, rows = ItemAnalysis(), []
    for _ in range(60):
        a, b, elsewhere = rng.randint(0, 3), rng.randint(0, 2), (float(rng.randint(0, 8)), 8.0)
        letter = rng.choice("110-") if a else "0"
        items.add(judged(a=(a, 3, letter), b=(b, 2, "1" if b else "0")), {}, elsewhere)
        if letter != "-":
            rows.append((letter == "1", (b + elsewhere[0]) / 10))
    passed, rest = zip(*rows, strict=True)
    assert items.checks()[0].discrimination == pytest.approx(statistics.correlation(list(map(float, passed)), rest), abs=1e-3)


def test_the_order_of_the_judgements_changes_nothing():
    rng = random.Random(0)
    many = [
        judged(a=(rng.randint(0, 6) / 2, 3, rng.choice(["11", "10", "0-"])), b=(rng.randint(0, 1), 1, "1")) for _ in range(50)
    ]
    shuffled = rng.sample(many, len(many))
    assert (
        analysed(*many).checks() == analysed(*shuffled).checks()
        and analysed(*many).criteria() == analysed(*shuffled).criteria()
    )


def test_what_is_judged_in_no_other_way_has_no_discrimination():
    items = analysed(*[judged(a=(n % 2, 1, str(n % 2))) for n in range(40)])
    assert items.checks()[0].discrimination is None and items.checks()[0].separates == "too_few"


@pytest.mark.parametrize(
    ("tried", "passed", "discrimination", "word"),
    [
        (4, 0, None, "too_few"), (5, 0, None, "nobody"), (5, 5, None, "everybody"), (19, 9, 0.9, "too_few"),
        (20, 10, 0.3, "clearly"), (20, 10, 0.29, "a_little"), (20, 10, 0.05, "not_at_all"), (20, 10, -0.1, "backwards"),
        (20, 17, 0.9, "nearly_everybody"), (20, 3, 0.9, "nearly_nobody"), (20, 16, 0.9, "clearly"), (30, 10, None, "too_few"),
    ],
)  # fmt: skip
def test_a_word_is_said_only_where_the_numbers_bear_it(tried, passed, discrimination, word):
    assert CheckFigures("c", Text(), "a", False, "visible", tried, passed, 0, discrimination).separates == word
