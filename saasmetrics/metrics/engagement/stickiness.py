"""In how many of the periods in which the job comes up does each account do it?

## Why
A monthly job done every month is as sticky as a weekly job done every week. Each core workflow is held against its declared
cadence, so that a month's rhythm does not read as three lost weeks.

## Columns
account         key    the account
workflow        key    the core workflow
cadence         label  its declared cadence: day (working days), week, month, quarter
state           label  active; new: there for fewer than min_periods; silent: not done in the window; never: not once in the export; left: no longer pays; unknown: no date of creation
stickiness      share  active_periods / expected
active_periods  count  periods of the window with a success
expected        count  complete periods of the window that the account was there for
low             share  Wilson 95 % interval
high            share  Wilson 95 % interval
quiet_periods   count  complete periods up to now without a success; empty: never done
last_success    date   last day with a success in this workflow

## Headline
stickiness

## Limits
The window is the last `periods` complete periods of the cadence: 12 weeks, or 12 working days. A day off (`days_off` in the
definition, Saturday and Sunday by default) counts to the working day before it. A wrong cadence makes this table wrong: see
engagement rhythm.

## Order
state stickiness account workflow

## Better with
accounts       the true dates of creation, and the accounts that never did anything
subscriptions  which accounts left

## Covers
H09

## Example: a monthly job done every month is sticky
tenure:
account  cadence  lived  left
a1       week     40     false
a1       month    9      false
workflows:
workflow  core   cadence
closing   true   month
invoices  true   week
claims    false  month
activity:
account  workflow  day         n
a1       closing   2026-01-30  1
a1       closing   2026-02-27  1
a1       closing   2026-03-31  1
a1       invoices  2026-03-30  5
a1       claims    2026-03-30  5
with as_of=2026-04-08 periods=3
becomes
account  workflow  cadence  state   stickiness  active_periods  expected  low       high     quiet_periods  last_success
a1       invoices  week     active  0.333333    1               3         0.061492  0.79234  0              2026-03-30
a1       closing   month    active  1           3               3         0.438503  1        0              2026-03-31

## Example: a daily job rests at the weekend, and work on a Saturday is that of the Friday
tenure:
account  cadence  lived  left
a1       day      40     false
a1       workday  30     false
workflows:
workflow  core  cadence
picking   true  day
activity:
account  workflow  day         n
a1       picking   2026-03-31  1
a1       picking   2026-04-01  1
a1       picking   2026-04-02  1
a1       picking   2026-04-04  1
with as_of=2026-04-08 periods=4
becomes
account  workflow  cadence  state   stickiness  active_periods  expected  low       high      quiet_periods  last_success
a1       picking   day      active  0.75        3               4         0.300642  0.954413  1              2026-04-04

## Example: the running period is not expected yet, nor is one from before the account
tenure:
account  cadence  lived  left
new      week     2      false
none     week     40     false
workflows:
workflow  core  cadence
invoices  true  week
activity:
account  workflow  day         n
new      invoices  2026-03-20  1
new      invoices  2026-03-27  1
new      invoices  2026-04-07  1
with as_of=2026-04-08
becomes
account  workflow  cadence  state  stickiness  active_periods  expected  low       high      quiet_periods  last_success
none     invoices  week     never  0           0               12        0         0.242494  ·              ·
new      invoices  week     new    0.5         1               2         0.094531  0.905469  0              2026-04-07
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock
from saasmetrics.statistics import share, wilson


def stickiness(
    tenure: pl.LazyFrame, workflows: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *, periods: int = 12, min_periods: int = 3
) -> pl.LazyFrame:
    workflows, activity = (frame.with_columns(pl.col("workflow").cast(pl.Categorical)) for frame in (workflows, activity))  # quicker to group by
    beat = pl.col("cadence").replace({name: clock.beat(name) for name in ROLLING_DAYS})
    jobs = workflows.filter("core").select("workflow", "cadence", beat=beat)
    grid = tenure.rename({"cadence": "beat"}).join(jobs, on="beat").with_columns(expected=pl.col("lived").clip(0, periods))
    told = grid.join(_done(activity, grid, clock), on=["account", "workflow"], how="left")
    active, expected = pl.col("active_periods"), pl.col("expected")
    low, high = wilson(active, expected)
    return told.with_columns(active_periods=pl.when(expected.is_not_null()).then(active.fill_null(0))).with_columns(
        state=_state(min_periods), stickiness=share(active, expected), low=low, high=high, last_success="last_day"
    )


def _done(activity: pl.LazyFrame, grid: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """In which of the expected periods each account did each job, and how long ago the last time was."""
    work = activity.join(grid.select("account", "workflow", "cadence", "expected"), on=["account", "workflow"])
    placed = work.with_columns(ago=_ago(clock))
    expected = pl.col("ago").is_between(0, pl.col("expected") - 1)
    return placed.group_by("account", "workflow").agg(
        active_periods=pl.col("ago").filter(expected).n_unique(), quiet_periods=pl.col("ago").min().clip(lower_bound=0), last_day=pl.col("day").max()
    )


def _ago(clock: Clock) -> pl.Expr:
    """Periods of the workflow's cadence between a day's own and the last complete one; the running one is −1."""
    return pl.coalesce(
        pl.when(pl.col("cadence") == cadence).then(clock.last_complete(clock.beat(cadence)) - clock.index(pl.col("day"), clock.beat(cadence)))
        for cadence in ROLLING_DAYS
    ).cast(pl.Int64)


def _state(min_periods: int) -> pl.Expr:
    return (
        pl.when("left").then(pl.lit("left"))
        .when(pl.col("expected").is_null()).then(pl.lit("unknown"))
        .when(pl.col("expected") < min_periods).then(pl.lit("new"))
        .when(pl.col("last_day").is_null()).then(pl.lit("never"))
        .when(pl.col("active_periods") == 0).then(pl.lit("silent"))
        .otherwise(pl.lit("active"))
    )  # fmt: skip
