"""What each account paid at the end of each month. Only complete months that it lived through and the export holds.

A month is lived through when the account was created on or before its first day. Looked at are the last `pricing.months`
complete months, or twice `pricing.horizon` and one, when that is more.

## Columns
account    key    the account
month_day  key    day number of the first day of the month
ago        count  months before the last complete one
pays       flag   has MRR on the last day of the month; null: no subscriptions table
whole      flag   had MRR on every day of the month; null: no subscriptions table
mrr        money  on the last day, in ten-thousandths; null: none, or several currencies
currency   label  of the MRR, `several`, or null: none is given
seats      count  seats of all subscriptions but modules and usage on the last day; null: none, or one does not say
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.money.month_ends import complete_months

KEYS = ["account", "month_day"]


def paid_months(
    accounts: pl.LazyFrame, month_ends: pl.LazyFrame, paying: pl.LazyFrame, billed: pl.LazyFrame, spans: pl.LazyFrame | None, definition: Definition, clock: Clock
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and complete month."""
    months = complete_months(definition, clock)
    since = pl.max_horizontal(pl.col("created_day").cast(pl.Int64), pl.col("observed_from").cast(pl.Int64))
    lived = accounts.filter(pl.col("created_day").is_not_null()).select("account", since=since)
    every = lived.join(months, how="cross").filter(pl.col("month_day") >= pl.col("since")).drop("since")
    whole = paying.join(months, how="cross").filter((pl.col("start_day") <= pl.col("month_day")) & _covers("end_day"))
    told = every.join(month_ends.drop("ago").with_columns(pays=pl.lit(True)), on=KEYS, how="left").join(_seats(billed, months), on=KEYS, how="left")
    full = told.join(whole.select(*KEYS, whole=pl.lit(True)).unique(), on=KEYS, how="left")
    known = pl.lit(spans is not None)
    flags = [pl.when(known).then(pl.col(name).fill_null(False)).alias(name) for name in ("pays", "whole")]
    return full.select(*KEYS, "ago", *flags, "mrr", "currency", "seats")


def _covers(end: str) -> pl.Expr:
    return pl.col(end).is_null() | (pl.col(end) > pl.col("last_day"))


def _seats(billed: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    seated = billed.filter(pl.col("kind") == "recurring")
    there = seated.join(months, how="cross").filter((pl.col("start") <= pl.col("last_day")) & _covers("end"))
    return there.group_by(KEYS).agg(seats=pl.when(pl.col("seats").is_not_null().all()).then(pl.col("seats").sum()))
