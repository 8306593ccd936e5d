"""What winning and serving customers cost in each month, in the currencies in which revenue is reported. Empty without a costs
table.

Costs that name no currency are in revenue.currency, else in the one in which revenue is, if there is only one. Foreign costs
are converted as foreign revenue is. Where some of a month's costs are in a currency in which no revenue is, what that month
cost is unknown.

## Columns
month_day            key    day number of the first day of the month
currency             key    as in the ledger
sales_and_marketing  money  in ten-thousandths; null: unknown
cogs                 money  in ten-thousandths; null: unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.money.rates import rates
from saasmetrics.statistics import exchanged

AMOUNTS = ("sales_and_marketing", "cogs")


def spending(costs: pl.LazyFrame, ledger: pl.LazyFrame, quoted: pl.LazyFrame | None, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """costs, the rates table or None → one row a month and currency."""
    only = ledger.select(only=pl.when(pl.col("currency").n_unique() == 1).then(pl.col("currency").first())).head(1)
    base = pl.lit(definition.revenue.currency, pl.String)
    named = costs.join(only, how="cross").with_columns(month_day="month", currency=pl.coalesce(pl.col("currency").str.strip_chars().str.to_uppercase(), base, "only"))
    worths = rates(quoted, named.select("currency", day="month_day", mrr=pl.lit(1)), definition, clock)
    priced = named.join(worths, on=["currency", "month_day"], how="left")
    worth = priced.with_columns(exchanged(pl.col(name), pl.col("rate")).alias(name) for name in AMOUNTS)
    earned = ledger.select("currency", earned=pl.lit(True)).unique()
    told = worth.with_columns(currency=pl.coalesce("into", "currency")).join(earned, on="currency", how="left", nulls_equal=True)
    known = pl.col("earned").fill_null(False).all().over("month_day")
    sums = [pl.when(pl.col(name).is_not_null().all() & pl.col("known").all()).then(pl.col(name).sum()).alias(name) for name in AMOUNTS]
    return told.with_columns(known=known).group_by("month_day", "currency").agg(sums)
