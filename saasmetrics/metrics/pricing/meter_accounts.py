"""How much of each unit does each account use, what does it pay for one, and how far is its limit?

## Why
Who pays three times the usual price for a unit will ask why; who pays a third of it is the next step up. Both stand here by
name, beside what their plan still allows.

## Columns
account   key    the account
meter     key    the unit, as pricing.meters names it
pays      label  over: more than off times the median price; under: less than the median / off; in line; unused: pays and uses none; unknown: no price
price     number MRR for one unit: mean MRR / mean quantity of the same months; empty: nothing used, or MRR unknown
times     number price / the median price of all accounts that have one
usual     number mean quantity of those of the last pricing.recent complete months in which it paid on every day; empty: there is none, or it is unknown in all
mrr       money  mean MRR at the end of these months; empty: no such month, several currencies, or not that in which most accounts pay
currency  label  the one in which most accounts pay: of price and mrr; empty: no complete month yet
last      number quantity of the last complete month, at its end where it is a stock; empty: unknown
limit     number what its plans allow; empty: unknown or unlimited
state     label  of `last`: over (above the limit), at the limit (equal), near (nearly of it or more, 0.8), within; unlimited; unknown
left      number limit − last; empty: no limit, or unknown
varies    number standard deviation (of a sample) / mean of the last pricing.months complete months in which it paid on every day; empty: fewer than three months, or never used
machines  share  share of its events of the last pricing.months complete months made by service users; empty: it counts no events, there were none, or no users table
plan      text   its plan or plans at T

## Limits
A price per unit is no price on the list: it is what the account pays for everything, divided by this one unit. Accounts that
pay nothing have none. The median is over the accounts with a price, and moves with them. Limits hold for the plans at T; a
limit that is counted in another way than the meter (by the week, or as a stock) is unknown. Complete months are those of the
export that the account was there for from their first day; of them, months with an unknown quantity are left out.

## Order
-times account meter

## Better with
subscriptions  what a unit costs each account
limits         how far the limits are
users          people and service users told apart

## Covers

## Example: over, under and in line; an unknown limit is not unlimited
accounts:
account
dear
fair
cheap
free
meter_terms:
position  meter
1         invoices
meter_bases:
account  position  k  quantity  mrr  cv   events  service  currency
dear     1         2  20        200  0.1  20      5        EUR
fair     1         2  100       200  0.2  ·       ·        EUR
cheap    1         2  400       200  ·    0       0        EUR
free     1         ·  ·         ·    ·    4       0        EUR
meter_months:
account  position  ago  quantity
dear     1         0    10
fair     1         0    50
cheap    1         0    250
cheap    1         1    150
free     1         0    4
people_known:
listed
true
meter_limits:
account  position  plan        limit  unlimited  known
dear     1         team        10     false      true
fair     1         business    ·      true       true
cheap    1         team + pro  ·      false      false
with off=2.0
becomes
account  meter     pays     price  times  usual  mrr     currency  last  limit  state         left  varies  machines  plan
dear     invoices  over     10     5      10     100.00  EUR       10    10     at the limit  0     0.1     0.25      team
fair     invoices  in line  2      1      50     100.00  EUR       50    ·      unlimited     ·     0.2     ·         business
cheap    invoices  under    0.5    0.25   200    100.00  EUR       250   ·      unknown       ·     ·       ·         team + pro
free     invoices  unknown  ·      ·      ·      ·       EUR       4     ·      unknown       ·     ·       0         ·

## Example: who pays and uses none has no price
accounts:
account
idle
meter_terms:
position  meter
1         seats
meter_bases:
account  position  k  quantity  mrr  cv  events  service  currency
idle     1         1  0         50   ·   ·       ·        EUR
meter_months:
account  position  ago  quantity
idle     1         0    0
people_known:
listed
true
meter_limits:
account  position  plan  limit  unlimited  known
idle     1         team  0      false      true
becomes
account  meter  pays    price  times  usual  mrr    currency  last  limit  state         left  varies  machines  plan
idle     seats  unused  ·      ·      0      50.00  EUR       0     0      at the limit  0     ·       ·         team
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import TINY, Share, Times, divided, share

KEYS = ["account", "position"]
UNIT = 10_000


def meter_accounts(
    accounts: pl.LazyFrame, meter_terms: pl.LazyFrame, meter_bases: pl.LazyFrame, meter_months: pl.LazyFrame, meter_limits: pl.LazyFrame, people_known: pl.LazyFrame, *,
    off: Times = 2.0, nearly: Share = 0.8,
) -> pl.LazyFrame:  # fmt: skip
    last = meter_months.filter(pl.col("ago") == 0).select(*KEYS, last="quantity")
    frame = accounts.select("account").join(meter_terms.select("position", "meter"), how="cross").join(people_known.select("listed"), how="cross")
    for more in (meter_bases, last, meter_limits):
        frame = frame.join(more, on=KEYS, how="left")
    paid = pl.when(pl.col("mrr") > 0).then("mrr")
    priced = frame.with_columns(price=pl.when(pl.col("quantity") > 0).then(paid / pl.col("quantity")))
    timed = priced.with_columns(times=pl.col("price") / pl.col("price").median().over("position"))
    return timed.with_columns(
        pays=_pays(off), usual=_units("quantity") / pl.col("k"), mrr=(pl.col("mrr") / pl.col("k")).round().cast(pl.Int64), state=_state(nearly),
        left=_units(pl.col("limit") - pl.col("last")), last=_units("last"), limit=_units("limit"), varies="cv", machines=pl.when("listed").then(share(pl.col("service"), pl.col("events"))),
    )  # fmt: skip


def _units(name: str | pl.Expr) -> pl.Expr:
    return divided((pl.col(name) if isinstance(name, str) else name).cast(pl.Float64), UNIT)


def _pays(off: float) -> pl.Expr:
    return (
        pl.when(pl.col("times").is_null()).then(pl.when((pl.col("quantity") == 0) & (pl.col("mrr") > 0)).then(pl.lit("unused")).otherwise(pl.lit("unknown")))
        .when(pl.col("times") > off + 1e-9).then(pl.lit("over")).when(pl.col("times") * off < 1 - 1e-9).then(pl.lit("under")).otherwise(pl.lit("in line"))
    )  # fmt: skip


def _state(nearly: float) -> pl.Expr:
    last, limit = pl.col("last"), pl.col("limit")
    return (
        pl.when(~pl.col("known").fill_null(False) | last.is_null()).then(pl.lit("unknown")).when("unlimited").then(pl.lit("unlimited"))
        .when(last > limit).then(pl.lit("over")).when(last == limit).then(pl.lit("at the limit"))
        .when(last >= nearly * limit * (1 - TINY)).then(pl.lit("near")).otherwise(pl.lit("within"))
    )  # fmt: skip
