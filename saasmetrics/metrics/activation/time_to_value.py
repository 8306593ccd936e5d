"""How long new accounts take to reach first value, those still on the way included.

## Why
A median over only those who made it flatters: the slow ones are missing from it. Kaplan–Meier keeps every account in the
base until the moment up to which it was watched.

## Columns
accounts       count  accounts with a known start
activated      count  those activated by T
waiting        count  those not activated yet: watched until T, not dropped
share_reached  share  activated / accounts
quarter_days   days   by then a quarter of all accounts is activated; empty: not reached yet
median_days    days   by then half of all accounts; empty: not reached yet
p90_days       days   by then nine in ten; empty: not reached yet
takes_weeks    flag   the median is longer than the limit (limit_days), or not reached though at least half of the accounts are older than that

## Limits
Assumes that young accounts will behave as older ones did (Kaplan & Meier 1958). Days are 24 hours.

## Needs
activation

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Account by account
activation.accounts

## Covers
A05 A07 G09 B01

## Example: those still waiting stay in the base
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
a4       2026-01-01 00:00  false
activations:
account  activated_at
a1       2026-01-03 00:00
a2       2026-01-05 00:00
a3       ·
a4       ·
with as_of=2026-01-11
becomes
accounts  activated  waiting  share_reached  quarter_days  median_days  p90_days  takes_weeks
4         2          2        0.5            2             4            ·         false

## Example: a median that is not reached is not invented
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
activations:
account  activated_at
a1       2026-01-02 12:00
a2       ·
a3       ·
with as_of=2026-02-01
becomes
accounts  activated  waiting  share_reached  quarter_days  median_days  p90_days  takes_weeks
3         1          2        0.333333       1.5           ·            ·         true
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile

QUANTILES = {"quarter_days": 0.25, "median_days": 0.5, "p90_days": 0.9}


def time_to_value(
    accounts: pl.LazyFrame, activations: pl.LazyFrame, clock: Clock, *, limit_days: Days = 14, by: Sequence[str] = ()
) -> pl.LazyFrame:
    known = accounts.filter(pl.col("created_at").is_not_null() & ~pl.col("left_truncated"))
    every = known.join(activations.select("account", "activated_at"), on="account", how="left")
    watched = every.with_columns(
        observed=pl.col("activated_at").is_not_null(), older=clock.now - pl.col("created_at") > limit_days * DAY,
        duration=pl.coalesce("activated_at", pl.lit(clock.now)) - pl.col("created_at")
    )
    keys = [*by] or ["all"]
    watched = watched if by else watched.with_columns(all=pl.lit(0))
    told = _counts(watched, by, keys)
    curve = kaplan_meier(watched, keys)
    for name, reached in QUANTILES.items():
        found = survival_quantile(curve, reached, keys, name).with_columns(divided(pl.col(name), DAY))
        told = told.join(found, on=keys, how="left", nulls_equal=True)
    half_old = pl.when(pl.col("accounts") > 0).then(pl.col("older") * 2 >= pl.col("accounts"))
    late = pl.when(pl.col("median_days").is_null()).then(half_old).otherwise(pl.col("median_days") > limit_days)
    return told.with_columns(takes_weeks=late, share_reached=share(pl.col("activated"), pl.col("accounts")))


def _counts(watched: pl.LazyFrame, by: Sequence[str], keys: Sequence[str]) -> pl.LazyFrame:
    sums = [
        pl.len().cast(pl.Int64).alias("accounts"),
        pl.col("observed").sum().cast(pl.Int64).alias("activated"),
        (~pl.col("observed")).sum().cast(pl.Int64).alias("waiting"),
        pl.col("older").sum().cast(pl.Int64).alias("older"),
    ]
    return watched.group_by(*by).agg(sums) if by else watched.select(sums).with_columns(all=pl.lit(0))
