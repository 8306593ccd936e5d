"""Which accounts occur in the events at all, and the default T: read from all rows, not only from those of a rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from saasmetrics.clock import Clock, date_of
from saasmetrics.facts._visits import of_staff
from saasmetrics.sources.events import Part
from saasmetrics.sources.parquet import readable

SCHEMA = {"account": pl.Categorical, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64}


def default_as_of(parts: Sequence[Part], clock: Clock) -> date:
    """The end of the last complete local day: the start of the day in which the last event lies."""
    last = max((part.span[1] for part in parts if part.span != (0, 0)), default=clock.now)
    return date_of(clock.local_day(last))


def seen(part: Part, clock: Clock, staff: Sequence[str], sign: int = 1) -> pl.DataFrame:
    """One file's accounts before T: rows, first and last time. Filters (and counts) staff and what lies after T."""
    late = pl.col("time") >= clock.now if part.span[1] >= clock.now else pl.lit(False)
    kept = part.frame.select("account", "time", staff=of_staff(part, staff), late=late)
    with readable(part.entry.path):
        found = kept.group_by("account", "staff", "late").agg(
            n=pl.len().cast(pl.Int64), first_at=pl.col("time").min(), last_at=pl.col("time").max()
        ).collect(engine="streaming")  # fmt: skip
    part.entry.filter("internal user", sign * int(found.filter("staff")["n"].sum()))
    part.entry.filter("after as_of", sign * int(found.filter(pl.col("late") & ~pl.col("staff"))["n"].sum()))
    good = found.filter(~pl.col("staff") & ~pl.col("late"))
    return good.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).with_columns(pl.col("n") * sign)
