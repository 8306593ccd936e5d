"""What of each account's MRR at T has no end in sight, and what has. Accounts without MRR at T have no row.

## Columns
account    key    the account
currency   key    of the amount: revenue.currency where it is converted, at the rate of T's month, else as written
committed  money  MRR at T of subscriptions without an end date, in ten-thousandths
ends_day   count  day number of the next end among the others; null: none has one
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import exchanged


def committed(billed: pl.LazyFrame, rates: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """billed, rates → one row an account and reporting currency."""
    open_ = (pl.col("start") < clock.day) & (pl.col("end").is_null() | (pl.col("end") >= clock.day)) & (pl.col("mrr") > 0)
    each = billed.filter(open_).group_by("account", "currency").agg(
        committed=pl.col("mrr").filter(pl.col("end").is_null()).sum(), ends_day=pl.col("end").min()
    )
    now = rates.filter(pl.col("month_day") == clock.first_day(clock.running("month"), "month"))
    priced = each.join(now, on="currency", how="left").with_columns(currency=pl.coalesce("into", "currency"))
    worth = priced.with_columns(committed=exchanged(pl.col("committed"), pl.col("rate")))
    return worth.group_by("account", "currency").agg(pl.col("committed").sum(), pl.col("ends_day").min())
