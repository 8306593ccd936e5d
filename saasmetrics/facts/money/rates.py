"""What one unit of each foreign currency is worth in `revenue.currency`, month by month. Empty where nothing is converted.

The rate of a month is the one in force on its first day. A currency is converted only if it has a rate in every month from
the first in which anybody pays in it; otherwise it stands apart, in its own currency. What costs nothing needs no rate. Months
before that, from the first in which anybody pays anything, have theirs too: whoever changes to the currency later is held
against them. Where none is known so early, the first known one holds.

## Columns
currency   key    the foreign currency
month_day  key    day number of the first day of the month
rate       count  in parts of a million million
into       label  revenue.currency
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

SCHEMA = {"currency": pl.String, "month_day": pl.Int32, "rate": pl.Int64, "into": pl.String}


def rates(quoted: pl.LazyFrame | None, mrr: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """quoted (the rates table or None), mrr → one row a converted currency and month up to T."""
    base = definition.revenue.currency
    if quoted is None or base is None:
        return pl.LazyFrame(schema=SCHEMA)
    month = clock.index(pl.col("day"), "month")
    paid = mrr.filter(pl.col("mrr") > 0).with_columns(month=month)
    foreign = paid.filter(pl.col("currency") != base).group_by("currency").agg(first=pl.col("month").min())
    every = foreign.join(paid.select(begin=pl.col("month").min()), how="cross")
    months = every.select("currency", "first", month=pl.int_ranges("begin", clock.running("month") + 1)).explode("month")
    dated = months.with_columns(month_day=clock.start(pl.col("month"), "month").to_physical()).sort("month_day")
    quotes = quoted.rename({"day": "month_day"}).sort("month_day")
    found = dated.join_asof(quotes, on="month_day", by="currency", strategy="backward", check_sortedness=False)
    needed = pl.col("rate").is_not_null() | (pl.col("month") < pl.col("first"))
    known = found.filter(needed.all().over("currency")).with_columns(pl.col("rate").backward_fill().over("currency", order_by="month"))
    return known.with_columns(into=pl.lit(base)).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
