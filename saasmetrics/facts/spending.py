"""What winning and serving customers cost in each month, in the currencies in which revenue is reported. Empty without a costs table.

Costs that name no currency are in revenue.currency, else in the one in which revenue is, if there is only one; else they are
left out. Foreign costs are converted as foreign revenue is.

## Columns
month_day            key    day number of the first day of the month
currency             key    as in the ledger
sales_and_marketing  money  in ten-thousandths; null: unknown
cogs                 money  in ten-thousandths; null: unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.statistics import exchanged

AMOUNTS = ("sales_and_marketing", "cogs")


def spending(costs: pl.LazyFrame, ledger: pl.LazyFrame, rates: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """costs → one row a month and currency."""
    only = ledger.select(only=pl.when(pl.col("currency").n_unique() == 1).then(pl.col("currency").first())).head(1)
    base = pl.lit(definition.revenue.currency, pl.String)
    named = costs.join(only, how="cross").with_columns(month_day="month", currency=pl.coalesce("currency", base, "only"))
    priced = named.join(rates, on=["currency", "month_day"], how="left")
    worth = priced.with_columns(exchanged(pl.col(name), pl.col("rate")).alias(name) for name in AMOUNTS)
    sums = [pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name) for name in AMOUNTS]
    return worth.with_columns(currency=pl.coalesce("into", "currency")).group_by("month_day", "currency").agg(sums)
