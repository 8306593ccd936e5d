"""How often does each account complete core work, for the time it was there?

## Why
A total flatters old accounts. Divided by the complete periods that an account was there for, a young account and an old one
can be compared; the usual gap says how long silence is normal for it.

## Columns
account         key     the account
state           label   active; new: there for fewer than min_periods; silent: no core success in the window; left: no longer pays; unknown: no date of creation
per_period      number  successes / exposed
successes       count   core successes in the window, by people and service users
active_periods  count   periods of the window with at least one
exposed         count   complete periods of the window that the account was there for
active_share    share   active_periods / exposed
low             share   Wilson 95 % interval
high            share   Wilson 95 % interval
usual_gap       days    median of the days between one day with a core success and the next, over all its history; empty below 3 gaps
quiet           days    days since the last core success, at T; empty: never
last_success    date    last day with a core success

## Limits
The window is the last `periods` complete periods (weeks, unless `period` says otherwise). Successes of different core
workflows are added up; engagement stickiness holds each against its own cadence. The rate includes the time in which an
account was still being set up.

## Order
state per_period account

## Better with
accounts       the true dates of creation, and the accounts that never did anything
subscriptions  which accounts left

## Covers
W05 S08 H10

## Example: the same work in half the time is twice the frequency; the week an account began in is not a whole one
tenure:
account  cadence  lived  left
old      week     40     false
young    week     6      false
activity:
account  day         core   n
old      2026-01-05  true   6
old      2026-02-16  true   6
young    2026-01-06  true   50
young    2026-01-20  true   6
young    2026-02-16  true   6
young    2026-02-16  false  99
gaps:
account  last_day    gaps
old      2026-02-16  [42]
young    2026-02-16  [9,9,9]
with as_of=2026-02-24
becomes
account  state   per_period  successes  active_periods  exposed  active_share  low       high      usual_gap  quiet  last_success
old      active  1           12         2               12       0.166667      0.046965  0.448031  ·          8      2026-02-16
young    active  2           12         2               6        0.333333      0.096771  0.700007  9          8      2026-02-16

## Example: a young account is told apart, and one that never did anything is not missing
tenure:
account  cadence  lived  left
baby     week     3      false
never    week     30     false
gone     week     30     true
undated  week     ·      false
activity:
account  day         core  n
baby     2026-02-16  true  2
gone     2026-01-05  true  2
gaps:
account  last_day    gaps
baby     2026-02-16  []
gone     2026-01-05  []
with as_of=2026-02-24
becomes
account  state    per_period  successes  active_periods  exposed  active_share  low       high      usual_gap  quiet  last_success
gone     left     0.166667    2          1               12       0.083333      0.014865  0.35388   ·          50     2026-01-05
baby     new      0.666667    2          1               3        0.333333      0.061492  0.79234   ·          8      2026-02-16
never    silent   0           0          0               12       0             0         0.242494  ·          ·      ·
undated  unknown  ·           ·          ·               ·        ·             ·         ·         ·          ·      ·
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share, wilson

FEW_GAPS = 3


def frequency(
    tenure: pl.LazyFrame, activity: pl.LazyFrame, gaps: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "week", periods: int = 12, min_periods: int = 4,
) -> pl.LazyFrame:  # fmt: skip
    there = tenure.filter(pl.col("cadence") == period).with_columns(exposed=pl.col("lived").clip(0, periods))
    told = there.join(_done(activity, there, clock, period), on="account", how="left").join(gaps, on="account", how="left")
    active, exposed = pl.col("active_periods"), pl.col("exposed")
    low, high = wilson(active, exposed)
    known = told.with_columns(pl.when(exposed.is_not_null()).then(pl.col(name).fill_null(0)).alias(name) for name in ("successes", "active_periods"))
    return known.with_columns(
        state=_state(min_periods), per_period=share(pl.col("successes"), exposed), active_share=share(active, exposed), low=low, high=high,
        usual_gap=pl.when(pl.col("gaps").list.len() >= FEW_GAPS).then(pl.col("gaps").list.median()),
        quiet=clock.day - pl.col("last_day"), last_success="last_day",
    )  # fmt: skip


def _done(activity: pl.LazyFrame, there: pl.LazyFrame, clock: Clock, period: str) -> pl.LazyFrame:
    """Each account's core work in the periods it was there for."""
    ago = clock.last_complete(period) - clock.index(pl.col("day"), period)  # type: ignore[arg-type]
    work = activity.filter("core").with_columns(ago=ago).join(there.select("account", "exposed"), on="account")
    seen = work.filter((pl.col("ago") >= 0) & (pl.col("ago") < pl.col("exposed")))
    return seen.group_by("account").agg(successes=pl.col("n").sum(), active_periods=pl.col("ago").n_unique())


def _state(min_periods: int) -> pl.Expr:
    return (
        pl.when("left").then(pl.lit("left"))
        .when(pl.col("exposed").is_null()).then(pl.lit("unknown"))
        .when(pl.col("exposed") < min_periods).then(pl.lit("new"))
        .when(pl.col("successes") == 0).then(pl.lit("silent"))
        .otherwise(pl.lit("active"))
    )  # fmt: skip
