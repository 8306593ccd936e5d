"""What each account pays, as steps: a row for each day on which it changes. Subscriptions of an account add up.

## Columns
account   key    the account
currency  key    the currency, in capitals; null: not given
day       key    local day number from which on the row holds
mrr       money  monthly recurring revenue from that day on, in ten-thousandths
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

SCHEMA = {"account": pl.Categorical, "currency": pl.String, "day": pl.Int32, "mrr": pl.Int64}


def mrr(billed: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """billed (the spans as they count) → changes up to T. A close and an open on one day are one change."""
    starts = billed.select("account", "currency", "mrr", day="start")
    ends = billed.filter(pl.col("end").is_not_null()).select("account", "currency", -pl.col("mrr"), day="end")
    steps = pl.concat([starts, ends], how="diagonal").group_by("account", "currency", "day").agg(pl.col("mrr").sum())
    kept = steps.filter(pl.col("day") < clock.day)
    summed = kept.with_columns(pl.col("mrr").cum_sum().over("account", "currency", order_by="day"))
    return summed.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
