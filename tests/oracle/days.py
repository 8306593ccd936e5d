"""Local days and periods, with Python's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ROLLING = {"day": 1, "week": 7, "month": 30}
MONTHS = {"month": 1, "quarter": 3}


def moment(text: str) -> int:
    """ISO 8601 with a zone → µs since 1970."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def written(instant: int) -> str:
    """The other way round."""
    return (EPOCH + timedelta(microseconds=instant)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def day_of(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


class Calendar:
    """The days, weeks and months of one zone."""

    def __init__(self, name: str, week_starts: str) -> None:
        self.zone, self.weekday = zone(name), WEEKDAYS.index(week_starts)
        self.starts: dict[int, int] = {}

    def local(self, instant: int) -> int:
        """The local day of an instant."""
        return number((EPOCH + timedelta(microseconds=instant)).astimezone(self.zone).date())

    def midnight(self, day: int) -> int:
        """The instant at which a local day begins."""
        if day not in self.starts:
            found = day_of(day)
            begin = datetime(found.year, found.month, found.day, tzinfo=self.zone)
            self.starts[day] = (begin - EPOCH) // timedelta(microseconds=1)
        return self.starts[day]

    def index(self, day: int, period: str) -> int:
        """The number of the period that a day lies in."""
        if period == "day":
            return day
        if period == "week":
            return (day + 3 - self.weekday) // 7
        found = day_of(day)
        return (found.year * 12 + found.month - 1) // MONTHS[period]

    def first(self, index: int, period: str) -> int:
        """The first day of a period."""
        if period == "day":
            return index
        if period == "week":
            return index * 7 - 3 + self.weekday
        year, month = divmod(index * MONTHS[period], 12)
        return number(date(year, month + 1, 1))
