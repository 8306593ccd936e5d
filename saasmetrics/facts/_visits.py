"""Who was there at all: all events, whatever their name, by account, user, day and half hour.

Two events in one half hour are less than half an hour apart, so that the first and the last time of each half hour are
enough to find the sessions exactly, for any gap of 30 minutes or more, and add up over files in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, SECOND, Clock
from saasmetrics.sources.events import Part
from saasmetrics.sources.parquet import readable

HALF_HOUR = 1_800 * SECOND
SCHEMA = {
    "account": pl.Categorical, "user": pl.Categorical, "day": pl.Int32, "half_hour": pl.Int64, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64,
}  # fmt: skip


def visits(part: Part, clock: Clock, staff: Sequence[str], sign: int = 1) -> pl.DataFrame:
    """One file before T; with sign −1 its rows are taken off again, first and last times stay, since a twin remains."""
    kept = part.frame.filter(~of_staff(part, staff) & (pl.col("time") < clock.now)).select(
        pl.col("account", "user").cast(pl.Categorical), day=local_day(part, clock), half_hour=pl.col("time").floordiv(HALF_HOUR), time="time"
    )
    counted = kept.group_by("account", "user", "day", "half_hour").agg(
        n=sign * pl.len().cast(pl.Int64), first_at=pl.col("time").min(), last_at=pl.col("time").max()
    )
    with readable(part.entry.path):
        return counted.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).collect(engine="streaming")


def of_staff(part: Part, staff: Sequence[str]) -> pl.Expr:
    """Whether an event is the work of an internal user."""
    user = pl.col("user")
    return user.is_in(pl.Series(staff, dtype=part.frame.collect_schema()["user"]).implode()).fill_null(False) if staff else pl.lit(False)


def local_day(part: Part, clock: Clock) -> pl.Expr:
    """The local day by the few offsets of the file's span: quicker than a change of zone for every row."""
    (_, first), *later = clock.offsets(*part.span)
    offset = pl.lit(first * SECOND, pl.Int64)
    for start, seconds in later:
        offset = pl.when(pl.col("time") >= start).then(pl.lit(seconds * SECOND, pl.Int64)).otherwise(offset)
    return (pl.col("time") + offset).floordiv(DAY)
