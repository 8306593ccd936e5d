"""Who was there at all: all events, whatever their name, by account, user and local day, or finer.

Two events in one half hour are less than half an hour apart, so that the first and the last time of each half hour are
enough to find the sessions exactly, for any gap of 30 minutes or more, and add up over files in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from saasmetrics.clock import DAY, SECOND, Clock
from saasmetrics.facts._origin import DAYS, PEOPLE, PLACE, TIMES, of_staff
from saasmetrics.sources.events import Part

HALF_HOUR = 1_800 * SECOND
SCHEMA = {
    "account": pl.Categorical, "user": pl.Categorical, "day": pl.Int32, "half_hour": pl.Int64, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64,
}  # fmt: skip


def visits(part: Part, clock: Clock, sign: int = 1) -> pl.DataFrame:
    """One file by half hours; with sign −1 its rows are taken off again."""
    return _counted(part, part.frame, clock, SCHEMA, sign)


def people(part: Part, clock: Clock, sign: int = 1) -> pl.DataFrame:
    """One file by users and days."""
    return _counted(part, part.frame, clock, PEOPLE, sign)


def by_day(visits: pl.DataFrame) -> pl.DataFrame:
    """The people from their visits, of each file apart."""
    return visits.lazy().group_by("account", "user", "day", "place").agg(TIMES).select(*PEOPLE, *PLACE).collect(engine="streaming")


def days(part: Part, clock: Clock, staff: Sequence[str], sign: int = 1) -> pl.DataFrame:
    """One file by accounts and days, without colleagues."""
    return _counted(part, part.frame.filter(~of_staff(part.frame, staff)), clock, DAYS, sign)


def _counted(part: Part, frame: pl.LazyFrame, clock: Clock, schema: Mapping[str, Any], sign: int) -> pl.DataFrame:
    schema = {**schema, **{name: kind for name, kind in PLACE.items() if name in frame.collect_schema()}}  # of a part that is made of several files
    keys = [name for name in schema if name not in ("n", "first_at", "last_at")]
    named = [pl.col(name).cast(pl.Categorical) if name in ("account", "user") else pl.col(name) for name in keys if name in ("account", "user", *PLACE)]
    kept = frame.select(*named, "time", day=_local_day(part, clock), half_hour=pl.col("time").floordiv(HALF_HOUR))
    counted = kept.group_by(keys).agg(n=sign * pl.len().cast(pl.Int64), first_at=pl.col("time").min(), last_at=pl.col("time").max())
    return part.collect(counted.select(pl.col(name).cast(dtype) for name, dtype in schema.items()))


def _local_day(part: Part, clock: Clock) -> pl.Expr:
    """The local day by the few offsets of the file's span: quicker than a change of zone for every row."""
    (_, first), *later = clock.offsets(*part.span)
    offset = pl.lit(first * SECOND, pl.Int64)
    for start, seconds in later:
        offset = pl.when(pl.col("time") >= start).then(pl.lit(seconds * SECOND, pl.Int64)).otherwise(offset)
    return (pl.col("time") + offset).floordiv(DAY)
