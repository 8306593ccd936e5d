"""What each account would pay under each price schedule beside what it pays, over its recent complete months.

Months count in which the account paid on every day;
the recent ones are the last `pricing.recent`, all those looked at the last `pricing.months`. Who is not billed has no amounts.

## Columns
account   key    the account
schedule  key    the schedule's name
state     label  pays nothing (at the end of the last complete month); billed; other currency (than the schedule's); unknown (the quantity of every recent month, or an amount); too young (no recent month)
currency  label  of the schedule: its own, else the one in which most accounts pay at the end of the last complete month
k         count  recent months with a bill
quantity  money  no money but the quantity of these months together, in ten-thousandths
bill      money  the bills of these months together, in ten-thousandths
mrr       money  MRR on their last days together
step      count  number of the step that the last of them reaches
cliff     money  how much the bill leaps at the end of that step; null: it is not near, or leaps by no more than pricing.shock
pairs     count  pairs of billed months in a row, of all those looked at
shocks    count  of these, those in which the bill rose by more than pricing.shock, or began at 0
implied   money  bill of the last month looked at less that of the first; null: fewer than two
realised  money  MRR at the end of the last of these less that of the first
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.pricing.meter_bases import main_currency

KEYS = ["account", "schedule"]
MONTH = ["account", "month_day"]
BILLED = ["k", "quantity", "bill", "mrr", "step", "cliff", "pairs", "shocks", "implied", "realised"]


def bill_bases(
    accounts: pl.LazyFrame, bill_months: pl.LazyFrame, paid_months: pl.LazyFrame, month_ends: pl.LazyFrame, tariffs: pl.LazyFrame, definition: Definition
) -> pl.LazyFrame:  # fmt: skip
    """One row an account and schedule."""
    told = definition.pricing
    asked = _currencies(tariffs, month_ends)
    rows = bill_months.join(paid_months.drop("ago", "seats"), on=MONTH).join(asked, on="schedule")
    alike = pl.col("currency").eq_missing(pl.col("asked"))
    now = month_ends.filter(pl.col("ago") == 0).select("account", pays=pl.lit(True), last="currency")
    every = accounts.select("account").join(now, on="account", how="left").join(asked, how="cross")
    months = rows.filter("whole", pl.col("ago") < told.months)
    billed = months.filter(alike & pl.col("bill").is_not_null() & pl.col("mrr").is_not_null())
    recent = months.filter(pl.col("ago") < told.recent).group_by(KEYS).agg(young=pl.lit(False))
    lately = _lately(billed.filter(pl.col("ago") < told.recent), told.near, told.shock)
    paid = [frame.join(now, on="account", how="semi") for frame in (recent, lately, _rises(billed, told.shock))]
    full = every
    for more in paid:
        full = full.join(more, on=KEYS, how="left")
    state = (
        pl.when(pl.col("pays").is_null()).then(pl.lit("pays nothing")).when(~pl.col("last").eq_missing(pl.col("asked"))).then(pl.lit("other currency")).when(pl.col("young").is_null()).then(pl.lit("too young"))
        .when(pl.col("k").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("billed"))
    )  # fmt: skip
    placed = full.with_columns(state=state).drop("pays", "last", "young").rename({"asked": "currency"})
    return placed.with_columns(pl.when(pl.col("state") == "billed").then(pl.col(BILLED)))


def _currencies(tariffs: pl.LazyFrame, month_ends: pl.LazyFrame) -> pl.LazyFrame:
    """schedule, asked: its currency, else the one of most accounts."""
    main = main_currency(month_ends).select(pl.col("currency").first().alias("main"))
    return tariffs.group_by("schedule").agg(pl.col("currency").first()).join(main, how="cross").select("schedule", asked=pl.coalesce("currency", "main"))


def _lately(recent: pl.LazyFrame, near: float, shock: float) -> pl.LazyFrame:
    close = (pl.col("up_to") - pl.col("quantity") <= near * pl.col("up_to") + 1e-9) & (pl.col("leap") > shock * pl.col("edge") + 1e-9)
    leap = pl.when(close).then("leap")
    return recent.group_by(KEYS).agg(
        pl.col("quantity", "bill", "mrr").sum(), k=pl.len().cast(pl.Int64), step=pl.col("step").sort_by("ago").first(), cliff=leap.sort_by("ago").first()
    )


def _rises(billed: pl.LazyFrame, shock: float) -> pl.LazyFrame:
    def earlier(name: str) -> pl.Expr:
        return pl.col(name).shift(1).over(*KEYS, order_by="month_day")

    def grown(name: str) -> pl.Expr:
        series = pl.col(name).sort_by("month_day")
        return pl.when(pl.len() > 1).then(series.last() - series.first())

    sided = billed.with_columns(before=earlier("bill"), follows=(earlier("ago") == pl.col("ago") + 1).fill_null(False))
    rose = pl.when(pl.col("before") == 0).then(pl.col("bill") > 0).otherwise(pl.col("bill") > (1 + shock) * pl.col("before") + 1e-9)
    return sided.group_by(KEYS).agg(
        pairs=pl.col("follows").sum().cast(pl.Int64), shocks=(pl.col("follows") & rose).sum().cast(pl.Int64), implied=grown("bill"), realised=grown("mrr")
    )
