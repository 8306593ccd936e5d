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
seats      count  seats of all subscriptions on the last day; null: none, or a recurring one does not say
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

KEYS = ["account", "month_day"]


def paid_months(
    accounts: pl.LazyFrame, mrr: pl.LazyFrame, paying: pl.LazyFrame, billed: pl.LazyFrame, spans: pl.LazyFrame | None, definition: Definition, clock: Clock
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and complete month."""
    months = _months(definition, clock)
    since = pl.max_horizontal(pl.col("created_day").cast(pl.Int64), pl.col("observed_from").cast(pl.Int64))
    lived = accounts.filter(pl.col("created_day").is_not_null()).select("account", since=since)
    every = lived.join(months, how="cross").filter(pl.col("month_day") >= pl.col("since")).drop("since")
    whole = paying.join(months, how="cross").filter((pl.col("start_day") <= pl.col("month_day")) & _covers("end_day"))
    told = every.join(_amounts(mrr, months), on=KEYS, how="left").join(_seats(billed, months), on=KEYS, how="left")
    full = told.join(whole.select(*KEYS, whole=pl.lit(True)).unique(), on=KEYS, how="left")
    known = pl.lit(spans is not None)
    flags = [pl.when(known).then(pl.col(name).fill_null(False)).alias(name) for name in ("pays", "whole")]
    return full.select(*KEYS, "ago", *flags, "mrr", "currency", "seats")


def _months(definition: Definition, clock: Clock) -> pl.LazyFrame:
    """month_day, last_day, ago"""
    told, last = definition.pricing, clock.last_complete("month")
    ago = list(range(max(told.months, 2 * told.horizon + 1)))
    days = [(clock.first_day(last - back, "month"), clock.first_day(last - back + 1, "month") - 1, back) for back in ago]
    return pl.LazyFrame(days, schema={"month_day": pl.Int32, "last_day": pl.Int64, "ago": pl.Int64}, orient="row")


def _covers(end: str) -> pl.Expr:
    return pl.col(end).is_null() | (pl.col(end) > pl.col("last_day"))


def _amounts(mrr: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """pays, mrr, currency by account and month."""
    before = mrr.join(months, how="cross").filter(pl.col("day") <= pl.col("last_day"))
    last = before.group_by(*KEYS, "currency").agg(pl.col("mrr").sort_by("day").last()).filter(pl.col("mrr") > 0)
    one = pl.len() == 1
    return last.group_by(KEYS).agg(
        pays=pl.lit(True), mrr=pl.when(one).then(pl.col("mrr").first()), currency=pl.when(one).then(pl.col("currency").first()).otherwise(pl.lit("several"))
    )


def _seats(billed: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    seated = billed.filter((pl.col("kind") == "recurring").fill_null(True) | pl.col("seats").is_not_null())
    there = seated.join(months, how="cross").filter((pl.col("start") <= pl.col("last_day")) & _covers("end"))
    return there.group_by(KEYS).agg(seats=pl.when(pl.col("seats").is_not_null().all()).then(pl.col("seats").sum()))
