"""Civil time of the product: weeks counted back from a fixed last day, and moments in working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

LAST_DAY = date(2026, 11, 15)  # a Sunday
SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000
WEEKDAYS = (20, 21, 21, 20, 16, 2, 1)  # Monday to Sunday
HOURS = (0, 0, 0, 0, 0, 0, 1, 4, 14, 18, 18, 15, 8, 13, 17, 16, 12, 7, 3, 2, 2, 1, 1, 0)
CUMULATED_WEEKDAYS, CUMULATED_HOURS = tuple(accumulate(WEEKDAYS)), tuple(accumulate(HOURS))


@dataclass(frozen=True)
class Span:
    """The weeks of the data, in the product's zone; moments are milliseconds since 1970."""

    zone: ZoneInfo
    weeks: int

    def monday(self, week: int) -> date:
        """The first day of a week; week 0 is the first of the data, earlier ones are negative."""
        return LAST_DAY + timedelta(days=1 - 7 * (self.weeks - week))

    def at(self, day: date, hour: int = 0, minute: int = 0) -> int:
        """A civil time as a moment."""
        return int(datetime.combine(day, time(hour, minute), self.zone).timestamp()) * SECOND

    def day(self, moment: int) -> date:
        """The civil day of a moment."""
        return datetime.fromtimestamp(moment // SECOND, self.zone).date()

    def week(self, moment: int) -> int:
        """The week of a moment."""
        return (self.day(moment) - self.monday(0)).days // 7

    @property
    def start(self) -> int:
        """The first moment of the data."""
        return self.at(self.monday(0))

    @property
    def end(self) -> int:
        """The first moment after the data."""
        return self.at(LAST_DAY + timedelta(days=1))

    def working_moment(self, day: date, rng: Random) -> int:
        """Some moment of this day's working hours."""
        hour = rng.choices(range(24), cum_weights=CUMULATED_HOURS)[0]
        return self.at(day, hour) + int(rng.random() * 60 * MINUTE)

    def moment_in(self, week: int, rng: Random, weekend: bool = True) -> int:
        """Some moment of this week's working hours."""
        days = 7 if weekend else 5
        weekday = rng.choices(range(days), cum_weights=CUMULATED_WEEKDAYS[:days])[0]
        return self.working_moment(self.monday(week) + timedelta(days=weekday), rng)

    def season(self, cadence: str, week: int) -> float:
        """How much of its work falls into this week: monthly and quarterly work is done where the month turns."""
        following, months = self.monday(week + 1), {"month": 1, "quarter": 3}.get(cadence)
        if months is None:
            return 1.0
        turns = 2 <= following.day <= 8 and following.month % months == 1 % months
        return 2.5 * months if turns else 0.1


@lru_cache(1024)
def iso(moment: int | None) -> str:
    """A moment as text; nothing where there is none."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment / SECOND, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
