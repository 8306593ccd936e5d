"""Which accounts moved from stage to stage since last week?

## Columns
from      key    the stage `since` days before T; new: the account did not exist
to        key    the stage at T
moved     flag   the two differ
accounts  count  accounts
share     share  of all accounts that were in the first stage
who       list   up to five of them, in the order of the alphabet

## Limits
Only the two ends are compared: an account that left and came back in between has not moved. Late events may still move some. The rules of the stages stand at
journey stages.

## Order
-moved -accounts from to

## Better with
accounts       the accounts that never did anything
subscriptions  expansion and churn by what is paid

## Account by account
journey.accounts

## Covers

## Example: moves first, then those that stayed
stage_history:
account  position  stage        from_day    to_day
a1       1         acquisition  2026-01-01  2026-01-30
a1       2         activation   2026-01-30  ·
a2       1         acquisition  2026-01-01  ·
a3       1         acquisition  2026-01-01  ·
a4       1         acquisition  2026-01-29  ·
with as_of=2026-02-01
becomes
from         to           moved  accounts  share     who
acquisition  activation   true   1         0.333333  [a1]
new          acquisition  true   1         1         [a4]
acquisition  acquisition  false  2         0.666667  [a2,a3]

## Example: there and back again is no move
stage_history:
account  position  stage       from_day    to_day
a1       4         engagement  2026-01-01  2026-01-28
a1       7         churn       2026-01-28  2026-01-30
a1       4         engagement  2026-01-30  ·
with as_of=2026-02-01
becomes
from        to          moved  accounts  share  who
engagement  engagement  false  1         1      [a1]
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share

SHOWN = 5


def flows(stage_history: pl.LazyFrame, clock: Clock, *, since: Days = 7) -> pl.LazyFrame:
    now, then = _on(stage_history, clock.day - 1, "to"), _on(stage_history, clock.day - since - 1, "from")
    pairs = now.join(then, on="account", how="left").with_columns(pl.col("from").fill_null("new"))
    counted = pairs.group_by("from", "to").agg(accounts=pl.len().cast(pl.Int64), who=pl.col("account").cast(pl.String).sort().head(SHOWN))
    return counted.with_columns(moved=pl.col("from") != pl.col("to"), share=share(pl.col("accounts"), pl.col("accounts").sum().over("from")))


def _on(history: pl.LazyFrame, day: int, name: str) -> pl.LazyFrame:
    """account, and the stage it was in on that day."""
    held = (pl.col("from_day") <= day) & (pl.col("to_day").is_null() | (pl.col("to_day") > day))
    return history.filter(held).select("account", pl.col("stage").alias(name))
