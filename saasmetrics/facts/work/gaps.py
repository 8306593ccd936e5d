"""The account's own rhythm: the days between one day with a core success and the next.

## Columns
account   key    the account
last_day  count  last day number with a core success
gaps      list   days between consecutive success days, in order
"""

from __future__ import annotations

import polars as pl


def gaps(activity: pl.LazyFrame) -> pl.LazyFrame:
    """activity → one row an account that ever succeeded."""
    days = activity.filter("core").group_by("account").agg("day").with_columns(pl.col("day").list.unique().list.sort())
    return days.select("account", last_day=pl.col("day").list.last(), gaps=pl.col("day").list.diff(null_behavior="drop").cast(pl.List(pl.Int64)))
