"""What each account pays, as steps: a row for each day on which it changes. Subscriptions of an account add up.

## Columns
account   key    the account
currency  key    the currency, as written; null: not given
day       key    local day number from which on the row holds
mrr       money  monthly recurring revenue from that day on, in ten-thousandths
seats     count  seats paid for from that day on; null: not given
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

SCHEMA = {"account": pl.Categorical, "currency": pl.String, "day": pl.Int32, "mrr": pl.Int64, "seats": pl.Int64}

SUMS = ["mrr", "seats", "blank"]


def mrr(contracts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """contracts (spans of counted accounts) → changes up to T. A close and an open on one day are one change."""
    told = contracts.select("account", "currency", "start", "end", "mrr", pl.col("seats").fill_null(0), blank=pl.col("seats").is_null().cast(pl.Int64))
    starts = told.select("account", "currency", *SUMS, day="start")
    ends = told.filter(pl.col("end").is_not_null()).select("account", "currency", *[-pl.col(name) for name in SUMS], day="end")
    steps = pl.concat([starts, ends], how="diagonal").group_by("account", "currency", "day").agg(pl.col(SUMS).sum())
    sums = [pl.col(name).cum_sum().over("account", "currency", order_by="day") for name in SUMS]
    kept = steps.filter(pl.col("day") < clock.day).with_columns(sums)
    return kept.with_columns(seats=pl.when(pl.col("blank") == 0).then("seats")).select(
        pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()
    )
