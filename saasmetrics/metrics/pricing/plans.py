"""How are accounts spread over the plans, how much of each limit do they use, and how many stand at it?

## Why
A limit that nobody reaches sells no upgrade; one that most have passed is not a limit. Plans should part customers by what they
use.

## Columns
plan        key    the plan or plans of an account at T; `unknown`
meter       key    the unit, as pricing.meters names it
accounts    count  accounts with this plan
plan_share  share  of all accounts
limited     count  accounts whose limit and quantity are known
unlimited   count  accounts that may use any amount, and whose quantity is known
unknown     count  accounts whose limit or quantity is unknown
at_limit    count  of the limited, those at their limit or above it
rate        share  at_limit / limited
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
near        count  of the limited, those at nearly of the limit or more, but below it
used_p50    number the median share of the limit that the limited use; 1: all of it
used_p90    number a tenth of them use more
median      number the median quantity of the last complete month, of all accounts with a known one
status      label  final; insufficient: fewer than pricing.min_accounts limited; no limit: none is known

## Limits
What an account uses is its quantity of the last complete month, at its end where it is a stock; its limit that of its plans at T.
An empty limit is unknown, not unlimited; a limit that is counted in another way than the meter (by the week, or as a stock) is
unknown too. A limit of 0 is reached by all, and is in no used_p50 and used_p90. Nothing is projected into the running month.

## Order
-rate -limited meter plan

## Better with
limits         the limits
subscriptions  the plans

## Account by account
pricing.meter_accounts

## Covers
VM20

## Example: at the limit, near it, unlimited and unknown are told apart
accounts:
account
full
near
low
free
odd
meter_terms:
position  meter
1         seats
meter_months:
account  position  ago  quantity
full     1         0    10
near     1         0    9
low      1         0    1
low      1         1    10
free     1         0    500
odd      1         0    3
meter_limits:
account  position  plan  limit  unlimited  known
full     1         team  10     false      true
near     1         team  10     false      true
low      1         team  10     false      true
free     1         pro   ·      true       true
odd      1         pro   ·      false      false
pricing_terms:
min_accounts
3
with nearly=0.8
becomes
plan  meter  accounts  plan_share  limited  unlimited  unknown  at_limit  rate      low       high      near  used_p50  used_p90  median  status
team  seats  3         0.6         3        0          0        1         0.333333  0.061492  0.79234   1     0.9       0.98      9       final
pro   seats  2         0.4         0        1          1        0         ·         ·         ·         0     ·         ·         251.5   no limit

## Example: an account without a plan stands for itself
accounts:
account
a
meter_terms:
position  meter
1         invoices
meter_months:
account  position  ago  quantity
meter_limits:
account  position  plan  limit  unlimited  known
pricing_terms:
min_accounts
20
becomes
plan     meter     accounts  plan_share  limited  unlimited  unknown  at_limit  rate  low  high  near  used_p50  used_p90  median  status
unknown  invoices  1         1           0        0          1        0         ·     ·    ·     0     ·         ·         ·       no limit
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import TINY, Share, divided, share, wilson

KEYS = ["account", "position"]
UNIT = 10_000


def plans(
    accounts: pl.LazyFrame, meter_terms: pl.LazyFrame, meter_months: pl.LazyFrame, meter_limits: pl.LazyFrame, pricing_terms: pl.LazyFrame, *, nearly: Share = 0.8
) -> pl.LazyFrame:  # fmt: skip
    last = meter_months.filter(pl.col("ago") == 0).select(*KEYS, "quantity")
    frame = accounts.select("account").join(meter_terms.select("position", "meter"), how="cross")
    full = frame.join(last, on=KEYS, how="left").join(meter_limits, on=KEYS, how="left").with_columns(plan=pl.col("plan").fill_null("unknown"))
    known = pl.col("known").fill_null(False) & pl.col("quantity").is_not_null()
    judged = full.with_columns(free=known & pl.col("unlimited"), bound=known & ~pl.col("unlimited")).with_columns(pl.col("free", "bound").fill_null(False))
    told = judged.group_by("plan", "meter").agg(**_sums(nearly)).with_columns(whole=pl.col("accounts").sum().over("meter")).join(pricing_terms, how="cross")
    low, high = wilson(pl.col("at_limit"), pl.col("limited"))
    return told.with_columns(
        plan_share=share(pl.col("accounts"), pl.col("whole")), unknown=pl.col("accounts") - pl.col("limited") - pl.col("unlimited"),
        rate=share(pl.col("at_limit"), pl.col("limited")), low=low, high=high, status=_status(),
    )  # fmt: skip


def _sums(nearly: float) -> dict[str, pl.Expr]:
    bound, quantity, limit = pl.col("bound"), pl.col("quantity"), pl.col("limit")
    used = pl.when(limit > 0).then(quantity / limit).filter(bound)
    at, close = bound & (quantity >= limit), bound & (quantity < limit) & (quantity >= nearly * limit * (1 - TINY))
    counts = {"accounts": pl.len(), "limited": bound.sum(), "unlimited": pl.col("free").sum(), "at_limit": at.sum(), "near": close.sum()}
    median = divided(quantity.cast(pl.Float64), UNIT).median()
    return {**{name: n.cast(pl.Int64) for name, n in counts.items()}, "used_p50": used.median(), "used_p90": used.quantile(0.9, "linear"), "median": median}


def _status() -> pl.Expr:
    few = pl.col("limited") < pl.col("min_accounts")
    return pl.when(pl.col("limited") == 0).then(pl.lit("no limit")).when(few).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
