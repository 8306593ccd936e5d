"""When somebody of those asked for did anything at all: read from all events, the latest files first."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.sources.events import Part
from saasmetrics.sources.parquet import readable


def admin_last(admins: pl.DataFrame, parts: Sequence[Part], clock: Clock) -> pl.LazyFrame:
    """admins (account, user) → account, day: the last day before T on which one of them did anything.

    A file is asked only for accounts of which it could still tell something new.
    """
    last = pl.DataFrame(schema={"account": pl.Categorical, "day": pl.Int32})
    for part in sorted(parts, key=lambda part: part.span, reverse=True):
        high = min(clock.local_day(part.span[1]), clock.day - 1)
        open_ = admins.join(last.filter(pl.col("day") >= high), on="account", how="anti")
        last = pl.concat([last, _in(part, open_, clock)]) if open_.height else last
    return last.lazy().group_by("account").agg(pl.col("day").max())


def _in(part: Part, admins: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    names = admins["user"].cast(pl.String).unique().cast(part.frame.collect_schema()["user"])
    found = part.frame.filter(pl.col("user").is_in(names.implode()) & (pl.col("time") < clock.now))
    times = found.select(pl.col("account", "user").cast(pl.Categorical), "time").group_by("account", "user").agg(pl.col("time").max())
    there = times.join(admins.lazy(), on=["account", "user"], how="semi")
    with readable(part.entry.path):
        return there.select("account", day=clock.day_of(pl.col("time"))).collect(engine="streaming")
