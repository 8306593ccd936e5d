"""What each meter looks like in each account: how much lately, how steadily, and what went with it.

Only months count in which the account paid on every day and the quantity is known; without a subscriptions table all
months with a known quantity. `recent`, `months`, `horizon` and `swing` are those of `pricing`.

## Columns
account    key    the account
position   key    number of the meter, as in `meter_terms`
k          count  such months among the last `recent`; null: none
unmeasured count  months among the last `recent` in which it paid on every day and the quantity is unknown; null: none
quantity   money  no money but the quantity of these months together, in ten-thousandths
mrr        money  MRR on their last days together; null: in one of them none, several currencies, or not the one of most accounts
currency   label  that one: in which most accounts pay at the end of the last complete month
people     count  people at work, these months together; null: the events name no users
work       count  core successes of these months
star       count  what the north star counts, of these months
cv         share  no share but standard deviation / mean of the monthly quantities of the last `months`; null: fewer than 3, or none used
pairs      count  pairs of months in a row among them
moved      money  no money: how far the quantities of these pairs lie apart, together
base       money  no money: the quantities of the later months of these pairs, together
swung      flag   in one of the pairs the quantity changed by more than `swing` of the earlier month, or began at 0; null: no pair
before     money  no money: the quantity `horizon` months before the last complete one; null: did not pay at its end, or unknown
grown      share  no share: before / the quantity another `horizon` months earlier; null: unknown, or that was 0
kept       flag   pays at the end of the last complete month
expanded   flag   its MRR is higher then than `horizon` months before; null: not paid then, or not in one currency
events     count  events of the last `months`, paid or not; null: counts no events
service    count  of these, by service users
nameless   count  of these, without what they ought to say
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

KEYS = ["account", "position"]
MONTH = ["account", "month_day"]


def meter_bases(
    meter_months: pl.LazyFrame, paid_months: pl.LazyFrame, month_ends: pl.LazyFrame, account_months: pl.LazyFrame, definition: Definition
) -> pl.LazyFrame:
    """One row an account and meter."""
    told = definition.pricing
    rows = meter_months.join(_in_main_currency(paid_months, main_currency(month_ends)), on=MONTH).join(account_months, on=MONTH, how="left")
    paid = rows.filter(pl.col("whole").fill_null(True) & pl.col("quantity").is_not_null())
    window = rows.filter(pl.col("ago") < told.months).group_by(KEYS).agg(
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()) for name in ("events", "service", "nameless")
    )
    full = window.join(_lately(paid.filter(pl.col("ago") < told.recent), account_months), on=KEYS, how="left")
    full = full.join(rows.filter("whole", pl.col("quantity").is_null(), pl.col("ago") < told.recent).group_by(KEYS).agg(unmeasured=pl.len().cast(pl.Int64)), on=KEYS, how="left")
    full = full.join(_steadiness(paid.filter(pl.col("ago") < told.months), told.swing), on=KEYS, how="left")
    currency = main_currency(month_ends).select(pl.col("currency").first())
    return full.join(_landmark(rows, told.horizon), on=KEYS, how="left").join(currency, how="cross")


def _in_main_currency(paid_months: pl.LazyFrame, main: pl.LazyFrame) -> pl.LazyFrame:
    """The months, with the MRR only where it is in the currency in which most accounts pay at the end of the last one."""
    told = paid_months.join(main.with_columns(main=pl.lit(True)), on="currency", how="left", nulls_equal=True)
    return told.with_columns(mrr=pl.when("main").then("mrr")).drop("ago", "main")


def main_currency(month_ends: pl.LazyFrame) -> pl.LazyFrame:
    """The currency in which most accounts pay, one row or none; of equal ones the first by name."""
    last = month_ends.filter((pl.col("ago") == 0) & pl.col("mrr").is_not_null())
    return last.group_by("currency").len("rows").sort("rows", "currency", descending=[True, False], nulls_last=True).head(1).select("currency")


def _lately(recent: pl.LazyFrame, account_months: pl.LazyFrame) -> pl.LazyFrame:
    named = account_months.select(pl.col("people").is_not_null().any().alias("named"))
    sums = recent.group_by(KEYS).agg(
        pl.col("quantity", "people", "work", "star").sum(), k=pl.len().cast(pl.Int64), mrr=pl.when(pl.col("mrr").is_not_null().all()).then(pl.col("mrr").sum())
    )
    return sums.join(named, how="cross").with_columns(people=pl.when("named").then("people")).drop("named")


def _steadiness(months: pl.LazyFrame, swing: float) -> pl.LazyFrame:
    def earlier(name: str) -> pl.Expr:
        return pl.col(name).shift(1).over(*KEYS, order_by="month_day")

    sided = months.with_columns(earlier=earlier("quantity"), follows=(earlier("ago") == pl.col("ago") + 1).fill_null(False))
    step = (pl.col("quantity") - pl.col("earlier")).abs()
    leapt = pl.when(pl.col("earlier") == 0).then(pl.col("quantity") > 0).otherwise(step > swing * pl.col("earlier") + 1e-9)
    series = pl.col("quantity").sort_by("month_day").cast(pl.Float64)
    told = sided.group_by(KEYS).agg(
        series=series, pairs=pl.col("follows").sum().cast(pl.Int64), moved=step.filter("follows").sum(), base=pl.col("quantity").filter("follows").sum(),
        swung=pl.when(pl.col("follows").any()).then(leapt.filter("follows").any()),
    )  # fmt: skip
    enough = (pl.col("series").list.len() >= 3) & (pl.col("series").list.mean() > 0)
    return told.with_columns(cv=pl.when(enough).then(pl.col("series").list.std() / pl.col("series").list.mean())).drop("series")


def _landmark(rows: pl.LazyFrame, horizon: int) -> pl.LazyFrame:
    """What was known at the landmark, and what came of it."""
    def at(ago: int, **columns: str) -> pl.LazyFrame:
        return rows.filter(pl.col("ago") == ago).select(*KEYS, **columns)

    then, now = at(horizon, before="quantity", paid="pays", mrr_then="mrr", currency_then="currency"), at(0, kept="pays", mrr_now="mrr")
    full = then.join(at(2 * horizon, first="quantity"), on=KEYS, how="left").join(now, on=KEYS, how="left")
    mark = full.filter(pl.col("paid") & pl.col("before").is_not_null())
    known = pl.col("mrr_then").is_not_null() & pl.col("mrr_now").is_not_null()
    return mark.select(
        *KEYS, "before", "kept", grown=pl.when(pl.col("first") > 0).then(pl.col("before") / pl.col("first")),
        expanded=pl.when(known).then(pl.col("mrr_now") > pl.col("mrr_then")),
    )  # fmt: skip
