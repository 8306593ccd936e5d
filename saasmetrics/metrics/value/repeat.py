"""How many accounts come back to do the job again?

## Why
Once is a trial, twice may be chance. An account repeats when, after the period of its first success, it succeeds in two
more periods of the workflow's cadence.

## Columns
workflow        key     the workflow, in the order of the definition file
started         count   accounts whose first success was seen
unknown         count   accounts older than the export, or of unknown age: what they did first was not seen
immature        count   started so lately that two more periods are not over yet: not counted, not failed
eligible        count   the other accounts that started
repeated        count   of the eligible, those with a success in at least two complete periods after the first
rate            share   repeated / eligible
low             share   Wilson 95 % interval
high            share   Wilson 95 % interval
median_periods  number  periods after the first by which half of all that started have repeated (Kaplan–Meier); empty: not reached
cadence         label   what a period is: day (working days), week, month, quarter
status          label   final; insufficient: fewer than min_base eligible

## Limits
Accounts that started long ago had longer to come back: the median counts everyone only as long as they were watched. How
regularly they come back is in `value consistency`.

## Picture
bars rate

## Better with
accounts  which accounts are older than the export

## Account by account
value.consistency

## Covers
G10 H11

## Example: two more periods make a repeater, the running one does not count
accounts:
account  left_truncated
again    false
once     false
young    false
old      true
workflows:
position  workflow   cadence
1         invoicing  week
beats:
account  workflow   period  ago  n
again    invoicing  100     5    1
again    invoicing  102     3    4
again    invoicing  105     0    1
once     invoicing  101     4    9
once     invoicing  104     1    1
once     invoicing  106     -1   1
young    invoicing  105     0    1
young    invoicing  106     -1   1
old      invoicing  100     5    1
with min_base=1
becomes
workflow   started  unknown  immature  eligible  repeated  rate  low       high      median_periods  cadence  status
invoicing  3        1        1         2         1         0.5   0.094531  0.905469  5               week     final

## Example: a failure is no success, and a job nobody does has no rate
accounts:
account  left_truncated
a1       false
workflows:
position  workflow   cadence
1         invoicing  week
2         planning   quarter
beats:
account  workflow   period  ago  n
a1       invoicing  100     5    1
a1       invoicing  101     4    0
a1       invoicing  102     3    1
becomes
workflow   started  unknown  immature  eligible  repeated  rate  low  high      median_periods  cadence  status
invoicing  1        0        0         1         0         0     0    0.793451  ·               week     insufficient
planning   0        0        0         0         0         ·     ·    ·         ·               quarter  insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.statistics import kaplan_meier, share, survival_quantile, wilson

TIMES = 2
COUNTS = ["started", "unknown", "immature", "eligible", "repeated"]


def repeat(accounts: pl.LazyFrame, workflows: pl.LazyFrame, beats: pl.LazyFrame, *, min_base: int = 5, by: Sequence[str] = ()) -> pl.LazyFrame:
    keys = [*by, "workflow"]
    lives = _lives(beats.filter(pl.col("n") > 0)).join(accounts.select("account", "left_truncated", *by), on="account")
    known, old, again = ~pl.col("left_truncated"), pl.col("watched") >= TIMES, pl.col("took").is_not_null()
    told = lives.group_by(keys).agg(
        started=known.sum(), unknown=(~known).sum(), immature=(known & ~old).sum(), eligible=(known & old).sum(), repeated=(known & old & again).sum()
    )
    watched = lives.filter(known).with_columns(observed=again, duration=pl.coalesce("took", "watched"))
    median = survival_quantile(kaplan_meier(watched, keys), 0.5, keys, "median_periods")
    grid = workflows.select("position", "workflow", "cadence")
    grid = grid.join(accounts.select(by).unique(), how="cross") if by else grid
    for more in (told, median):
        grid = grid.join(more, on=keys, how="left", nulls_equal=True)
    counted = grid.with_columns(pl.col(COUNTS).fill_null(0))
    low, high = wilson(pl.col("repeated"), pl.col("eligible"))
    status = pl.when(pl.col("eligible") < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    return counted.with_columns(rate=share(pl.col("repeated"), pl.col("eligible")), low=low, high=high, status=status)


def _lives(hits: pl.LazyFrame) -> pl.LazyFrame:
    """account, workflow, watched (complete periods after the first), took (how many until it had repeated; null: not yet)."""
    keys = ["account", "workflow"]
    begun = hits.group_by(keys).agg(first=pl.col("period").min(), watched=pl.col("ago").max().clip(lower_bound=0))
    placed = hits.filter(pl.col("ago") >= 0).with_columns(number=pl.col("period").rank("ordinal").over(keys))
    again = placed.filter(pl.col("number") == TIMES + 1).select(*keys, at="period")
    return begun.join(again, on=keys, how="left").select(*keys, "watched", took=pl.col("at") - pl.col("first"))
