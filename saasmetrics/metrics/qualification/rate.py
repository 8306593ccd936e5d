"""The share of new trial accounts that qualified in time; with --by channel, which channel brings those that do.

## Why
A channel that brings many sign-ups and few accounts that get anything done is expensive. Only accounts that had the whole
time count, so that a young channel does not look worse than it is.

## Columns
window_days  key    days since the account was created
qualified    count  of the eligible, those that qualified within so many days, before they paid
eligible     count  trial accounts that had all of these days
undecided    count  of the eligible, those that may have qualified by signs that the data cannot show; where there are any, the rate is not known
immature     count  younger ones: not counted, not failed
direct       count  accounts that paid from the day of their creation: never on trial, in no base
unknown      count  accounts without a known start, or older than the export: in no base
rate         share  qualified / eligible
low          share  Wilson 95 % interval
high         share  Wilson 95 % interval
status       label  final; insufficient: fewer than min_base eligible; unknown: some are undecided

## Limits
There is a row for each of `windows`. Days are local civil days; the last of them has to be over, late_after
included. An account that pays before it qualifies is in the base, and not qualified. A sign that the data cannot show leaves accounts undecided: give its
input, or leave the sign out (`counts: false`).

## Better with
subscriptions  who paid from the first day; without them every account counts as a trial
users          the people invited
accounts       the channel, the true dates of creation, and the accounts that never did anything

## Picture
bars rate

## Account by account
qualification.accounts

## Covers
P09

## Example: the young are not failures, those who paid at once never were on trial
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
young    2026-02-25   false
sold     2026-01-01   false
old      2026-01-01   true
qualified:
account  entered_day  possible_day  paid_day
a1       2026-01-15   2026-01-15    ·
a2       2026-01-16   2026-01-16    ·
young    2026-02-26   2026-02-26    ·
sold     ·            ·             2026-01-01
old      2026-01-02   2026-01-02    ·
with as_of=2026-03-01 windows=[14]
becomes
window_days  qualified  eligible  undecided  immature  direct  unknown  rate  low       high      status
14           1          2         0          1         1       1        0.5   0.094531  0.905469  insufficient

## Example: who may have qualified by what nobody saw has not failed
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
dim      2026-01-01   false
qualified:
account  entered_day  possible_day  paid_day
a1       2026-01-15   2026-01-14    ·
dim      ·            2026-01-15    ·
with as_of=2026-03-01 windows=[13,14]
becomes
window_days  qualified  eligible  undecided  immature  direct  unknown  rate  low  high  status
13           0          2         1          0         0       0        ·     ·    ·     unknown
14           1          2         1          0         0       0        ·     ·    ·     unknown

## Example: nobody yet is an empty rate, not 0
accounts:
account  created_day  left_truncated
qualified:
account  entered_day  possible_day  paid_day
with as_of=2026-03-01 windows=[14]
becomes
window_days  qualified  eligible  undecided  immature  direct  unknown  rate  low  high  status
14           0          0         0          0         0       0        ·     ·    ·     insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson

COUNTS = ("qualified", "eligible", "undecided", "immature", "direct", "unknown")


def rate(
    accounts: pl.LazyFrame, qualified: pl.LazyFrame, clock: Clock, *,
    windows: Sequence[Days] = (14, 30, 60), min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    spans = pl.LazyFrame({"window_days": sorted(set(windows))}, schema={"window_days": pl.Int64})
    every = accounts.select("account", "created_day", "left_truncated", *by)
    placed = every.join(qualified.select("account", "entered_day", "possible_day", "paid_day"), on="account", how="left").join(spans, how="cross")
    known = pl.col("created_day").is_not_null() & ~pl.col("left_truncated")
    direct = (pl.col("paid_day") <= pl.col("created_day")).fill_null(False)
    last = pl.col("created_day").cast(pl.Int64) + pl.col("window_days")
    trial, over = known & ~direct, last < clock.settled
    entered, possible = (pl.col(name) <= last for name in ("entered_day", "possible_day"))
    entered, possible = entered.fill_null(False), possible.fill_null(False)
    sums = {
        "qualified": trial & over & entered, "eligible": trial & over, "undecided": trial & over & possible & ~entered,
        "immature": trial & ~over, "direct": known & direct, "unknown": ~known,
    }  # fmt: skip
    told = placed.group_by(*by, "window_days").agg(test.fill_null(False).sum().cast(pl.Int64).alias(name) for name, test in sums.items())
    full = told if by else spans.join(told, on="window_days", how="left")
    return full.with_columns(pl.col(COUNTS).fill_null(0)).with_columns(*_judged(min_base))


def _judged(min_base: int) -> list[pl.Expr]:
    k, n = pl.col("qualified"), pl.col("eligible")
    low, high = wilson(k, n)
    dim = pl.col("undecided") > 0
    status = pl.when(dim).then(pl.lit("unknown")).when(n < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    return [pl.when(~dim).then(value).alias(name) for name, value in (("rate", share(k, n)), ("low", low), ("high", high))] + [status.alias("status")]
