"""The days of complete weeks in which the product did not keep within the limits of `reliability.stable`. There is no such
list where the definition states no limits.

## Columns
day  date  a local day of such a week

## Cut
rows day
"""

from __future__ import annotations

import polars as pl


def unstable_days(stable_weeks: pl.LazyFrame | None) -> pl.LazyFrame | None:
    """`stability`, where limits are declared → one row a day, in order."""
    if stable_weeks is None:
        return None
    weeks = stable_weeks.filter(pl.col("complete") & (pl.col("state") == "unstable")).select("first_day").sort("first_day")
    return weeks.select(day=pl.int_ranges(pl.col("first_day"), pl.col("first_day") + 7, dtype=pl.Int32)).explode("day")
