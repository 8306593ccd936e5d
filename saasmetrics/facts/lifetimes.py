"""What is needed to say how long customers stay and what serving them costs: one row, over the last `pricing.months`.

## Columns
at_start  count  accounts that paid at the end of a month, summed over the months that another complete one follows
left      count  of these, those that did not pay at the end of the next
mrr_of_costs money MRR at the end of the months whose cost of serving is known, in the currency in which most accounts pay
cogs      money  their cost of serving; null: unknown
currency  label  the one in which most accounts pay at the end of the last complete month; null: none is given
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.meter_bases import main_currency


def lifetimes(paid_months: pl.LazyFrame, costs: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """paid_months, costs → one row."""
    months = paid_months.filter(pl.col("ago") < definition.pricing.months)
    after = months.select("account", ago=pl.col("ago") + 1, stays="pays")
    moved = months.filter("pays").join(after, on=["account", "ago"])
    churn = moved.select(at_start=pl.len().cast(pl.Int64), left=(~pl.col("stays")).sum().cast(pl.Int64))
    main = main_currency(paid_months)
    paid = months.filter(pl.col("mrr").is_not_null()).join(main, on="currency", how="semi", nulls_equal=True).group_by("month_day").agg(pl.col("mrr").sum())
    spent = costs.filter(pl.col("cogs").is_not_null()).join(main.select(main="currency"), how="cross").filter(pl.coalesce("currency", "main").eq_missing(pl.col("main")))
    both = paid.join(spent.group_by(month_day="month").agg(pl.col("cogs").sum()), on="month_day")
    sums = both.select(mrr_of_costs=pl.col("mrr").sum(), cogs=pl.when(pl.len() > 0).then(pl.col("cogs").sum()))
    return churn.join(sums, how="cross").join(main.select(pl.col("currency").first()), how="cross")
