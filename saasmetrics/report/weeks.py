"""The days that a weekly report stands on: the first on which each week was over and its late events were in.

Run on any later day before the next week is over, the report is the same.
"""

from __future__ import annotations

from datetime import date

from saasmetrics.clock import Clock, date_of

TREND = 12  # weeks on a trend line


def settled(clock: Clock) -> date:
    """The first day on which the last complete week was complete."""
    return date_of(_closing(clock, clock.last_complete("week")))


def days(clock: Clock, first: int) -> list[date]:
    """That day for each week of the trend and the one before, newest first; but for the last week, none before anything can have been seen."""
    last = clock.last_complete("week")
    closing, *earlier = (_closing(clock, index) for index in range(last, last - TREND - 1, -1))
    return [date_of(day) for day in (closing, *(day for day in earlier if day > first))]


def firsts(clock: Clock) -> list[date]:
    """The first day of each of these weeks, newest first."""
    last = clock.last_complete("week")
    return [date_of(clock.first_day(index, "week")) for index in range(last, last - TREND - 1, -1)]


def week(clock: Clock) -> tuple[date, date]:
    """First and last day of the last complete week."""
    index = clock.last_complete("week")
    return date_of(clock.first_day(index, "week")), date_of(clock.first_day(index + 1, "week") - 1)


def _closing(clock: Clock, index: int) -> int:
    end = day = clock.first_day(index + 1, "week")
    while clock.final_on(day) < clock.midnight(end):
        day += 1
    return day
