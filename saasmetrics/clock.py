"""As-of, time zone, periods, maturity: the one place that knows about time.

Days are integers: local civil days since 1970-01-01 in the declared zone. Instants are microseconds since the epoch.
T (as-of) is the local midnight at the start of `as_of`, exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import polars as pl

Period = Literal["day", "workday", "week", "month", "quarter"]
Days = int  # whole days, one or more, written 14 or 14d in a definition
Delay = int  # whole days or none
Duration = int  # microseconds, written 14d or 36h in a definition
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = date(1970, 1, 1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONDAY = 3  # 1970-01-01 was a Thursday
UNOBSERVED_DAYS = 7  # what began so many days before the export counts as seen from its beginning
ROLLING_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91}


def day_number(day: date) -> int:
    """Local civil date → days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(number: int) -> date:
    """Days since 1970-01-01 → date."""
    return EPOCH + timedelta(days=number)


def instant_of(moment: datetime) -> int:
    """Aware datetime → microseconds since the epoch, exact."""
    span = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def days_within(days: pl.LazyFrame | None, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """How many of the days listed (in a column `day`) lie in start ≤ day < end, all as day numbers; null: there is no list."""
    import polars as pl

    if days is None:
        return pl.lit(None, pl.Int64)
    listed = days.select(pl.col("day").cast(pl.Int64).sort()).collect()["day"]

    def before(day: pl.Expr) -> pl.Expr:
        return day.cast(pl.Int64).map_batches(listed.search_sorted, return_dtype=pl.UInt32, is_elementwise=True).cast(pl.Int64)

    return before(end) - before(start)


@dataclass(frozen=True)
class Clock:
    """What "now", "day", "week" and "old enough" mean in one run."""

    as_of: date
    zone: str = "UTC"
    week_starts: str = "monday"
    late_after: int = DAY
    days_off: tuple[str, ...] = ("saturday", "sunday")

    @cached_property
    def day(self) -> int:
        """The first day that is not counted."""
        return day_number(self.as_of)

    @cached_property
    def now(self) -> int:
        """T in microseconds."""
        return self.midnight(self.day)

    @cached_property
    def final(self) -> int:
        """T − late_after in microseconds: what happened before is all there."""
        return self.final_on(self.day)

    def final_on(self, day: int) -> int:
        """`final`, were this day T. Whole days are days of the calendar: the one on which the clocks go forward is one, too."""
        return self.midnight(day - self.late_after // DAY) - self.late_after % DAY

    @cached_property
    def settled(self) -> int:
        """The first day number that late events may still change: days before it are final."""
        day = self.day
        while self.midnight(day) > self.final:
            day -= 1
        return day

    def midnight(self, day: int) -> int:
        """The instant at which a local day starts."""
        start = datetime.combine(date_of(day), datetime.min.time(), ZoneInfo(self.zone))
        return instant_of(start)

    def local_day(self, instant: int) -> int:
        """The local day in which an instant lies."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
        return day_number(moment.astimezone(ZoneInfo(self.zone)).date())

    def days(self, low: int, high: int) -> tuple[int, int]:
        """Between which local days, each included, all instants in low..high lie."""
        east = [seconds * SECOND for _, seconds in self.offsets(low, high)]
        return (low + min(east)) // DAY, (high + max(east)) // DAY

    def offsets(self, low: int, high: int) -> list[tuple[int, int]]:
        """(from this instant on, seconds east of UTC) for all instants in low..high; the first covers everything earlier."""
        starts, edge = [(low, self._offset(low))], low
        while edge < high:
            step = min(edge + 7 * DAY, high)
            if self._offset(step) != starts[-1][1]:
                step = self._change(edge, step)
                starts.append((step, self._offset(step)))
            edge = step
        return starts

    def day_of(self, instant: pl.Expr) -> pl.Expr:
        """Instant (µs) → local day number."""
        import polars as pl

        local = instant.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(self.zone)
        return local.dt.date().to_physical()

    def index(self, day: pl.Expr, period: Period) -> pl.Expr:
        """Day number → number of the period it lies in; consecutive periods differ by one."""
        import polars as pl

        if period in ("day", "workday", "week"):
            return day if period == "day" else self._workday(day) if period == "workday" else (day + self._shift).floordiv(7)
        months = day.cast(pl.Date).dt.year().cast(pl.Int32) * 12 + day.cast(pl.Date).dt.month().cast(pl.Int32) - 1
        return months if period == "month" else months.floordiv(3)

    def start(self, index: pl.Expr, period: Period) -> pl.Expr:
        """Number of a period → the date of its first day."""
        import polars as pl

        if period in ("day", "workday", "week"):
            day = index if period == "day" else self._of_workday(index) if period == "workday" else index * 7 - self._shift
            return day.cast(pl.Int32).cast(pl.Date)
        months = index * (1 if period == "month" else 3)
        return pl.date(months.floordiv(12), months % 12 + 1, 1)

    def index_of(self, day: int, period: Period) -> int:
        """As `index`, for one day."""
        if period in ("day", "workday", "week"):
            return day if period == "day" else self._workday(day) if period == "workday" else (day + self._shift) // 7
        months = date_of(day).year * 12 + date_of(day).month - 1
        return months if period == "month" else months // 3

    def first_day(self, index: int, period: Period) -> int:
        """As `start`, for one period; a day number."""
        if period in ("day", "workday", "week"):
            return index if period == "day" else self._of_workday(index) if period == "workday" else index * 7 - self._shift
        months = index * (1 if period == "month" else 3)
        return day_number(date(months // 12, months % 12 + 1, 1))

    def last_complete(self, period: Period) -> int:
        """The number of the last period that ended at or before T − late_after."""
        index = self.index_of(self.day, period)
        while self.midnight(self.first_day(index + 1, period)) > self.final:
            index -= 1
        return index

    def running(self, period: Period) -> int:
        """The number of the period that holds the last counted day."""
        return self.index_of(self.day - 1, period)

    def standing(self, index: pl.Expr, period: Period, begins: int | None) -> pl.Expr:
        """Number of a period → final; partial: the export `begins` after its first day; provisional: it is not over, or ended less than late_after ago."""
        import polars as pl

        over = pl.when(self.cut(index, period, begins)).then(pl.lit("partial")).otherwise(pl.lit("final"))
        return pl.when(index > self.last_complete(period)).then(pl.lit("provisional")).otherwise(over)

    def cut(self, index: pl.Expr, period: Period, begins: int | None) -> pl.Expr:
        """Whether an export `begins` within a period, after its first day."""
        import polars as pl

        if begins is None or begins == self.first_day(self.index_of(begins, period), period):
            return pl.lit(False)
        return index == self.index_of(begins, period)

    def onwards(self, first: int | None, period: Period, among: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
        """index, by: every period from the first to the running one, for every segment of a frame; none without a first."""
        import polars as pl

        rows = pl.LazyFrame({"index": range(first, self.running(period) + 1) if first is not None else []}, schema={"index": pl.Int64})
        return rows.join(among.select(by).unique(), how="cross") if by else rows

    def mature(self, anchor: pl.Expr, span: int) -> pl.Expr:
        """Whether T − anchor ≥ span (both in µs)."""
        return anchor + span <= self.now

    def beat(self, cadence: str) -> Period:
        """The periods by which a workflow of this cadence is judged. One of every day has working days: a day off counts
        to the working day before it, so that neither a quiet Sunday breaks a habit nor work on a Saturday is lost."""
        return "workday" if cadence == "day" else cadence  # type: ignore[return-value]

    @cached_property
    def _working(self) -> list[int]:
        return [at for at, name in enumerate(WEEKDAYS) if name not in self.days_off]

    def _workday(self, day: Any) -> Any:
        since, working = day + MONDAY, self._working
        return since // 7 * len(working) - 1 + sum((since % 7 >= weekday) * 1 for weekday in working)

    def _of_workday(self, index: Any) -> Any:
        working = self._working
        steps = ((index % len(working) >= at) * (working[at] - working[at - 1]) for at in range(1, len(working)))
        return index // len(working) * 7 - MONDAY + working[0] + sum(steps)

    @property
    def _shift(self) -> int:
        return (MONDAY - WEEKDAYS.index(self.week_starts)) % 7

    def _offset(self, instant: int) -> int:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
        return int((moment.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta()).total_seconds())

    def _change(self, low: int, high: int) -> int:
        before = self._offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return high
