"""Statistical checks are calibrated: the stated false-alarm rates and powers are the ones that simulation finds.

`pytest -s tests/quality` prints the tables. Seeds are fixed, and every bound on a simulated count is the exact binomial one,
left with probability 1e-6.
"""

import ast
import math
import tomllib

import calibration
import pytest
import torch
from conftest import ROOT, answer

from grader.suite.distributions import Hollow, Normal, Uniform, binomial, chi_square_quantile, distance, normal_quantile
from grader.suite.statistics import (
    SLACK,
    MeanTest,
    ProportionTest,
    RangeTest,
    SameSpreadTest,
    ShapeTest,
    SpreadTest,
    assert_distribution,
    assert_mean,
    assert_proportion,
    assert_range,
    assert_same_std,
    assert_std,
    without_repeats,
)

QUICK, LONG = 100, 10_000  # samples of 60,000 numbers; a quarter as many where they have to be sorted
draws = pytest.mark.parametrize("draws", [QUICK, pytest.param(LONG, marks=pytest.mark.slow)])
UNIFORM, HOLLOW = Uniform(-1.0, 1.0), Hollow(5.0, 10.0)


@pytest.fixture(autouse=True)
def one_thread():
    """As in the judge. Sorting 60,000 numbers on many threads takes ten times as long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def count_bounds(n: int, p: float) -> tuple[int, int]:
    """The counts that a proportion p leaves with probability 1e-6 at most."""
    return ProportionTest(n, p, 1e-6).accepted


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(g: torch.Generator, n: int, mean: float = 0.0, std: float = 1.0) -> torch.Tensor:
    return torch.empty(n).normal_(mean, std, generator=g)


def uniform(g: torch.Generator, n: int, low: float = -1.0, high: float = 1.0) -> torch.Tensor:
    return torch.empty(n).uniform_(low, high, generator=g)


def hollow(g: torch.Generator, n: int) -> torch.Tensor:
    values = uniform(g, n, -10.0, 10.0)
    return values * (values.abs() >= 5)


def truncated(g: torch.Generator, n: int, mean: float, std: float) -> torch.Tensor:
    return torch.nn.init.trunc_normal_(torch.empty(n), mean, std, mean - 2 * std, mean + 2 * std, generator=g)


# ---- formulas -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [0.05, 5e-4, 5e-10])
def test_the_normal_quantile_is_that_of_the_error_function(tail):
    assert math.erfc(normal_quantile(tail) / math.sqrt(2)) / 2 == pytest.approx(tail, rel=1e-6)


@pytest.mark.parametrize("tail", [0.05, 5e-4, 5e-10])
@pytest.mark.parametrize("half", [5, 500, 30_000])
def test_the_chi_square_quantile_is_that_of_a_poisson_sum(half, tail):
    """With an even number of degrees 2m, P(X > x) is the chance that a Poisson variable of mean x/2 is below m."""

    def poisson(first, last, mean):
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(first, last))

    high = chi_square_quantile(tail, 2 * half, upper=True) / 2
    low = chi_square_quantile(tail, 2 * half, upper=False) / 2
    assert poisson(0, half, high) == pytest.approx(tail, rel=1e-5)
    assert poisson(half, half + 200 + int(20 * math.sqrt(half)), low) == pytest.approx(tail, rel=1e-5)


@pytest.mark.parametrize("p", [0.5, 0.03])
def test_binomial_probabilities_are_exact(p):
    exact = [math.comb(60, k) * p**k * (1 - p) ** (60 - k) for k in range(61)]
    assert torch.allclose(binomial(60, p), torch.tensor(exact, dtype=torch.float64), rtol=1e-10, atol=0)


def test_the_distance_is_the_largest_one_on_either_side_of_each_step():
    values = torch.tensor([0.9, 0.1, 0.4], dtype=torch.float64)
    assert distance(values, Uniform(0.0, 1.0).cdf) == pytest.approx(1 / 3 - 0.1 if 1 / 3 - 0.1 > 2 / 3 - 0.4 else 2 / 3 - 0.4)


@pytest.mark.parametrize("distribution", [UNIFORM, HOLLOW, Uniform(2.0, 7.0)], ids=str)
def test_moments_are_those_of_a_fine_grid_and_below_the_normal_ones(distribution):
    """Moments up to the 60th stay below (2k - 1)!! std^2k; from there on largest^2k alone is smaller."""
    if isinstance(distribution, Hollow):
        x = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 5_000 - 10
        x = x * (x.abs() >= 5)
    else:
        x = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
        x = distribution.low + (distribution.high - distribution.low) * x
    z = (x - distribution.mean) / distribution.std
    assert z.mean().item() == pytest.approx(0, abs=1e-9)
    assert (z**2).mean().item() == pytest.approx(1, rel=1e-4)
    assert (z**4).mean().item() == pytest.approx(distribution.kurtosis, rel=1e-4)
    assert z.abs().max().item() == pytest.approx(distribution.largest, rel=1e-4)
    double_factorial = 1.0
    for k in range(1, 31):
        double_factorial *= 2 * k - 1
        assert (z ** (2 * k)).mean().item() <= double_factorial * (1 + 1e-9), k
    assert distribution.largest**2 < 61  # each further moment grows by less than largest^2, its bound by 2k + 1


# ---- false alarms -----------------------------------------------------------------------------------------------------------

N = 400

# name: the test at alpha, whether a right sample is rejected by it, and the least share of alpha that must be seen
RIGHT = {
    "mean of normal numbers": (lambda a: MeanTest(N, a), lambda t, g: t.rejects(normal(g, N), 0.0, 1.0), 1.0),
    "mean of uniform numbers": (
        lambda a: MeanTest(N, a, normal=False),
        lambda t, g: t.rejects(uniform(g, N), 0.0, UNIFORM.std),
        0.0,
    ),
    "mean of hollow numbers": (
        lambda a: MeanTest(N, a, normal=False),
        lambda t, g: t.rejects(hollow(g, N), 0.0, HOLLOW.std),
        0.0,
    ),
    "std of normal numbers": (lambda a: SpreadTest(N, a), lambda t, g: t.rejects(normal(g, N), 1.0), 1.0),
    "std of uniform numbers": (
        lambda a: SpreadTest.of(N, UNIFORM, a),
        lambda t, g: t.rejects(uniform(g, N), UNIFORM.std),
        0.0,
    ),
    "std of hollow numbers": (lambda a: SpreadTest.of(N, HOLLOW, a), lambda t, g: t.rejects(hollow(g, N), HOLLOW.std), 0.0),
    "two stds of normal numbers": (lambda a: SameSpreadTest(N, a), lambda t, g: t.rejects(normal(g, N), normal(g, N)), 0.0),
    "shape of normal numbers": (lambda a: ShapeTest(N, a), lambda t, g: t.rejects(normal(g, N).double(), Normal(0, 1)), 0.8),
    "shape of uniform numbers": (lambda a: ShapeTest(N, a), lambda t, g: t.rejects(uniform(g, N).double(), UNIFORM), 0.8),
    "range of uniform numbers": (lambda a: RangeTest(N, a), lambda t, g: t.rejects(uniform(g, N), -1.0, 1.0), 0.95),
    "share of heads": (
        lambda a: ProportionTest(N, 0.5, a),
        lambda t, g: t.rejects(int((uniform(g, N) > 0).sum())),
        None,  # counts are whole: the level is the exact one of its interval
    ),
}


@pytest.mark.parametrize("draws", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", RIGHT)
def test_false_alarms_come_as_often_as_stated(name, draws):
    make, rejects, least = RIGHT[name]
    for alpha in (1e-1, 1e-2, 1e-3):
        test = make(alpha)
        level = alpha
        if least is None:
            fewest, most = test.accepted
            level = 1 - binomial(N, 0.5)[fewest : most + 1].sum().item()
            assert level <= alpha
        few = draws if alpha < 0.1 or draws > 2_000 else draws // 2
        g = generator(round(1 / alpha))
        seen = sum(rejects(test, g) for _ in range(few))
        print(f"{name:<28} alpha {alpha:.0e}: {seen / few:.5f} of {few}")
        assert seen <= count_bounds(few, level)[1]
        if least is None or least > 0:
            assert seen >= count_bounds(few, level * (1.0 if least is None else least))[0]


# ---- power --------------------------------------------------------------------------------------------------------------------

SAMPLES = 60_000
KAIMING = [math.sqrt(2 / fan) for fan in (300, 200)]
XAVIER = math.sqrt(6 / 500)
SHIFT = 2 * normal_quantile(0.5 - ShapeTest(SAMPLES).smallest_error() / 2)  # sup |cdf(x) - cdf(x - d)| = 2 cdf(d / 2) - 1
BOUNDARY = {  # what is caught is an error of just the stated size, on either side
    "a mean too high": lambda g: MeanTest(SAMPLES).rejects(normal(g, SAMPLES, MeanTest(SAMPLES).smallest_error()), 0.0, 1.0),
    "a std too small": lambda g: SpreadTest(SAMPLES).rejects(
        normal(g, SAMPLES, 0.0, SpreadTest(SAMPLES).smallest_error()[0]), 1.0
    ),
    "a std too large": lambda g: SpreadTest(SAMPLES).rejects(
        normal(g, SAMPLES, 0.0, SpreadTest(SAMPLES).smallest_error()[1]), 1.0
    ),
    "a std of uniform numbers too large": lambda g: SpreadTest.of(SAMPLES, UNIFORM).rejects(
        uniform(g, SAMPLES) * SpreadTest.of(SAMPLES, UNIFORM).smallest_error()[1], UNIFORM.std
    ),
    "a range too short": lambda g: RangeTest(SAMPLES).rejects(
        uniform(g, SAMPLES).double() * RangeTest(SAMPLES).smallest_error()[0], -1.0, 1.0
    ),
    "a range too long": lambda g: RangeTest(SAMPLES).rejects(
        uniform(g, SAMPLES).double() * RangeTest(SAMPLES).smallest_error()[1], -1.0, 1.0
    ),
    "a share too large": lambda g: ProportionTest(SAMPLES).rejects(int((uniform(g, SAMPLES, 0, 1) < SHARE).sum())),
    "a shape too far away": lambda g: ShapeTest(SAMPLES).rejects(normal(g, SAMPLES, SHIFT).double(), Normal(0.0, 1.0)),
    "two stds too far apart": lambda g: SameSpreadTest(10_000, 2.5e-10, slack=2**-6).rejects(
        normal(g, 10_000) * SameSpreadTest(10_000, 2.5e-10, slack=2**-6).smallest_error(), normal(g, 10_000)
    ),
}
SHARE = ProportionTest(SAMPLES).smallest_error()[1]


@draws
@pytest.mark.parametrize("name", BOUNDARY)
def test_an_error_of_the_stated_size_is_found(name, draws):
    g, draws = generator(11), draws // 4 if "shape" in name else draws
    missed = draws - sum(BOUNDARY[name](g) for _ in range(draws))
    print(f"{name:<36} missed {missed} of {draws}")
    assert missed <= count_bounds(draws, 0.001)[1]


class Initialiser:
    """A wrong initialiser: what it draws, whether its check sees it, and the known answer that makes the mistake."""

    def __init__(self, known: str, check: str, seen) -> None:
        self.known, self.check, self.seen = known, check, seen


VISIBLE = calibration.suite(calibration.SUITES[0])
WRONG = {
    "the variance for the std": Initialiser(
        "std_squared", "init_normal_std", lambda g: SpreadTest(SAMPLES).rejects(normal(g, SAMPLES, 0.5, 0.3**2), 0.3)
    ),
    "the root of the std": Initialiser(
        "std_is_the_variance", "init_normal_std", lambda g: SpreadTest(SAMPLES).rejects(normal(g, SAMPLES, 0.5, 0.3**0.5), 0.3)
    ),
    "the mean 1 for 0": Initialiser(
        "mean_is_one_by_default",
        "init_normal_mean_by_default",
        lambda g: MeanTest(SAMPLES).rejects(normal(g, SAMPLES, 1.0, 0.01), 0.0, 0.01),
    ),
    "the mean left out": Initialiser(
        "mean_left_out", "init_normal_mean", lambda g: MeanTest(SAMPLES).rejects(normal(g, SAMPLES, 0.0, 0.3), 0.5, 0.3)
    ),
    "fan_out for fan_in": Initialiser(
        "fans_swapped",
        "kaiming_fan_in",
        lambda g: SpreadTest(SAMPLES).rejects(normal(g, SAMPLES, 0.0, KAIMING[1]), KAIMING[0]),
    ),
    "fan_in for fan_out": Initialiser(
        "mode_ignored",
        "kaiming_fan_out",
        lambda g: SpreadTest(SAMPLES).rejects(normal(g, SAMPLES, 0.0, KAIMING[0]), KAIMING[1]),
    ),
    "no sqrt(3) in the bound": Initialiser(
        "xavier_without_sqrt_three",
        "xavier_range",
        lambda g: RangeTest(SAMPLES).rejects(uniform(g, SAMPLES) * XAVIER / math.sqrt(3), -XAVIER, XAVIER),
    ),
    "gain squared": Initialiser(
        "gain_squared",
        "xavier_gain",
        lambda g: RangeTest(SAMPLES).rejects(uniform(g, SAMPLES) * 1.7**2 * XAVIER, -1.7 * XAVIER, 1.7 * XAVIER),
    ),
    "a normal distribution cut off, by its std": Initialiser(
        "truncated_at_two_std", "init_normal_std", lambda g: SpreadTest(SAMPLES).rejects(truncated(g, SAMPLES, 0.5, 0.3), 0.3)
    ),
    "a normal distribution cut off, by its shape": Initialiser(
        "truncated_at_two_std",
        "init_normal_shape",
        lambda g: ShapeTest(SAMPLES).rejects(truncated(g, SAMPLES, 0.0, 0.01).double(), Normal(0.0, 0.01)),
    ),
    "uniform numbers of the same std": Initialiser(
        "uniform_of_the_same_std",
        "init_normal_shape",
        lambda g: ShapeTest(SAMPLES).rejects(uniform(g, SAMPLES).double() * math.sqrt(3), Normal(0.0, 1.0)),
    ),
    "normal numbers of the same std": Initialiser(
        "xavier_is_normal",
        "xavier_shape",
        lambda g: ShapeTest(SAMPLES).rejects(normal(g, SAMPLES).double() / math.sqrt(3), UNIFORM),
    ),
    "w for |w|": Initialiser(
        "my_init_forgets_abs",
        "my_init_zeros",
        lambda g: ProportionTest(SAMPLES).rejects(int((uniform(g, SAMPLES) < 0.5).sum())),
    ),
    "one row for all": Initialiser(
        "one_row_for_all",
        "each_number_is_drawn_on_its_own",
        lambda g: VISIBLE.mostly_repeated(normal(g, 30).expand(20, 30)) and not VISIBLE.mostly_repeated(normal(g, 600)),
    ),
    "one number for each row": Initialiser(
        "one_number_per_row",
        "each_number_is_drawn_on_its_own",
        lambda g: VISIBLE.mostly_repeated(normal(g, 20)[:, None].expand(20, 30)),
    ),
    "a half with the other sign": Initialiser(
        "second_half_is_the_first",
        "each_number_is_drawn_on_its_own",
        lambda g: VISIBLE.mostly_repeated(torch.cat([half := normal(g, 300), -half])),
    ),
    "a fixed seed": Initialiser(
        "seeds_in_init_normal",
        "two_layers_differ",
        lambda g: (
            torch.equal(*(normal(generator(0), 600) for _ in range(2))) and not torch.equal(normal(g, 600), normal(g, 600))
        ),
    ),
}


@draws
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_initialiser_is_found(name, draws):
    """With a power of 0.999 or more, at most one in a thousand is missed; none of these comes near it."""
    g, draws = generator(12), draws // 4 if "shape" in WRONG[name].check else draws
    missed = draws - sum(WRONG[name].seen(g) for _ in range(draws))
    print(f"{name:<44} {WRONG[name].check:<32} missed {missed} of {draws}")
    assert missed <= draws / 1000


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_initialiser_is_a_known_answer_that_fails_its_check(name):
    expected = tomllib.loads((ROOT / "solutions" / "ex11_initialisation" / "expect.toml").read_text(encoding="utf-8"))
    assert WRONG[name].check in expected["wrong_answer"][WRONG[name].known]["fails"]


# ---- what the suites state ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", calibration.SUITES, ids=lambda path: path.stem)
def test_the_table_of_a_suite_holds_the_derived_numbers(path):
    module = calibration.suite(path)
    rows = calibration.table(module.CALIBRATED)
    print("\n".join(rows))
    assert "\n".join(rows) in module.__doc__
    assert all(test.alpha <= 1e-9 for test in module.CALIBRATED.values())
    assert ProportionTest(module.SAMPLES).accepted[0] == module.KEPT


@pytest.mark.parametrize("path", calibration.SUITES, ids=lambda path: path.stem)
def test_every_check_that_counts_random_numbers_is_in_the_table(path):
    counting = {"assert_mean", "assert_std", "assert_same_std", "assert_distribution", "assert_range", "assert_proportion"}
    found = {
        node.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if any(isinstance(part, ast.Name) and part.id in counting for part in ast.walk(node))
    }
    assert found == set(calibration.suite(path).CALIBRATED)


def test_the_tests_that_run_are_those_that_are_stated(judge_source, monkeypatch):
    """Size, false-alarm probability and kind, noted while the reference is judged."""
    noted = []
    for kind in calibration.NAMES:
        plain = kind.rejects

        def rejects(self, *args, plain=plain):
            noted.append((type(self), self.n, self.alpha))
            return plain(self, *args)

        monkeypatch.setattr(kind, "rejects", rejects)
    (judgement,) = judge_source("ex11", answer("ex11"))
    assert judgement.score == judgement.max_score
    stated = [test for path in calibration.SUITES for test in calibration.suite(path).CALIBRATED.values()]
    for kind, n, alpha in noted:
        assert any(type(test) is kind and test.alpha == alpha and test.n <= n for test in stated), (kind, n, alpha)
    assert {type(test) for test in stated} == {kind for kind, _, _ in noted}


# ---- the assertions -------------------------------------------------------------------------------------------------------------


def test_assertions_accept_right_samples_and_say_what_is_wrong():
    g = generator(13)
    right, wide, even = normal(g, 10_000), normal(g, 10_000, 0.0, 2.0), uniform(g, 10_000)
    assert_mean(right, Normal(0, 1), "x")
    assert_mean(wide, Normal(0, 1), "x")  # its std is wrong, and its mean as near to 0 as that allows
    assert_std(right, Normal(0, 1), "x")
    assert_std(even, UNIFORM, "x")
    assert_same_std(right, normal(g, 10_000), Normal(0, 1), "x")
    assert_distribution(right, Normal(0, 1), "x")
    assert_range(even, UNIFORM, "x")
    assert_proportion(right > 0, 0.5, "x")
    failing = {
        "mean": [lambda: assert_mean(right + 1, Normal(0, 1), "x"), lambda: assert_mean(wide + 1, Normal(0, 1), "x")],
        "std": [
            lambda: assert_std(wide, Normal(0, 1), "x"),
            lambda: assert_std(even / 2, UNIFORM, "x"),
            lambda: assert_same_std(right, wide, Normal(0, 1), "x"),
        ],
        "distribution": [
            lambda: assert_distribution(even * math.sqrt(3), Normal(0, 1), "x"),
            lambda: assert_mean(torch.zeros(1), Normal(0, 1), "x"),
        ],
        "range": [lambda: assert_range(even / 2, UNIFORM, "x"), lambda: assert_range(even * 2, UNIFORM, "x")],
        "proportion": [
            lambda: assert_proportion(right > 1, 0.5, "x"),
            lambda: assert_proportion(torch.zeros(0, dtype=torch.bool), 0.5, "x"),
        ],
    }
    for kind, calls in failing.items():
        for call in calls:
            with pytest.raises(AssertionError) as caught:
                call()
            assert caught.value.kind == kind


@pytest.mark.parametrize("name", ["mean", "std", "distribution", "range"])
def test_a_number_that_is_none_is_never_accepted(name):
    values = normal(generator(14), 1000)
    values[3] = float("nan")
    calls = {
        "mean": lambda: assert_mean(values, Normal(0, 1), "x"),
        "std": lambda: assert_std(values, Normal(0, 1), "x"),
        "distribution": lambda: assert_distribution(values, Normal(0, 1), "x"),
        "range": lambda: assert_range(values, Uniform(-9, 9), "x"),
    }
    with pytest.raises(AssertionError):
        calls[name]()


def test_one_row_or_column_stands_for_a_matrix_that_repeats_it():
    row, matrix = normal(generator(15), 30), normal(generator(16), 600).reshape(20, 30)
    assert torch.equal(without_repeats(row.expand(20, 30)), row)
    assert torch.equal(without_repeats(row[:, None].expand(30, 20)), row)
    assert torch.equal(without_repeats(matrix), matrix)


@pytest.mark.parametrize("shape", [(2_000_000,), (1000, 2000)], ids=str)
def test_the_grid_of_bfloat16_stays_within_its_slack(shape):
    """Twice two million numbers: mean and spread of a sample are within 0.005 of the grid's own, six deviations."""
    slack = SLACK[torch.bfloat16]
    made = torch.empty(shape, dtype=torch.bfloat16)
    samples = [
        (made.normal_(0.0, 1.0, generator=generator(17)).double(), Normal(0, 1)),
        (made.clone().uniform_(-1, 1, generator=generator(18)).double(), UNIFORM),
    ]
    drawn = made.clone().uniform_(-10, 10, generator=generator(19))
    samples.append(((drawn * (drawn.abs() >= 5)).double(), HOLLOW))
    for values, distribution in samples:
        off, ratio = abs(values.mean().item()) / distribution.std, values.std().item() / distribution.std
        print(f"{distribution}: mean off by {off:.4f} std, {ratio:.4f} times the std")
        assert off < slack + 0.005 and abs(ratio - 1) < slack + 0.005
