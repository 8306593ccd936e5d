"""What would each account pay under each price schedule, beside what it pays today?

## Why
A new price is not accepted by an average: it is accepted or refused by the accounts that would pay much more. They stand first.

## Columns
account    key    the account
schedule   key    the schedule, as pricing.schedules names it
state      label  pays more, pays less, the same (by at most same of its MRR); other currency; unknown: a quantity or an amount; too young: no recent complete month; pays nothing: at the end of the last complete month
change     money  bill − mrr
percent    number change / mrr, in percent
bill       money  mean bill of the last pricing.recent complete months in which it paid on every day
mrr        money  mean MRR at the end of these months
currency   label  of the schedule: its own, else the one in which most accounts pay
quantity   number mean quantity of these months
step       count  number of the step that the last of them reaches, from 1
cliff      money  how much the bill leaps with the next step, where that is near (the last pricing.near of the step) and the leap a shock; empty: no such
pairs      count  months billed that follow another, of the last pricing.months
shocks     count  of these, those in which the bill rises by more than pricing.shock, or begins at 0
unit       label  the meter that is priced

## Limits
Quantities are as they were under today's price: under another one customers use more or less. Only accounts that pay at the
end of the last complete month are billed; amounts before tax and discounts; what the schedule does not price is in it for
nothing. Bills and means are exact to a ten-thousandth, half up; `state` and `percent` are of the means before that. Amounts
stay in the currency in which they are paid; sources.rates is not applied.

## Order
-change account schedule

## Needs
subscriptions schedules

## Covers

## Example: more, less, the same; a cliff ahead
bill_bases:
account  schedule  state   k  quantity  bill  mrr  step  cliff  pairs  shocks  currency
up       new       billed  2  300       300   200  2     50     3      1       EUR
down     new       billed  1  10        10    200  1     ·      0      0       EUR
same     new       billed  3  30        306   300  1     ·      2      0       EUR
tariffs:
schedule  step  priced
new       1     invoices
new       2     invoices
becomes
account  schedule  state      change   percent    bill    mrr     currency  quantity  step  cliff  pairs  shocks  unit
up       new       pays more  50.00    50         150.00  100.00  EUR       150       2     50.00  3      1       invoices
same     new       the same   2.00     2          102.00  100.00  EUR       10        1     ·      2      0       invoices
down     new       pays less  -190.00  -95        10.00   200.00  EUR       10        1     ·      0      0       invoices

## Example: an account that cannot be billed has no bill, not one of nought
bill_bases:
account  schedule  state           k  quantity  bill  mrr  step  cliff  pairs  shocks  currency
abroad   new       other currency  ·  ·         ·     ·    ·     ·      ·      ·       EUR
young    new       too young       ·  ·         ·     ·    ·     ·      ·      ·       EUR
tariffs:
schedule  step  priced
new       1     seats
becomes
account  schedule  state           change  percent    bill  mrr  currency  quantity  step  cliff  pairs  shocks  unit
abroad   new       other currency  ·       ·          ·     ·    EUR       ·         ·     ·      ·      ·       seats
young    new       too young       ·       ·          ·     ·    EUR       ·         ·     ·      ·      ·       seats
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import Share, divided, share

UNIT = 10_000


def bills(bill_bases: pl.LazyFrame, tariffs: pl.LazyFrame, *, same: Share = 0.05) -> pl.LazyFrame:
    priced = tariffs.select("schedule", unit="priced").unique()
    change, edge = pl.col("bill") - pl.col("mrr"), same * pl.col("mrr") + 1e-9
    way = pl.when(change > edge).then(pl.lit("pays more")).when(change < -edge).then(pl.lit("pays less")).otherwise(pl.lit("the same"))
    told = bill_bases.join(priced, on="schedule").with_columns(
        percent=100 * share(change, pl.col("mrr")), state=pl.when(pl.col("state") == "billed").then(way).otherwise("state"),
        quantity=divided(pl.col("quantity").cast(pl.Float64), UNIT) / pl.col("k"),
    )  # fmt: skip
    means = told.with_columns(((2 * pl.col(name) + pl.col("k")).floordiv(2 * pl.col("k"))).alias(name) for name in ("bill", "mrr"))
    return means.with_columns(change=change)
