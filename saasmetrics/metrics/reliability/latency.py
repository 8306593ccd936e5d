"""How long do people wait: the p95 of every screen and timed workflow, week by week?

## Why
The mean hides the slow loads that people remember. One load in twenty is slower than the p95, and whoever opens a screen
twenty times a day meets it daily.

## Columns
kind    key    screen or workflow
name    key    its name in the definition
week    key    first day of the week
core    flag   a core screen or core workflow
n       count  loads, or successes that carry a duration
p50     number the median, in milliseconds
p95     number 19 of 20 took at most so long, in milliseconds
before  number the p95 of the week before; empty: no sample, or it is not shown
change  number p95 − before
status  label  final; insufficient: fewer than min_samples

## Headline
p95

## Limits
Exact quantiles of all single samples of a week, parts of a millisecond cut off: with h = q · (n − 1), linear between the samples
number ⌊h⌋ and ⌊h⌋ + 1, counted from 0 in their order. Percentiles
of percentiles mean nothing: a column that holds one is refused, and weeks are never averaged. Only complete weeks stand
here, `weeks` of them; a week without a sample has no row. Samples carry no account: those of internal accounts count (those
of internal users do not), and --where does not cut them. Loads that were given up are not seen.

## Order
-week -p95 kind name

## Account by account
reliability.accounts

## Covers
Q01

## Example: the mean of two p95 is not the p95
latencies:
kind    name      core  week  n    p50  p95
screen  invoices  true  2922  100  200  300
screen  invoices  true  2923  4    250  9000
with as_of=2026-01-13 weeks=2
becomes
kind    name      week        core  n    p50  p95   before  change  status
screen  invoices  2026-01-05  true  4    250  9000  300     8700    insufficient
screen  invoices  2025-12-29  true  100  200  300   ·       ·       final

## Example: the running week does not stand here, and a gap is no week before
latencies:
kind      name       core   week  n   p50   p95
workflow  invoicing  true   2921  50  1000  2000.5
workflow  invoicing  true   2923  50  1000  1500
screen    settings   false  2923  30  10    20
screen    settings   false  2924  30  10    9000
with as_of=2026-01-13
becomes
kind      name       week        core   n   p50   p95     before  change  status
workflow  invoicing  2026-01-05  true   50  1000  1500    ·       ·       final
screen    settings   2026-01-05  false  30  10    20      ·       ·       final
workflow  invoicing  2025-12-22  true   50  1000  2000.5  ·       ·       final
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

KEYS = ["kind", "name", "week"]


def latency(latencies: pl.LazyFrame, clock: Clock, *, weeks: int = 4, min_samples: int = 20) -> pl.LazyFrame:
    last = clock.last_complete("week")
    shown = latencies.filter((pl.col("week") > last - weeks) & (pl.col("week") <= last))
    earlier = shown.select("kind", "name", pl.col("week") + 1, before="p95")
    status = pl.when(pl.col("n") < min_samples).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    told = shown.join(earlier, on=KEYS, how="left").with_columns(change=pl.col("p95") - pl.col("before"), status=status)
    return told.with_columns(week=clock.start(pl.col("week"), "week"))
