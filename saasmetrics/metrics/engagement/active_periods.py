"""How many accounts were active in how many of the last periods?

## Why
An average hides two kinds of accounts: those that work every week and those that came once. The spread shows both.

## Columns
active_periods  key    number of the last complete periods with a core success
accounts        count  accounts that had so many
eligible        count  accounts that were there for all of these periods
immature        count  accounts that were not there for all of them yet: not counted
share           share  accounts / eligible
low             share  Wilson 95 % interval
high            share  Wilson 95 % interval
at_least        share  of the eligible, those with so many or more

## Limits
A period counts when it is over, and was seen from its first to its last day. Accounts that no longer pay are left out. All
core workflows count alike; engagement stickiness holds each against its own cadence.

## Picture
bars share

## Better with
accounts       the accounts that never did anything
subscriptions  which accounts left

## Account by account
engagement.stickiness

## Covers

## Example: periods are counted, not events; nobody is left out for doing nothing
accounts:
account
daily
once
never
baby
tenure:
account  cadence  lived  left
daily    week     9      false
once     week     9      false
never    week     9      false
baby     week     1      false
activity:
account  day         core   n
daily    2026-01-06  true   50
daily    2026-01-13  true   1
once     2026-01-13  true   99
once     2026-01-06  false  99
baby     2026-01-13  true   1
with as_of=2026-01-21 periods=2
becomes
active_periods  accounts  eligible  immature  share     low       high     at_least
0               1         3         1         0.333333  0.061492  0.79234  1
1               1         3         1         0.333333  0.061492  0.79234  0.666667
2               1         3         1         0.333333  0.061492  0.79234  0.333333

## Example: what lies in the running period or before the window does not count
accounts:
account
a1
gone
tenure:
account  cadence  lived  left
a1       week     9      false
gone     week     9      true
activity:
account  day         core  n
a1       2025-12-30  true  1
a1       2026-01-19  true  1
gone     2026-01-06  true  1
with as_of=2026-01-21 periods=2
becomes
active_periods  accounts  eligible  immature  share  low       high      at_least
0               1         1         0         1      0.206549  1         1
1               0         1         0         0      0         0.793451  0
2               0         1         0         0      0         0.793451  0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share, wilson


def active_periods(
    accounts: pl.LazyFrame, tenure: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "week", periods: int = 12, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    there = tenure.filter(pl.col("cadence") == period).join(accounts.select("account", *by), on="account")
    told = there.join(_done(activity, clock, period, periods), on="account", how="left").with_columns(old=~pl.col("left") & (pl.col("lived") >= periods).fill_null(False))
    base = told.group_by(by or pl.lit(0).alias("every")).agg(eligible=pl.col("old").sum().cast(pl.Int64), immature=(~pl.col("old") & ~pl.col("left")).sum().cast(pl.Int64))
    found = told.filter("old").group_by(*by, pl.col("active_periods").fill_null(0)).agg(accounts=pl.len().cast(pl.Int64))
    numbers = pl.LazyFrame({"active_periods": list(range(periods + 1))}, schema={"active_periods": pl.Int64})
    grid = base.join(numbers, how="cross").join(found, on=[*by, "active_periods"], how="left", nulls_equal=True)
    filled = grid.with_columns(pl.col("accounts").fill_null(0))
    total = pl.col("accounts").cum_sum(reverse=True)
    k, n = pl.col("accounts"), pl.col("eligible")
    low, high = wilson(k, n)
    return filled.with_columns(share=share(k, n), low=low, high=high, at_least=share(total.over(*by, pl.lit(0), order_by="active_periods"), n))


def _done(activity: pl.LazyFrame, clock: Clock, period: str, periods: int) -> pl.LazyFrame:
    ago = clock.last_complete(period) - clock.index(pl.col("day"), period)  # type: ignore[arg-type]
    seen = activity.filter("core").with_columns(ago=ago).filter(pl.col("ago").is_between(0, periods - 1))
    return seen.group_by("account").agg(active_periods=pl.col("ago").n_unique().cast(pl.Int64))
