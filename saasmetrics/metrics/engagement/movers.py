"""Which accounts started, came back or fell silent in the last complete week or month?

## Why
The number of active accounts moves by little when many leave and as many come. These are the accounts behind it.

## Columns
account    key    the account
way        label  dormant (active in the period before, not in this one), new, resurrected (active before, but not in the period before), unclear (first seen, but older than the export), returning (active in the period before too)
active     flag   whether it completed a core workflow in the period
was_active flag   whether it did in the period before
n          count  core successes in the period
n_before   count  core successes in the period before
last_day   date   last day with a core success by the end of the period
period     date   first day of the period: the last complete one

## Order
way -n_before -n account

## Limits
Accounts that were active in neither of the two periods are not listed. Service users count: it is the account that is active.

## Covers
W01

## Example: of those active in one of the two weeks, the silent ones stand first
accounts:
account  left_truncated
a1       false
a2       false
a3       false
old      true
activity:
account  day         core   n
a1       2026-01-06  true   2
a2       2026-01-07  true   1
a2       2026-01-14  true   4
a3       2026-01-13  true   1
old      2026-01-12  true   1
old      2026-01-05  false  9
with as_of=2026-01-20
becomes
account  way        active  was_active  n  n_before  last_day    period
a1       dormant    false   true        0  2         2026-01-06  2026-01-12
a3       new        true    false       1  0         2026-01-13  2026-01-12
a2       returning  true    true        4  1         2026-01-14  2026-01-12
old      unclear    true    false       1  0         2026-01-12  2026-01-12

## Example: work of the running week neither wakes an account nor counts
accounts:
account  left_truncated
a1       false
a2       false
activity:
account  day         core  n
a1       2025-12-01  true  1
a1       2026-01-13  true  3
a1       2026-01-19  true  5
a2       2026-01-19  true  5
with as_of=2026-01-20
becomes
account  way          active  was_active  n  n_before  last_day    period
a1       resurrected  true    false       3  0         2026-01-13  2026-01-12
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import Clock


def movers(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *, period: Literal["day", "week", "month", "quarter"] = "week"
) -> pl.LazyFrame:  # fmt: skip
    last = clock.last_complete(period)
    ago = last - clock.index(pl.col("day"), period).cast(pl.Int64)
    work = activity.filter("core").with_columns(ago=ago).filter(pl.col("ago") >= 0)
    n, before = pl.when(pl.col("ago") == 0).then("n").sum(), pl.when(pl.col("ago") == 1).then("n").sum()
    told = work.group_by("account").agg(n=n, n_before=before, earlier=(pl.col("ago") > 1).any(), last_day=pl.col("day").max())
    moved = told.filter((pl.col("n") > 0) | (pl.col("n_before") > 0)).join(accounts.select("account", "left_truncated"), on="account")
    return moved.with_columns(way=_way(), active=pl.col("n") > 0, was_active=pl.col("n_before") > 0, period=clock.start(pl.lit(last), period))


def _way() -> pl.Expr:
    return (
        pl.when(pl.col("n") == 0).then(pl.lit("dormant"))
        .when(pl.col("n_before") > 0).then(pl.lit("returning"))
        .when("earlier").then(pl.lit("resurrected"))
        .when("left_truncated").then(pl.lit("unclear"))
        .otherwise(pl.lit("new"))
    )  # fmt: skip
