"""How numbers are spread: bins, quantiles, means. Pure: what a plot draws and a table says comes from here."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import msgspec

FEW_BINS = 13
SECONDS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, math.inf)


class Bin(msgspec.Struct, frozen=True):
    """How many lie from `low` up to, but not including, `high`; `label` is what an axis calls it."""

    low: float
    high: float
    label: str
    count: int


def percent_bins(shares: Sequence[float]) -> tuple[Bin, ...]:
    """Return ten bins of shares between 0 and 1; the last one holds 1, too."""
    counts = Counter(min(math.floor(share * 10 + 1e-9), 9) for share in shares)
    return tuple(Bin(n / 10, (n + 1) / 10, str(10 * n), counts[n]) for n in range(10))


def point_bins(points: Sequence[float], most: int) -> tuple[Bin, ...]:
    """Return a bin for each whole number of points, the last for full marks alone; ten bins of them where there are many."""
    width = 1 if most < FEW_BINS else math.ceil(most / 10)
    last = math.ceil(most / width)
    counts = Counter(min(math.floor(p / width), last - 1) if p < most else last for p in points)
    return tuple(Bin(n * width, (n + 1) * width, str(min(n * width, most)), counts[n]) for n in range(last + 1))


def second_bins(seconds: Sequence[float]) -> tuple[Bin, ...]:
    """Return bins of times in steps of 1, 2, 5, from the first that holds one to the last."""
    counts = Counter(bisect_right(SECONDS, s) - 1 for s in seconds)
    span = range(min(counts), max(counts) + 1) if counts else range(0)
    return tuple(Bin(SECONDS[n], SECONDS[n + 1], f"{SECONDS[n]:g}", counts[n]) for n in span)


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the quantile of values, by linear interpolation between the nearest two; None of none. 0.5 is the median."""
    if not values:
        return None
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def mean(values: Sequence[float]) -> float | None:
    """Return the mean of values, exactly rounded whatever their order; None of none."""
    return math.fsum(values) / len(values) if values else None
