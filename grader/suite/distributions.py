"""Distributions that samples are held against, and the quantiles that the tests of `statistics` need. Without scipy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import torch


class Distribution(Protocol):
    """What a sample is held against. All of them are symmetric, with E (x - mean)^2k <= (2k - 1)!! std^2k for every k."""

    @property
    def mean(self) -> float: ...

    @property
    def std(self) -> float: ...

    @property
    def kurtosis(self) -> float:
        """E (x - mean)^4 / std^4."""

    @property
    def largest(self) -> float:
        """The largest |x - mean| / std: infinite for the normal distribution alone."""


class Continuous(Distribution, Protocol):
    """A distribution with a continuous distribution function."""

    def cdf(self, x: torch.Tensor) -> torch.Tensor:
        """P(X <= x), elementwise, in float64."""


@dataclass(frozen=True)
class Normal:
    """The normal distribution."""

    mean: float
    std: float
    kurtosis = 3.0
    largest = math.inf

    def cdf(self, x: torch.Tensor) -> torch.Tensor:
        """P(X <= x), elementwise, in float64."""
        height: torch.Tensor = torch.special.ndtr((x - self.mean) / self.std)
        return height


@dataclass(frozen=True)
class Uniform:
    """The uniform distribution on [low, high]."""

    low: float
    high: float
    kurtosis = 9 / 5
    largest = math.sqrt(3)

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2

    @property
    def std(self) -> float:
        """The length over the root of 12."""
        return (self.high - self.low) / math.sqrt(12)

    def cdf(self, x: torch.Tensor) -> torch.Tensor:
        """P(X <= x), elementwise, in float64."""
        return ((x - self.low) / (self.high - self.low)).clamp(0, 1)


@dataclass(frozen=True)
class Hollow:
    """Uniform on [-outer, outer], but 0 wherever |x| < inner: the mixture of a point and two intervals."""

    inner: float
    outer: float
    mean = 0.0

    @property
    def std(self) -> float:
        """The root of E x^2."""
        return math.sqrt(self._moment(2))

    @property
    def kurtosis(self) -> float:
        """E x^4 / (E x^2)^2."""
        return self._moment(4) / self._moment(2) ** 2

    @property
    def largest(self) -> float:
        """The ends, in units of the standard deviation."""
        return self.outer / self.std

    def _moment(self, k: int) -> float:
        return (self.outer ** (k + 1) - self.inner ** (k + 1)) / ((k + 1) * self.outer)


def distance(values: torch.Tensor, cdf: Callable[[torch.Tensor], torch.Tensor]) -> float:
    """Return sup |F_n - F|: the largest distance between a sample's steps and a distribution function."""
    heights = cdf(values.sort().values)
    stairs = torch.arange(len(values) + 1, dtype=torch.float64) / len(values)
    return max((stairs[1:] - heights).max().item(), (heights - stairs[:-1]).max().item())


@lru_cache(maxsize=256)
def normal_quantile(tail: float) -> float:
    """Return z with P(Z > z) = tail."""
    return float(-torch.special.ndtri(torch.tensor(tail, dtype=torch.float64)).item())


@lru_cache(maxsize=256)
def chi_square_quantile(tail: float, degrees: int, *, upper: bool) -> float:
    """Return x with P(X > x) = tail, or P(X < x) = tail where not `upper`: the incomplete gamma function, inverted."""
    half = torch.tensor(degrees / 2, dtype=torch.float64)
    gamma = torch.special.gammaincc if upper else torch.special.gammainc

    def beyond(x: float) -> bool:
        probability = gamma(half, torch.tensor(x / 2, dtype=torch.float64)).item()
        return (probability <= tail) is upper

    return bisect(beyond, 0.0, degrees + 20 * math.sqrt(2 * degrees) + 200)


def binomial(n: int, p: float) -> torch.Tensor:
    """Return P(count = k) for k = 0..n."""
    k = torch.arange(n + 1, dtype=torch.float64)
    ways = math.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    chances = torch.tensor([p, 1 - p], dtype=torch.float64)
    return (ways + torch.xlogy(k, chances[0]) + torch.xlogy(n - k, chances[1])).exp()


@lru_cache(maxsize=256)
def binomial_interval(n: int, p: float, alpha: float) -> tuple[int, int]:
    """Return the smallest and the largest count that leave at most alpha / 2 below and above."""
    probabilities = binomial(n, p)
    below, above = probabilities.cumsum(0), probabilities.flip(0).cumsum(0)
    return int((below <= alpha / 2).sum()), n - int((above <= alpha / 2).sum())


def bisect(holds: Callable[[float], bool], low: float, high: float, steps: int = 80) -> float:
    """Return where `holds` begins to hold, between `low`, where it does not, and `high`, where it does."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
