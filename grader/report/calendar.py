"""Moments on a calendar: bars for days, weeks or months, a bounded number of them whatever dates there are. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

Step = Literal["day", "week", "month"]
MOST_DAYS = 42
MOST_WEEKS = 60
ROOM_FOR_YEARS = 9  # so many of them fill an axis
# No class lasts longer to both sides of its middle; a zip that knows no dates says 1980. Longer than MOST_WEEKS, and in
# months fewer than 50 bars.
FAR = timedelta(days=730)


class Calendar(msgspec.Struct, frozen=True):
    """How many moments lie in each step from the first to the last; a bar is called by its first day.

    Weeks begin on Mondays. `outside` are the days, in order, of the moments that lie too far from the middle one for a bar.
    """

    step: Step = "day"
    bars: tuple[tuple[date, int], ...] = ()
    outside: tuple[date, ...] = ()

    def years(self) -> dict[int, int]:
        """Return the number of the bar with which each year begins; nothing where all are of one year.

        The first year is left out where the second follows so soon that an axis has no room for both.
        """
        begins = {day.year: number for number, (day, _) in reversed(list(enumerate(self.bars)))}
        found = {number: year for year, number in sorted(begins.items())}
        if len(found) > 1 and sorted(found)[1] < len(self.bars) / ROOM_FOR_YEARS:
            del found[0]
        return found if len(begins) > 1 else {}

    def bar_of(self, day: date) -> int | None:
        """Return the number of the bar that a day lies in, None where it has none."""
        days = [first for first, _ in self.bars]
        if not days or not days[0] <= day < _after(days[-1], self.step):
            return None
        return bisect_right(days, day) - 1


def calendar_of(moments: Sequence[datetime]) -> Calendar:
    """Return moments on a calendar: in days where these are few, else in weeks, else in months."""
    days = sorted(moment.date() for moment in moments)
    if not days:
        return Calendar()
    middle = days[len(days) // 2]
    near = [day for day in days if abs(day - middle) <= FAR]
    span = (near[-1] - near[0]).days
    step: Step = "day" if span < MOST_DAYS else "week" if span < 7 * (MOST_WEEKS - 1) else "month"
    counts = Counter(_begin(day, step) for day in days)
    bars = {first: counts[first] for first in _steps(_begin(near[0], step), near[-1], step)}
    return Calendar(step, tuple(bars.items()), tuple(day for day in days if _begin(day, step) not in bars))


def _steps(first: date, last: date, step: Step) -> Iterator[date]:
    while first <= last:
        yield first
        first = _after(first, step)


def _begin(day: date, step: Step) -> date:
    """Return the first day of the step that a day lies in."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def _after(first: date, step: Step) -> date:
    """Return the first day of the step after the one that begins on `first`."""
    if step == "month":
        return _begin(first + timedelta(days=31), step)
    return first + timedelta(days=7 if step == "week" else 1)
