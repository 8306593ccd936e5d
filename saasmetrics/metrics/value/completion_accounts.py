"""Which accounts try and do not succeed?

## Why
The pooled rate hides the account for which nothing works. Here each account stands with its own attempts, those without a
success first.

## Columns
account     key    the account
workflow    key    the workflow
attempts    count  logical attempts begun in the last attempt_days whose time (`within`) is over, late events included
completed   count  of these, those that succeeded in time
failed      count  of these, those with a failure and no success in time
abandoned   count  of these, those with neither
unsolved    count  failed + abandoned
rate        share  completed / attempts
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
last_tried  date   day of the last attempt of any kind
last_lost   date   day of the last one that failed or was abandoned; empty: none
immature    count  attempts whose time is not over: not counted, not failed
unpaired    count  attempts whose event does not name its thing: not counted

## Limits
A low rate on a handful of attempts is luck: read the interval. Accounts without any attempt in the window have no row.
All attempts at one thing are one; see value completion.

## Order
-unsolved rate account workflow

## Better with
accounts  the segments to filter by

## Covers

## Example: the account for which nothing works stands first
attempts:
account  workflow   at                outcome    due_at
good     invoicing  2026-01-01 00:00  completed  2026-01-02 00:00
good     invoicing  2026-01-03 00:00  completed  2026-01-04 00:00
bad      invoicing  2026-01-01 00:00  failed     2026-01-02 00:00
bad      invoicing  2026-01-02 00:00  abandoned  2026-01-03 00:00
with as_of=2026-02-01
becomes
account  workflow   attempts  completed  failed  abandoned  unsolved  rate  low      high     last_tried  last_lost   immature  unpaired
bad      invoicing  2         0          1       1          2         0     0        0.65762  2026-01-02  2026-01-02  0         0
good     invoicing  2         2          0       0          0         1     0.34238  1        2026-01-03  ·           0         0

## Example: an attempt that can still succeed is no failure
attempts:
account  workflow   at                outcome   due_at
a1       invoicing  2026-01-31 12:00  open      2026-02-01 12:00
a1       invoicing  2026-01-31 13:00  unpaired  2026-02-01 13:00
with as_of=2026-02-01
becomes
account  workflow   attempts  completed  failed  abandoned  unsolved  rate  low  high  last_tried  last_lost  immature  unpaired
a1       invoicing  0         0          0       0          0         ·     ·    ·     2026-01-31  ·          1         1
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson

OUTCOMES = ["completed", "failed", "abandoned"]


def completion_accounts(attempts: pl.LazyFrame, clock: Clock, *, attempt_days: Days = 90) -> pl.LazyFrame:
    begun = attempts.filter(pl.col("at") >= clock.midnight(clock.day - attempt_days)).with_columns(day=clock.day_of(pl.col("at")))
    paired = pl.col("outcome") != "unpaired"
    over = paired & (pl.col("due_at") <= clock.final)
    lost = over & pl.col("outcome").is_in(["failed", "abandoned"])
    told = begun.group_by("account", "workflow").agg(
        attempts=over.sum(), immature=(paired & ~over).sum(), unpaired=(~paired).sum(), unsolved=lost.sum(),
        last_tried=pl.col("day").max(), last_lost=pl.when(lost).then("day").max(),
        **{name: (over & (pl.col("outcome") == name)).sum() for name in OUTCOMES},
    )  # fmt: skip
    low, high = wilson(pl.col("completed"), pl.col("attempts"))
    return told.with_columns(rate=share(pl.col("completed"), pl.col("attempts")), low=low, high=high)
