"""Calibrated statistics: assertions about random numbers, with error rates that are derived and not found by trying.

Each test knows how often it rejects a right sample (`alpha`) and the smallest error that it rejects with a given power.
`tests/quality` confirms both by simulation.

    z, chi-square      the exact distributions of mean and variance of a normal sample
    sub-Gaussian       P(mean - mu >= t) <= exp(-n t^2 / (2 sigma^2)): for a symmetric distribution with
                       E (x - mu)^2k <= (2k - 1)!! sigma^2k, term by term of the moment generating function
    Bernstein          for the variance of bounded samples (Boucheron, Lugosi, Massart: Concentration Inequalities, 2.8)
    DKW                P(sup |F_n - F| > t) <= 2 exp(-2 n t^2) for every n and F (Massart, Ann. Probab. 18, 1990)
    binomial           exact

Numbers of bfloat16 lie on a coarse grid: they are tested by mean and spread, with `SLACK`, and never by their shape.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from grader.bridge.failures import SuiteMisuse
from grader.suite.assertions import Mismatch, fetch
from grader.suite.distributions import (
    Continuous,
    Distribution,
    Uniform,
    binomial,
    binomial_interval,
    bisect,
    chi_square_quantile,
    distance,
    normal_quantile,
)

ALPHA = 1e-9  # the chance that a right sample is rejected
POWER = 0.999  # the chance that an error of `smallest_error` is rejected

# What rounding may add to |mean - mu| / sigma and to |s - sigma| / sigma. In bfloat16, with its 8 bits, torch draws from
# 256 numbers k/256. Then a uniform sample's mean is too low by 1/512 of its range (0.0068 sigma), a normal sample's spread,
# by the mean of -2 log(k/256) over k = 1..256, is too low by 0.0072, and rounding a product adds 2^-8 of a number at most.
SLACK = {torch.bfloat16: 2**-6}

# What rounding may add at each end of an interval, as a share of its length: four units in the last place of float32.
ROUNDING = 2**-21


# ---- the tests ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeanTest:
    """|mean - mu| <= critical * sigma: z for a normal sample, the sub-Gaussian bound for any other."""

    n: int
    alpha: float = ALPHA
    normal: bool = True

    @property
    def critical(self) -> float:
        """The largest accepted |mean - mu| / sigma."""
        return self._quantile(self.alpha / 2) / math.sqrt(self.n)

    def smallest_error(self, power: float = POWER) -> float:
        """The smallest |wrong mean - mu| / sigma that is rejected with this power."""
        return self.critical + self._quantile(1 - power) / math.sqrt(self.n)

    def rejects(self, values: torch.Tensor, mu: float, sigma: float, slack: float = 0.0) -> bool:
        """Whether a sample contradicts the mean `mu`."""
        return not abs(values.mean().item() - mu) <= (self.critical + slack) * sigma

    def _quantile(self, tail: float) -> float:
        return normal_quantile(tail) if self.normal else math.sqrt(2 * math.log(1 / tail))


@dataclass(frozen=True)
class SpreadTest:
    """low <= s^2 / sigma^2 <= high, where s^2 is the mean square distance from the sample's own mean.

    For a normal sample n s^2 / sigma^2 is chi-square with n - 1 degrees of freedom. For any other s^2 = m - d^2 with m the
    mean of (x - mu)^2 and d = mean - mu: (x - mu)^2 / sigma^2 has mean 1 and variance kurtosis - 1 and lies between 0 and
    largest^2, so that Bernstein bounds m; d has the sub-Gaussian bound, with half of the lower side's share of alpha.
    """

    n: int
    alpha: float = ALPHA
    kurtosis: float = 3.0
    largest: float = math.inf

    @classmethod
    def of(cls, n: int, distribution: Distribution, alpha: float = ALPHA) -> SpreadTest:
        """Return the test for samples of a distribution."""
        return cls(n, alpha, distribution.kurtosis, distribution.largest)

    @property
    def low(self) -> float:
        """The smallest accepted s^2 / sigma^2."""
        return self._low(self.alpha / 2)

    @property
    def high(self) -> float:
        """The largest accepted s^2 / sigma^2."""
        return self._high(self.alpha / 2)

    def smallest_error(self, power: float = POWER) -> tuple[float, float]:
        """The ratios (below 1, above 1) of wrong std to right std that are rejected with this power, and all beyond."""
        return math.sqrt(self.low / self._high(1 - power)), math.sqrt(self.high / self._low(1 - power))

    def rejects(self, values: torch.Tensor, sigma: float, slack: float = 0.0) -> bool:
        """Whether a sample contradicts the standard deviation `sigma`."""
        ratio = values.std(correction=0).item() / sigma
        return not math.sqrt(self.low) - slack <= ratio <= math.sqrt(self.high) + slack

    def _low(self, tail: float) -> float:
        if math.isinf(self.largest):
            return chi_square_quantile(tail, self.n - 1, upper=False) / self.n
        return 1 - self._bernstein(tail / 2, 1.0) - 2 * math.log(4 / tail) / self.n

    def _high(self, tail: float) -> float:
        if math.isinf(self.largest):
            return chi_square_quantile(tail, self.n - 1, upper=True) / self.n
        return 1 + self._bernstein(tail, self.largest**2 - 1)

    def _bernstein(self, tail: float, most: float) -> float:
        """The t of n t^2 = 2 (variance + most t / 3) log(1 / tail), where no summand exceeds its mean by more than `most`."""
        drift = most * math.log(1 / tail) / 3
        return (drift + math.sqrt(drift**2 + 2 * self.n * (self.kurtosis - 1) * math.log(1 / tail))) / self.n


@dataclass(frozen=True)
class SameSpreadTest:
    """The standard deviations of two samples of one kind differ by no more than a factor of `critical`, whatever they are.

    Their ratio leaves its interval only where one of them leaves its own: two samples, two sides, alpha / 4 each.
    """

    n: int
    alpha: float = ALPHA
    kurtosis: float = 3.0
    largest: float = math.inf
    slack: float = 0.0

    @property
    def critical(self) -> float:
        """The largest accepted ratio."""
        return self._ratio(self.alpha / 2)

    def smallest_error(self, power: float = POWER) -> float:
        """The smallest ratio of the two spreads that is rejected with this power."""
        return self.critical * self._ratio(1 - power)

    def rejects(self, values: torch.Tensor, others: torch.Tensor) -> bool:
        """Whether two samples contradict that they have one spread."""
        one, other = values.std(correction=0).item(), others.std(correction=0).item()
        return not (one <= self.critical * other and other <= self.critical * one)

    def _ratio(self, tail: float) -> float:
        single = SpreadTest(self.n, tail, self.kurtosis, self.largest)
        return (math.sqrt(single.high) + self.slack) / (math.sqrt(single.low) - self.slack)


@dataclass(frozen=True)
class ShapeTest:
    """sup |F_n - F| <= critical, the statistic of Kolmogorov and Smirnov with the bound of Dvoretzky, Kiefer, Wolfowitz."""

    n: int
    alpha: float = ALPHA

    @property
    def critical(self) -> float:
        """The largest accepted distance."""
        return math.sqrt(math.log(2 / self.alpha) / (2 * self.n))

    def smallest_error(self, power: float = POWER) -> float:
        """The smallest sup |G - F| of a wrong distribution G that is rejected with this power.

        Where G is farthest from F, Hoeffding's inequality on one side keeps F_n near G.
        """
        return self.critical + math.sqrt(math.log(1 / (1 - power)) / (2 * self.n))

    def rejects(self, values: torch.Tensor, distribution: Continuous) -> bool:
        """Whether a sample contradicts a distribution."""
        return not distance(values, distribution.cdf) <= self.critical


@dataclass(frozen=True)
class RangeTest:
    """All of a uniform sample lies in [low, high], and both ends are nearly reached, within critical * (high - low).

    P(largest <= high - t (high - low)) = (1 - t)^n, and likewise below: alpha / 2 each. Nothing lies outside, but for
    rounding, of which a few units in the last place are allowed.
    """

    n: int
    alpha: float = ALPHA

    @property
    def critical(self) -> float:
        """The largest accepted gap at an end, as a share of high - low."""
        return -math.expm1(math.log(self.alpha / 2) / self.n)

    def smallest_error(self, power: float = POWER) -> tuple[float, float]:
        """The ratios (below 1, above 1) of wrong to right length, about the same middle, that are rejected with this power.

        Where the sample's interval is r times as long, a number stays within the right one with 1 / r, and all n do with
        r^-n. Where it is shorter by the accepted gap at both ends, it is rejected always.
        """
        return 1 - 2 * self.critical, (1 - power) ** (-1 / self.n) * (1 + 2 * ROUNDING)

    def rejects(self, values: torch.Tensor, low: float, high: float) -> bool:
        """Whether a sample contradicts that it fills the interval."""
        gap, beyond = self.critical * (high - low), ROUNDING * (high - low)
        least, most = values.min().item(), values.max().item()
        return not (low - beyond <= least <= low + gap and high - gap <= most <= high + beyond)


@dataclass(frozen=True)
class ProportionTest:
    """fewest <= count <= most: the exact binomial distribution, alpha / 2 on each side."""

    n: int
    p: float = 0.5
    alpha: float = ALPHA

    @property
    def accepted(self) -> tuple[int, int]:
        """The smallest and the largest accepted count."""
        return binomial_interval(self.n, self.p, self.alpha)

    def smallest_error(self, power: float = POWER) -> tuple[float, float]:
        """The proportions (below p, above p) that are rejected with this power, and all beyond."""
        fewest, most = self.accepted

        def accepts(p: float) -> float:
            return binomial(self.n, p)[fewest : most + 1].sum().item()

        below = bisect(lambda p: accepts(p) > 1 - power, 0.0, self.p, steps=24)
        above = bisect(lambda p: accepts(p) <= 1 - power, self.p, 1.0, steps=24)
        return below, above

    def rejects(self, count: int) -> bool:
        """Whether a count contradicts the proportion."""
        fewest, most = self.accepted
        return not fewest <= count <= most


# ---- what suites assert -----------------------------------------------------------------------------------------------------


def assert_mean(got: Any, expected: Distribution, subject: str) -> None:
    """The numbers have the mean of `expected`, as far as so many can tell; if their spread is wrong, as far as that allows."""
    values, slack = _sample(got, subject)
    too_wide = SpreadTest.of(values.numel(), expected).rejects(values, expected.std, slack)
    sigma = max(expected.std, values.std(correction=0).item()) if too_wide else expected.std
    if MeanTest(values.numel(), normal=math.isinf(expected.largest)).rejects(values, expected.mean, sigma, slack):
        raise Mismatch("mean", subject, expected=_short(expected.mean), got=_short(values.mean().item()))


def assert_std(got: Any, expected: Distribution, subject: str) -> None:
    """The numbers have the standard deviation of `expected`, as far as so many can tell."""
    values, slack = _sample(got, subject)
    if SpreadTest.of(values.numel(), expected).rejects(values, expected.std, slack):
        raise Mismatch("std", subject, expected=_short(expected.std), got=_short(values.std(correction=0).item()))


def assert_same_std(got: Any, other: Any, kind: Distribution, subject: str, alpha: float = ALPHA) -> None:
    """The numbers have the spread of as many others, whatever it is. Of `kind` only the kurtosis and the largest count."""
    (values, slack), (others, more) = _sample(got, subject), _sample(other, subject)
    if values.numel() != others.numel():
        raise SuiteMisuse("two samples of one size are compared")
    if SameSpreadTest(values.numel(), alpha, kind.kurtosis, kind.largest, max(slack, more)).rejects(values, others):
        sides = (_short(sample.std(correction=0).item()) for sample in (others, values))
        raise Mismatch("std", subject, expected=next(sides), got=next(sides))


def assert_distribution(got: Any, expected: Continuous, subject: str) -> None:
    """The numbers are distributed as `expected`, as far as so many can tell; in float32 and float64 only."""
    values, slack = _sample(got, subject)
    if slack:
        raise SuiteMisuse("the grid of a coarse dtype is a shape of its own: ask for mean and spread")
    if ShapeTest(values.numel()).rejects(values, expected):
        raise Mismatch("distribution", subject)


def assert_range(got: Any, expected: Uniform, subject: str) -> None:
    """The numbers stay within the interval and fill it."""
    values, _ = _sample(got, subject)
    if RangeTest(values.numel()).rejects(values, expected.low, expected.high):
        found = f"[{values.min().item():.4g}, {values.max().item():.4g}]"
        raise Mismatch("range", subject, expected=f"[{expected.low:.4g}, {expected.high:.4g}]", got=found)


def assert_proportion(counted: torch.Tensor, p: float, subject: str) -> None:
    """Of the booleans, about a proportion `p` are true, as far as so many can tell. `subject` says what the true ones are."""
    count = int(counted.sum())
    if counted.numel() == 0 or ProportionTest(counted.numel(), p).rejects(count):
        raise Mismatch("proportion", subject, expected=_short(p), got=_short(count / max(counted.numel(), 1)))


def without_repeats(values: torch.Tensor) -> torch.Tensor:
    """Return a matrix, or its first row or column where all rows or all columns are equal.

    A matrix that repeats one drawn row is a small sample. Tested as what it is, it loses what repetition costs and no more.
    """
    if bool((values == values[:1]).all()):
        return values[0]
    return values[:, 0] if bool((values == values[:, :1]).all()) else values


def _sample(got: Any, subject: str) -> tuple[torch.Tensor, float]:
    tensor = fetch(got, subject).detach()
    if tensor.numel() < 2:
        raise Mismatch("distribution", subject)
    return tensor.to(torch.float64).reshape(-1), SLACK.get(tensor.dtype, 0.0)


def _short(number: float) -> str:
    return f"{number + 0.0:.3g}"
