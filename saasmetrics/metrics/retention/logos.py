"""How many paying customers stayed through each month, and how many left?

## Why
Logo churn counts customers, not money. The base is closed: those who paid when the month began; whoever came during the
month cannot hide who left.

## Columns
period    key    first day of the month
paying    count  accounts that paid on the eve of that day
kept      count  of these, those that paid without a gap through the last day
returned  count  of these, those that left and came back within the month: not kept
lost      count  of these, those that no longer paid on the last day
rate      share  kept / paying: logo retention
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
churn     share  lost / paying: logo churn
status    label  final; provisional: the month is not over, or ended less than late_after and the grace for gaps ago
unstable_days days days of the month before T that lie in an unstable week (reliability stability); empty: no limits are declared

## Limits
The last `months` complete months are shown, and the running one. An end date is the first day no longer covered: who is paid
up to 31 January churns in February. A gap of at most grace_days between two subscriptions is none; neither is one within
revenue.gap_grace, here and in all of `revenue`. Of a year tell `left` and `accounts` of `revenue retention` (window 12). What counts as paying is what `revenue mrr` counts: an account with
recurring revenue, in whatever currency.

## Needs
subscriptions

## Account by account
churn_risk.accounts

## Covers
G02 K01

## Example: leaving, and coming back within the month
paying:
account  start_day   end_day
stays    2025-12-01  ·
leaves   2025-12-01  2026-01-15
back     2025-12-01  2026-01-10
back     2026-01-20  ·
new      2026-01-05  ·
settling:
final_until
20486
unstable_days:
day
2025-12-31
2026-01-01
2026-01-31
2026-02-01
with as_of=2026-02-03 months=1
becomes
period      paying  kept  returned  lost  rate      low       high      churn     status       unstable_days
2026-01-01  3       1     1         1     0.333333  0.061492  0.79234   0.333333  final        2
2026-02-01  3       3     0         0     1         0.438503  1         0         provisional  1

## Example: a subscription that ends with the month counts for it
paying:
account  start_day   end_day
a1       2025-12-01  2026-02-01
settling:
final_until
20522
with as_of=2026-03-10 months=2
becomes
period      paying  kept  returned  lost  rate  low       high      churn  status       unstable_days
2026-01-01  1       1     0         0     1     0.206549  1         0      final        ·
2026-02-01  1       0     0         1     0     0         0.793451  1      final        ·
2026-03-01  0       0     0         0     ·     ·         ·         ·      provisional  ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Delay, days_within
from saasmetrics.statistics import share, wilson

FOREVER = 2**30


def logos(
    paying: pl.LazyFrame, settling: pl.LazyFrame, unstable_days: pl.LazyFrame | None, clock: Clock, *, months: int = 12, grace_days: Delay = 0
) -> pl.LazyFrame:
    spells = _bridged(paying, grace_days)
    grid = _months(spells, clock, months)
    pairs = grid.join(spells, how="cross")
    covers_eve = (pl.col("start_day") < pl.col("first")) & (pl.col("end_day") >= pl.col("first"))
    covers_end = (pl.col("start_day") <= pl.col("last")) & (pl.col("end_day") > pl.col("last"))
    each = pairs.group_by("index", "first", "last", "account").agg(
        paying=covers_eve.any(), kept=(covers_eve & covers_end).any(), there=covers_end.any()
    )
    start = each.filter("paying").group_by("index").agg(
        paying=pl.len().cast(pl.Int64), kept=pl.col("kept").sum().cast(pl.Int64),
        returned=(~pl.col("kept") & pl.col("there")).sum().cast(pl.Int64),
        lost=(~pl.col("there")).sum().cast(pl.Int64),
    )  # fmt: skip
    told = grid.join(start, on="index", how="left").with_columns(pl.col("paying", "kept", "returned", "lost").fill_null(0))
    low, high = wilson(pl.col("kept"), pl.col("paying"))
    over = clock.start(pl.col("index") + 1, "month").to_physical() + grace_days <= pl.col("final_until")
    status = pl.when(over).then(pl.lit("final")).otherwise(pl.lit("provisional"))
    return told.join(settling, how="cross").with_columns(
        period=clock.start(pl.col("index"), "month"), rate=share(pl.col("kept"), pl.col("paying")), low=low, high=high,
        churn=share(pl.col("lost"), pl.col("paying")), status=status, unstable_days=days_within(unstable_days, pl.col("first"), pl.col("last") + 1),
    )  # fmt: skip


def _bridged(paying: pl.LazyFrame, grace: int) -> pl.LazyFrame:
    """Spells with gaps of at most `grace` days closed; an open end lies far away."""
    open_ = paying.with_columns(pl.col("start_day", "end_day").cast(pl.Int64)).with_columns(pl.col("end_day").fill_null(FOREVER))
    reach = pl.col("end_day").shift(1).over("account", order_by="start_day")
    marked = open_.with_columns(fresh=(pl.col("start_day") - reach > grace).fill_null(True))
    numbered = marked.with_columns(spell=pl.col("fresh").cum_sum().over("account", order_by="start_day"))
    return numbered.group_by("account", "spell").agg(pl.col("start_day").min(), pl.col("end_day").max())


def _months(spells: pl.LazyFrame, clock: Clock, months: int) -> pl.LazyFrame:
    now = clock.running("month")
    born = spells.select(pl.col("start_day").min()).collect().item()
    first = max(now - months, clock.index_of(born, "month")) if born is not None else now + 1
    rows = [(index, clock.first_day(index, "month"), min(clock.first_day(index + 1, "month"), clock.day) - 1) for index in range(first, now + 1)]
    return pl.LazyFrame(rows, schema={"index": pl.Int64, "first": pl.Int64, "last": pl.Int64}, orient="row")
