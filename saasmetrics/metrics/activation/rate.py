"""The share of new accounts that reached first value in time.

## Why
A login is not activation. An account is activated once it has done every required step. Accounts that are still too
young to have had the whole time are not failures: they are counted apart.

## Columns
window_days  key    days since the account was created, one row for each of `windows`; where these are not set, activation.within is one, too
activated    count  of the eligible, those activated within the window (the last moment included)
eligible     count  accounts at least window_days old at T
immature     count  younger accounts: not counted, not failed
unknown      count  accounts without a known start, or older than the export: what they did first was not seen
rate         share  activated / eligible
low          share  Wilson 95 % interval
high         share  Wilson 95 % interval
status       label  final; provisional: late events may still change it; insufficient: fewer than min_base eligible
unstable_days days of the window_days days from the creation on, those in an unstable week (reliability stability), a mean over the eligible; empty: none is eligible, or no limits are declared

## Limits
A day here is 24 hours after the account's creation. Small bases swing: read the interval, not the rate.

## Needs
activation

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Picture
bars rate

## Account by account
activation.accounts

## Covers
A04 G07 B02 J05

## Example: finishing after the window does not count
accounts:
account  created_at        created_day  left_truncated
a1       2026-01-01 00:00  2026-01-01   false
a2       2026-01-01 00:00  2026-01-01   false
activations:
account  activated_at
a1       2026-01-08 00:00
a2       2026-01-08 00:01
with as_of=2026-03-01 windows=[7]
becomes
window_days  activated  eligible  immature  unknown  rate  low       high      status        unstable_days
7            1          2         0         0        0.5   0.094531  0.905469  insufficient  ·

## Example: a young account is neither success nor failure
accounts:
account  created_at        created_day  left_truncated
a1       2026-01-01 00:00  2026-01-01   false
young    2026-02-25 00:00  2026-02-25   false
old      2020-01-01 00:00  2020-01-01   true
activations:
account  activated_at
a1       2026-01-02 00:00
young    2026-02-26 00:00
old      ·
unstable_days:
day
2026-01-07
2026-01-08
2026-02-25
with as_of=2026-03-01 windows=[7] min_base=1
becomes
window_days  activated  eligible  immature  unknown  rate  low       high  status  unstable_days
7            1          1         1         1        1     0.206549  1     final   1
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, days_within
from saasmetrics.statistics import share, total, wilson


def rate(
    accounts: pl.LazyFrame, activations: pl.LazyFrame, unstable_days: pl.LazyFrame | None, clock: Clock, *,
    windows: Sequence[Days] = (7, 14, 30), min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    spans = pl.LazyFrame({"window_days": sorted(set(windows))}, schema={"window_days": pl.Int64})
    every = accounts.join(activations, on="account", how="left").join(spans, how="cross")
    span = pl.col("window_days") * DAY
    known = pl.col("created_at").is_not_null() & ~pl.col("left_truncated")
    old = pl.col("created_at") + span <= clock.now
    unstable = days_within(unstable_days, pl.col("created_day"), pl.col("created_day") + pl.col("window_days"))
    told = every.with_columns(unstable=unstable).group_by(*by, "window_days").agg(
        activated=(known & old & (pl.col("activated_at") <= pl.col("created_at") + span)).fill_null(False).sum(),
        eligible=(known & old).sum(),
        immature=(known & ~old).sum(),
        unknown=(~known).sum(),
        fresh=(known & old & (pl.col("created_at") + span > clock.final)).any(),
        unstable=total(pl.col("unstable").filter(known & old)),
    )
    return (spans.join(told, on="window_days", how="left") if not by else told).with_columns(*_judged(min_base))


def _judged(min_base: int) -> list[pl.Expr]:
    k, n = pl.col("activated").fill_null(0), pl.col("eligible").fill_null(0)
    low, high = wilson(k, n)
    few, fresh = n < min_base, pl.col("fresh").fill_null(False)
    status = pl.when(few).then(pl.lit("insufficient")).when(fresh).then(pl.lit("provisional")).otherwise(pl.lit("final"))
    counts = pl.col("activated", "eligible", "immature", "unknown").fill_null(0)
    unstable = share(pl.col("unstable"), n).alias("unstable_days")
    return [counts, share(k, n).alias("rate"), unstable, low.alias("low"), high.alias("high"), status.alias("status")]
