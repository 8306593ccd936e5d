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
    days = activity.filter("core").select("account", "day").unique().sort("account", "day")
    return days.group_by("account", maintain_order=True).agg(
        last_day=pl.col("day").last(), gaps=pl.col("day").diff().drop_nulls().cast(pl.Int64)
    )
