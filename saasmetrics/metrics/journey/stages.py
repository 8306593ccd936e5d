"""Acquisition to churn: how many accounts are in each stage, how many came, and how many ever get there?

## Why
Every account is in exactly one stage: the last one whose rule holds. Where the share of those that ever get there falls
most, the journey breaks.

## Columns
stage        key    acquisition, activation, adoption, engagement, retention, expansion, churn; unknown: older than the export or of unknown age, nothing seen yet
position     label  number of the stage
accounts     count  accounts in it at T
before       count  accounts in it `since` days before T
change       number accounts − before
entered      count  accounts for which its rule held for the first time in these days: of acquisition, the new accounts
arrived      count  of the eligible, those for which its rule ever held; empty: the definition declares nothing that would show it
eligible     count  accounts with a known start, at least mature_days old
immature     count  younger ones: not counted, not failed
rate         share  arrived / eligible
low          share  Wilson 95 % interval
high         share  Wilson 95 % interval
median_days  days   half of all accounts with a known start got there after so many days (Kaplan–Meier); empty: not reached
status       label  final; provisional: late events may still change it; insufficient: fewer than 5 eligible; no input: nothing would show it

## Limits
The rules. Acquisition: created. Activation: all required steps done; of accounts older than the export, and where no activation is
declared, the first core work stands for it. Adoption: a core workflow at its second tier (journey.adopted_level), or made a habit: engaged
once. Engagement: successes of one core workflow in three periods of its cadence (a daily one by the week), never two in a row without
(engaged_periods); it begins with the success that makes them three, and ends when two in a row are over without. Retention: engaged, 90 days
after the first core success (retained_after). Expansion: within the last 90 days (grown_within) it pays more, in whatever currency, or took
up a further workflow: reached the first tier of one that it had not completed before, no sooner than 90 days (retained_after) after its first
core success. Churn: it no longer pays, or of every core workflow that it ever did three periods in a row (silent_periods) are over without a
success; it may come back. An account can skip a stage: one can be engaged that never finished its setup. Whoever is older than the export has
no known start: its time to a stage is not counted. Without subscriptions, nobody is seen to pay more or to leave; silence is.

## Order
position stage

## Better with
accounts       the true dates of creation, the accounts that never did anything, and the channel to split by
subscriptions  expansion and churn by what is paid

## Picture
bars rate

## Account by account
journey.accounts

## Covers
J01 J02

## Example: stock, flow and conversion
accounts:
account  created_at        created_day  left_truncated
a1       2026-01-01 00:00  2026-01-01   false
a2       2026-01-01 00:00  2026-01-01   false
young    2026-03-28 00:00  2026-03-28   false
stage_names:
position  stage        seen
1         acquisition  true
2         activation   true
7         churn        true
stage_spans:
account  position  from_day
a1       1         2026-01-01
a1       2         2026-01-11
a2       1         2026-01-01
a2       7         2026-03-30
young    1         2026-03-28
stage_history:
account  position  from_day    to_day
a1       1         2026-01-01  2026-01-11
a1       2         2026-01-11  ·
a2       1         2026-01-01  2026-03-30
a2       7         2026-03-30  ·
young    1         2026-03-28  ·
with as_of=2026-04-01 mature_days=60
becomes
stage        position  accounts  before  change  entered  arrived  eligible  immature  rate  low       high      median_days  status
acquisition  1         1         1       0       1        2        2         1         1     0.34238   1         0            insufficient
activation   2         1         1       0       0        1        2         1         0.5   0.094531  0.905469  10           insufficient
churn        7         1         0       1       1        1        2         1         0.5   0.094531  0.905469  88           insufficient

## Example: older than the export counts in the stock only, and what nothing would show is no nought
accounts:
account  created_at        created_day  left_truncated
old      2020-01-01 00:00  2020-01-01   true
stage_names:
position  stage        seen
0         unknown      true
1         acquisition  true
6         expansion    false
stage_spans:
account  position  from_day
old      0         2020-01-01
stage_history:
account  position  from_day    to_day
old      0         2020-01-01  ·
with as_of=2026-04-01
becomes
stage        position  accounts  before  change  entered  arrived  eligible  immature  rate  low  high  median_days  status
unknown      0         1         1       0       0        0        0         0         ·     ·    ·     ·            insufficient
acquisition  1         0         0       0       0        0        0         0         ·     ·    ·     ·            insufficient
expansion    6         0         0       0       0        ·        0         0         ·     ·    ·     ·            no input

## Example: one arrival of yesterday leaves a stage provisional, however early the others came
accounts:
account  created_at        created_day  left_truncated
a1       2026-01-01 00:00  2026-01-01   false
a2       2026-01-01 00:00  2026-01-01   false
a3       2026-01-01 00:00  2026-01-01   false
a4       2026-01-01 00:00  2026-01-01   false
a5       2026-01-01 00:00  2026-01-01   false
stage_names:
position  stage        seen
1         acquisition  true
2         activation   true
stage_spans:
account  position  from_day
a1       1         2026-01-01
a2       1         2026-01-01
a3       1         2026-01-01
a4       1         2026-01-01
a5       1         2026-01-01
a1       2         2026-01-05
a2       2         2026-03-31
stage_history:
account  position  from_day    to_day
a1       1         2026-01-01  2026-01-05
a1       2         2026-01-05  ·
a2       1         2026-01-01  2026-03-31
a2       2         2026-03-31  ·
a3       1         2026-01-01  ·
a4       1         2026-01-01  ·
a5       1         2026-01-01  ·
with as_of=2026-04-01 mature_days=60
becomes
stage        position  accounts  before  change  entered  arrived  eligible  immature  rate  low       high      median_days  status
acquisition  1         3         4       -1      0        5        5         0         1     0.565518  1         0            final
activation   2         2         1       1       1        2        5         0         0.4   0.117621  0.769276  ·            provisional
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import kaplan_meier, share, survival_quantile, wilson

FEW = 5
COUNTS = ["accounts", "before", "entered", "arrived", "eligible", "immature"]


def stages(
    accounts: pl.LazyFrame, stage_names: pl.LazyFrame, stage_spans: pl.LazyFrame, stage_history: pl.LazyFrame, clock: Clock, *,
    since: Days = 7, mature_days: Days = 120, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    known = pl.col("created_at").is_not_null() & ~pl.col("left_truncated")
    old = pl.col("created_at") + mature_days * DAY <= clock.now
    every = accounts.with_columns(eligible=known & old, immature=known & ~old).select("account", "created_day", "eligible", "immature", *by)
    reached = stage_spans.group_by("account", "position").agg(day=pl.col("from_day").min()).join(every, on="account")
    grid = stage_names.join(every.select(by).unique(), how="cross") if by else stage_names
    keys = [*by, "position"]
    bases = every.group_by(by or pl.lit(0).alias("every")).agg(pl.col("eligible", "immature").sum().cast(pl.Int64))
    told = grid.join(bases, on=list(by), how="left", nulls_equal=True) if by else grid.join(bases, how="cross")
    for frame in (_stock(stage_history, every, keys, clock, since), _flow(reached, keys, clock, since), _times(reached, every, keys, clock)):
        told = told.join(frame, on=keys, how="left", nulls_equal=True)
    return told.with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64)).with_columns(*_judged(clock))


def _judged(clock: Clock) -> list[pl.Expr]:
    real = pl.col("position") > 0
    eligible, immature = (pl.when(real).then(name).otherwise(0) for name in ("eligible", "immature"))
    arrived = pl.when("seen").then("arrived")
    low, high = wilson(arrived, eligible)
    fresh = pl.col("latest") >= clock.settled
    status = pl.when(~pl.col("seen")).then(pl.lit("no input")).when(eligible < FEW).then(pl.lit("insufficient")).when(fresh).then(pl.lit("provisional")).otherwise(pl.lit("final"))
    change = pl.col("accounts") - pl.col("before")
    values = {"arrived": arrived, "eligible": eligible, "immature": immature, "rate": share(arrived, eligible), "low": low, "high": high}
    values |= {"change": change, "status": status}
    return [value.alias(name) for name, value in values.items()]


def _stock(history: pl.LazyFrame, every: pl.LazyFrame, keys: Sequence[str], clock: Clock, since: int) -> pl.LazyFrame:
    now, then = _on(clock.day - 1), _on(clock.day - since - 1)
    placed = history.join(every, on="account")
    return placed.group_by(keys).agg(accounts=now.sum(), before=then.sum())


def _on(day: int) -> pl.Expr:
    """Whether the span covers the day."""
    return (pl.col("from_day") <= day) & (pl.col("to_day").is_null() | (pl.col("to_day") > day))


def _flow(reached: pl.LazyFrame, keys: Sequence[str], clock: Clock, since: int) -> pl.LazyFrame:
    return reached.group_by(keys).agg(
        entered=(pl.col("day") >= clock.day - since).sum(), arrived=pl.col("eligible").sum(), latest=pl.col("day").filter("eligible").max()
    )


def _times(reached: pl.LazyFrame, every: pl.LazyFrame, keys: Sequence[str], clock: Clock) -> pl.LazyFrame:
    """Kaplan–Meier over the accounts with a known start, those that have not got there included."""
    base = every.filter(pl.col("eligible") | pl.col("immature"))
    grid = base.join(pl.LazyFrame({"position": list(range(1, 8))}, schema={"position": pl.Int64}), how="cross")
    there = reached.select("account", "position", "day")
    watched = grid.join(there, on=["account", "position"], how="left").with_columns(
        observed=pl.col("day").is_not_null(), duration=(pl.coalesce("day", pl.lit(clock.day)) - pl.col("created_day")).clip(lower_bound=0)
    )
    return survival_quantile(kaplan_meier(watched, keys), 0.5, keys, "median_days")
