"""What `late_after` means around the days on which the clocks change."""

from datetime import date, timedelta

import pytest

from saasmetrics.clock import DAY, Clock, date_of
from saasmetrics.report.weeks import week

HOUR = DAY // 24


def clock(as_of: date, late: int = DAY, zone: str = "America/New_York") -> Clock:
    return Clock(as_of, zone, "sunday", late)


@pytest.mark.parametrize("sunday", [date(2026, 3, 1), date(2026, 3, 8), date(2026, 3, 15), date(2026, 10, 25), date(2026, 11, 1), date(2026, 11, 8)])
def test_on_each_monday_the_week_before_is_complete(sunday: date) -> None:
    """Also where that Sunday has 23 hours: a Monday's report would show the week before last, and the last one never."""
    assert week(clock(sunday + timedelta(1))) == (sunday - timedelta(7), sunday - timedelta(1))
    assert week(clock(sunday))[1] == sunday - timedelta(8)


@pytest.mark.parametrize("sunday", [date(2026, 3, 8), date(2026, 11, 1)])
def test_days_are_settled_a_day_of_the_calendar_later(sunday: date) -> None:
    assert date_of(clock(sunday + timedelta(1)).settled) == sunday
    assert date_of(clock(sunday + timedelta(2)).settled) == sunday + timedelta(1)


@pytest.mark.parametrize(("late", "settled"), [(36 * HOUR, 7), (2 * DAY, 7), (23 * HOUR, 8), (HOUR, 8), (0, 9)])
def test_hours_beyond_whole_days_are_hours(late: int, settled: int) -> None:
    assert clock(date(2026, 3, 9), late).settled == clock(date(2026, 3, settled), 0).day
