"""The days on which accounts were up for renewal, and whether they renewed.

A subscription whose term is known (`term`, else `interval`) ends a term every so many months: counted from its start, or
back from its next renewal where that is known; a day that its month does not have is the month's last. Without a known term
it is up on its renewal day alone. Only days after its start count, up to its end, and before T. The account renewed when it
paid on the eve and pays on the day, without a gap. A subscription that ends before it is up, and one of which neither term
nor renewal is known, is not in these rows.

## Columns
account   key    the account
currency  key    revenue.currency where its amounts are converted, else as written; null: not given
day       key    local day number on which the new term began, or would have
renewed   flag   it pays on that day, too
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock


def renewals(billed: pl.LazyFrame, paying: pl.LazyFrame, rates: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """billed, spells, rates → one row an account, currency and day."""
    spans = billed.filter((pl.col("mrr") > 0) & (pl.col("start") < clock.day)).with_columns(until=pl.col("end").fill_null(clock.day - 1))
    once = spans.filter(pl.col("months").is_null()).with_columns(day="renews")
    every = pl.concat([_terms(spans), once], how="diagonal")
    due = every.filter((pl.col("day") > pl.col("start")) & (pl.col("day") <= pl.col("until")) & (pl.col("day") < clock.day))
    into = rates.select("currency", "into").unique()
    days = due.join(into, on="currency", how="left").select("account", "day", currency=pl.coalesce("into", "currency")).unique()
    spells = paying.select("account", "start_day", pl.col("end_day").fill_null(clock.day))
    goes_on = days.join(spells, on="account").filter((pl.col("start_day") < pl.col("day")) & (pl.col("end_day") > pl.col("day")))
    kept = goes_on.select("account", "currency", "day", renewed=pl.lit(True))
    told = days.join(kept, on=["account", "currency", "day"], how="left", nulls_equal=True)
    return told.select("account", "currency", "day", pl.col("renewed").fill_null(False))


def _terms(spans: pl.LazyFrame) -> pl.LazyFrame:
    """Every turn of a term that may lie within the span, counted from the anchor."""
    known = spans.filter(pl.col("months").is_not_null()).with_columns(anchor=pl.coalesce("renews", "start"))
    day, anchor = (pl.col(name).cast(pl.Date) for name in ("until", "anchor"))
    start = pl.col("start").cast(pl.Date)

    def months(later: pl.Expr) -> pl.Expr:
        return (later.dt.year() - anchor.dt.year()) * 12 + later.dt.month().cast(pl.Int32) - anchor.dt.month().cast(pl.Int32)

    first, last = months(start).floordiv(pl.col("months")), months(day).floordiv(pl.col("months"))
    turns = known.with_columns(turn=pl.int_ranges(first, last + 1)).explode("turn")
    shift = (pl.col("turn") * pl.col("months")).cast(pl.String) + "mo"
    return turns.with_columns(day=pl.col("anchor").cast(pl.Date).dt.offset_by(shift).to_physical()).drop("anchor", "turn")
