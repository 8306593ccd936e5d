"""What each account pays at the end of each complete month, also of the month in which it came. Who pays nothing then has no row.

Looked at are the last `pricing.months` complete months, or twice `pricing.horizon` and one, when that is more.

## Columns
account    key    the account
month_day  key    day number of the first day of the month
ago        count  months before the last complete one
mrr        money  on the last day, in ten-thousandths; null: several currencies
currency   label  of the MRR, `several`, or null: none is given
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

KEYS = ["account", "month_day", "ago"]


def month_ends(mrr: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """One row an account and month at whose end it pays."""
    before = mrr.join(complete_months(definition, clock), how="cross").filter(pl.col("day") <= pl.col("last_day"))
    last = before.group_by(*KEYS, "currency").agg(pl.col("mrr").sort_by("day").last()).filter(pl.col("mrr") > 0)
    one = pl.len() == 1
    return last.group_by(KEYS).agg(
        mrr=pl.when(one).then(pl.col("mrr").first()), currency=pl.when(one).then(pl.col("currency").first()).otherwise(pl.lit("several"))
    )


def complete_months(definition: Definition, clock: Clock) -> pl.LazyFrame:
    """month_day, last_day, ago"""
    told, last = definition.pricing, clock.last_complete("month")
    ago = list(range(max(told.months, 2 * told.horizon + 1)))
    days = [(clock.first_day(last - back, "month"), clock.first_day(last - back + 1, "month") - 1, back) for back in ago]
    return pl.LazyFrame(days, schema={"month_day": pl.Int32, "last_day": pl.Int64, "ago": pl.Int64}, orient="row")
