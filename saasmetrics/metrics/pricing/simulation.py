"""What would a price schedule do: how much would it bring, who would pay more or less, and would bills jump?

## Why
A schedule is judged by more than its revenue: by the customers who would pay much more, by bills that jump from month to month,
by steps at which one unit more is dear, and by whether it grows as customers grow.

## Columns
schedule    key    the schedule, as pricing.schedules names it
unit        label  the meter that is priced
model       label  flat, graduated, volume, package
revenue     money  bills a month of the billed accounts, each its mean of the last pricing.recent complete months
mrr         money  what these accounts pay today: the mean MRR at the end of the same months
percent     number (revenue − mrr) / mrr, in percent
currency    label  of the amounts: the schedule's, else the one in which most accounts pay
billed      count  paying accounts that could be billed
left_out    count  paying accounts that could not: another currency, an unknown quantity, no complete month
more        count  would pay more, by more than same of their MRR
less        count  would pay less, by more than same of their MRR
rise        money  the largest rise of an account
rise_of     label  that account
fall        money  the largest fall of an account, as a negative number
fall_of     label  that account
shock_rate  share  shocks / pairs
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
shocks      count  account-months in which the bill rises by more than pricing.shock, or begins at 0
pairs       count  account-months that follow another, of the last pricing.months
falling     flag   the average price of a unit never rises with the quantity
cliffs      count  accounts near the end of a step behind which one unit more is a shock
implied     money  what the bills grew by, from each account's first to its last month looked at, all together
realised    money  what its MRR grew by between the ends of the same months
yield       number realised / implied; empty: implied is 0 or less
clv         money  revenue / billed × margin / churn; empty: costs or churn unknown, or nobody left
assumes     text   what clv stands on
status      label  final; insufficient: fewer than pricing.min_accounts billed

## Headline
percent

## Limits
Quantities are as they were under today's price, customers too: under another one some use less, some leave, some come. Take
revenue as what today's use would bring, not as a forecast. The rate of shocks pools account-months, of which one account has
several: its interval is too narrow when a few accounts have most of them (`pricing bills`). `implied` is natural expansion: what
growing use would have added under the schedule; `yield` says how much of that today's prices made of it. Average price is asked at
the edges of the steps, one unit beyond them, and far above (1,000 units or packages beyond the last edge); of packages in whole packages. Margin: 1 − Σ cost of serving / Σ
MRR at the end of the months, in the currency of the schedule, of those of the last pricing.months where both are known. Churn:
accounts that pay at the end of a month and no longer at the end of the next, pooled over the same months. Both hold the
accounts that came in these months too; bills and growth are of months that an account lived through (`pricing bills`).

## Order
-revenue schedule

## Needs
subscriptions schedules

## Better with
costs  the lifetime value under each schedule

## Account by account
pricing.bills

## Covers
VM14 VM17 VM19

## Example: winners, losers, a cliff, and what a lifetime is worth
bill_bases:
account  schedule  state           currency  k  quantity  bill  mrr  step  cliff  pairs  shocks  implied  realised
up       new       billed          EUR       2  300       300   200  2     50     3      1       40       10
down     new       billed          EUR       1  10        10    200  1     ·      1      0       ·        ·
same     new       billed          EUR       1  30        102   100  1     ·      2      0       10       5
abroad   new       other currency  EUR       ·  ·         ·     ·    ·     ·      ·      ·       ·        ·
free     new       pays nothing    EUR       ·  ·         ·     ·    ·     ·      ·      ·       ·        ·
tariffs:
schedule  step  priced    model  currency  falling
new       1     invoices  flat   EUR       true
month_ends:
account  month_day   ago  mrr  currency
up       2026-01-01  0    400  EUR
up       2025-12-01  1    400  EUR
down     2026-01-01  0    300  EUR
down     2025-12-01  1    600  EUR
came     2026-01-01  0    100  EUR
gone     2025-12-01  1    100  EUR
abroad   2026-01-01  0    900  USD
abroad   2025-12-01  1    900  USD
spending:
month_day   currency  cogs
2026-01-01  EUR       200
2025-12-01  EUR       ·
2025-11-01  EUR       999
pricing_terms:
min_accounts  months
20            12
becomes
schedule  unit      model  revenue  mrr     percent    currency  billed  left_out  more  less  rise   rise_of  fall     fall_of  shock_rate  low       high     shocks  pairs  falling  cliffs  implied  realised  yield  clv      assumes                                                           status
new       invoices  flat   262.00   400.00  -34.5      EUR       3       1         1     1     50.00  up       -190.00  down     0.166667    0.030053  0.563503 1       6      true     1       50.00    15.00     0.3    262.00   churn 25.0 % a month (1 of 4), margin 75.0 %; use as it is today  insufficient

## Example: nobody left, no costs: no lifetime value; nothing grew: no yield
bill_bases:
account  schedule  state   currency  k  quantity  bill  mrr  step  cliff  pairs  shocks  implied  realised
a        new       billed  EUR       1  10        0     200  1     ·      0      0       ·        ·
tariffs:
schedule  step  priced  model    currency  falling
new       1     seats   package  ·         false
month_ends:
account  month_day   ago  mrr  currency
a        2026-01-01  0    400  EUR
a        2025-12-01  1    400  EUR
spending:
month_day  currency  cogs
pricing_terms:
min_accounts  months
1             12
becomes
schedule  unit   model    revenue  mrr     percent    currency  billed  left_out  more  less  rise  rise_of  fall     fall_of  shock_rate  low  high  shocks  pairs  falling  cliffs  implied  realised  yield  clv  assumes                                                            status
new       seats  package  0.00     200.00  -100       EUR       1       0         0     1     ·     ·        -200.00  a        ·           ·    ·     0       0      false    0       0.00     0.00      ·      ·    churn 0.0 % a month (0 of 1), margin unknown; use as it is today   final
"""

from __future__ import annotations

import polars as pl

from saasmetrics.sentences import sentence
from saasmetrics.statistics import Share, share, wilson


def simulation(
    bill_bases: pl.LazyFrame, tariffs: pl.LazyFrame, month_ends: pl.LazyFrame, spending: pl.LazyFrame, pricing_terms: pl.LazyFrame, *, same: Share = 0.05
) -> pl.LazyFrame:  # fmt: skip
    heads = tariffs.filter(pl.col("step") == 1).select("schedule", "model", "falling", unit="priced")
    months = month_ends.join(pricing_terms.select("months"), how="cross").filter(pl.col("ago") < pl.col("months"))
    told = heads.join(_sums(bill_bases, same), on="schedule", how="left").join(_churn(months), how="cross").join(pricing_terms, how="cross")
    full = told.join(_margins(months, spending), on="currency", how="left", nulls_equal=True)
    low, high = wilson(pl.col("shocks"), pl.col("pairs"))
    churn = share(pl.col("left"), pl.col("at_start"))
    counts = ["billed", "left_out", "more", "less", "shocks", "pairs", "cliffs"]
    filled = full.with_columns(pl.col(counts).fill_null(0))
    value = share(pl.col("revenue"), pl.col("billed")) * pl.col("margin") / pl.when(churn > 0).then(churn)
    return filled.with_columns(
        percent=100 * share(pl.col("revenue") - pl.col("mrr"), pl.col("mrr")), shock_rate=share(pl.col("shocks"), pl.col("pairs")), low=low, high=high,
        clv=value.round().cast(pl.Int64), assumes=_assumes(churn), **{"yield": share(pl.col("realised"), pl.col("implied"))},
        status=pl.when(pl.col("billed") < pl.col("min_accounts")).then(pl.lit("insufficient")).otherwise(pl.lit("final")),
    )  # fmt: skip


def _churn(months: pl.LazyFrame) -> pl.LazyFrame:
    """One row: at_start, who paid at the end of a month that another one follows; left, who did not at the end of that one."""
    after = months.select("account", ago=pl.col("ago") + 1, stays=pl.lit(True))
    moved = months.filter(pl.col("ago") > 0).join(after, on=["account", "ago"], how="left")
    return moved.select(at_start=pl.len().cast(pl.Int64), left=pl.col("stays").is_null().sum().cast(pl.Int64))


def _margins(months: pl.LazyFrame, spending: pl.LazyFrame) -> pl.LazyFrame:
    """currency, margin, of the months whose cost of serving is known."""
    spent = spending.filter(pl.col("cogs").is_not_null()).select("month_day", "currency", "cogs")
    paid = months.filter(pl.col("mrr").is_not_null()).group_by("month_day", "currency").agg(pl.col("mrr").sum())
    both = paid.join(spent, on=["month_day", "currency"], nulls_equal=True).group_by("currency").agg(pl.col("mrr", "cogs").sum())
    return both.select("currency", margin=1 - share(pl.col("cogs"), pl.col("mrr")))


def _sums(bases: pl.LazyFrame, same: float) -> pl.LazyFrame:
    change, edge = pl.col("bill") - pl.col("mrr"), same * pl.col("mrr") + 1e-9
    each = bases.with_columns(more=change > edge, less=change < -edge).with_columns(
        ((2 * pl.col(name) + pl.col("k")).floordiv(2 * pl.col("k"))).alias(name) for name in ("bill", "mrr")
    )
    changed = each.with_columns(change=change)
    ranked = changed.sort("schedule", "change", "account", descending=[False, True, False], nulls_last=True)
    up, down = pl.col("change") > 0, pl.col("change") < 0
    return ranked.group_by("schedule", maintain_order=True).agg(
        pl.col("mrr", "implied", "realised", "shocks", "pairs").sum(), revenue=pl.col("bill").sum(), billed=(pl.col("state") == "billed").sum().cast(pl.Int64),
        currency=pl.col("currency").first(), left_out=(~pl.col("state").is_in(["billed", "pays nothing"])).sum().cast(pl.Int64), more=pl.col("more").sum().cast(pl.Int64),
        less=pl.col("less").sum().cast(pl.Int64), cliffs=pl.col("cliff").is_not_null().sum().cast(pl.Int64),
        rise=pl.col("change").filter(up).first(), rise_of=pl.col("account").filter(up).first(),
        fall=pl.col("change").filter(down).last(), fall_of=pl.col("account").filter(down).last(),
    )  # fmt: skip


def _assumes(churn: pl.Expr) -> pl.Expr:
    percent = pl.coalesce(sentence("margin {} %", _tenths(pl.col("margin"))), pl.lit("margin unknown"))
    left = pl.coalesce(sentence("churn {} % a month ({} of {})", _tenths(churn), "left", "at_start"), pl.lit("churn unknown"))
    return sentence("{}, {}; use as it is today", left, percent)


def _tenths(part: pl.Expr) -> pl.Expr:
    """A share as percent with one decimal."""
    return (part * 100).round(1).cast(pl.String)
