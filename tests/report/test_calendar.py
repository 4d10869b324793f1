"""Whatever dates there are, a plot over time has a bounded number of bars, and nothing is dropped without a word."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from grader.report.calendar import Calendar, calendar_of

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
ZIPS = datetime(1980, 1, 1, tzinfo=UTC)


def days_later(*days):
    return [START + timedelta(days=n) for n in days]


def test_days_without_submissions_are_there():
    found = calendar_of(days_later(0, 2))
    assert found.bars == ((date(2026, 3, 4), 1), (date(2026, 3, 5), 0), (date(2026, 3, 6), 1)) and found.step == "day"
    assert found.years() == {} and calendar_of([]) == Calendar()


def test_many_days_become_weeks_and_many_weeks_months():
    weeks = calendar_of(days_later(*range(60)))
    assert weeks.step == "week" and weeks.bars[:2] == ((date(2026, 3, 2), 5), (date(2026, 3, 9), 7))
    months = calendar_of(days_later(0, 250, 500))
    assert months.step == "month" and months.bars[0] == (date(2026, 3, 1), 1) and months.bars[-1] == (date(2027, 7, 1), 1)
    assert [day.day for day, _ in months.bars] == [1] * 17


def test_each_year_is_said_where_it_begins_unless_there_is_no_room_for_two():
    turn = datetime(2025, 12, 20, tzinfo=UTC)
    assert calendar_of([turn, turn + timedelta(days=20)]).years() == {0: 2025, 12: 2026}
    assert calendar_of([turn, turn + timedelta(days=41)]).years() == {0: 2025, 12: 2026}
    assert calendar_of([turn + timedelta(days=10), turn + timedelta(days=40)]).years() == {2: 2026}
    assert calendar_of([turn + timedelta(days=11), turn + timedelta(days=13)]).years() == {0: 2025, 1: 2026}


def test_a_date_of_1980_makes_no_bar_and_is_counted_beside_them():
    honest = days_later(*range(30))
    found = calendar_of([ZIPS, *honest, datetime(2107, 12, 31, tzinfo=UTC)])
    assert found.bars == calendar_of(honest).bars and found.outside == (date(1980, 1, 1), date(2107, 12, 31))


@pytest.mark.parametrize("span", [0, 1, 41, 42, 300, 410, 411, 412, 413, 414, 730, 1460, 5000, 40_000])
@pytest.mark.parametrize("seed", range(3))
def test_there_are_at_most_sixty_bars_and_each_moment_is_in_one_or_outside(span, seed):
    rng = random.Random(seed)
    moments = days_later(0, span, *(rng.randint(0, span) for _ in range(30)))
    found = calendar_of(moments)
    assert 1 <= len(found.bars) <= 60 and sum(n for _, n in found.bars) + len(found.outside) == 32
    for moment in moments:
        bar = found.bar_of(moment.date())
        assert (bar is None) == (moment.date() in found.outside)
        assert bar is None or found.bars[bar][0] <= moment.date()


def test_a_day_has_the_bar_that_it_lies_in_up_to_the_last_day_of_the_last():
    weeks = calendar_of(days_later(0, 60))
    assert (
        weeks.bar_of(date(2026, 3, 1)) is None and weeks.bar_of(date(2026, 3, 8)) == 0 and weeks.bar_of(date(2026, 3, 9)) == 1
    )
    last = weeks.bars[-1][0]
    assert weeks.bar_of(last + timedelta(days=6)) == len(weeks.bars) - 1 and weeks.bar_of(last + timedelta(days=7)) is None
