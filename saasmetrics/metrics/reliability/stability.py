"""Was the product stable enough, week by week, for its other numbers to be believed?

## Why
An activation rate that falls in a week of outages says something about the outage. Before a number is explained by customers,
look whether the product worked.

## Columns
week              key    first day of the week
state             label  unstable: a limit of `reliability.stable` is exceeded; stable: none is, as far as known; unknown: nothing is known
reasons           text   what is exceeded, and by how much
attempts          count  logical attempts (as in reliability failures) at core workflows that declare a failure or a timeout, begun in it, whose time is over, late events included
failed            count  of these, those with a failure or a timeout in their time
failure_rate      share  failed / attempts
low               share  Wilson 95 % interval
high              share  Wilson 95 % interval
screen            label  the slowest core screen with enough samples
p95               number its p95 in milliseconds
incident_minutes  number minutes with an incident of any core workflow, overlaps counted once; empty: no incidents table
status            label  final; provisional: the week is not over, it stands last

## Limits
The limits are the definition's: failure_rate of at least min_attempts attempts, p95 of a core screen with at least min_samples
loads, incident_minutes; a week is unstable when one of them is exceeded, not when it is reached. What is not measured exceeds nothing: a stable week may be one of which little is known. The limits
are compared with the numbers themselves, not with their intervals. Tables of activation, retention and adoption name the
unstable weeks beside their numbers; a column unstable_days says how much of a cell's time lies in them (activation rate, adoption
invites and tier-cohorts, retention cohorts and logos), and pictures mark such cells with `!`.
Weeks before the one in which the export begins do not stand here.

## Better with
incidents  the minutes in which something was down

## Order
status -week

## Account by account
reliability.accounts

## Covers
G11 Q12

## Example: the running week stands last, and says what it knows so far
stability:
week  first_day   complete  attempts  failed  screen    p95   incident_minutes  state     reasons
2922  2025-12-29  true      100       2       invoices  900   0                 stable    ·
2923  2026-01-05  true      100       50      invoices  1000  0                 unstable  50 of 100 attempts failed
2924  2026-01-12  false     3         3       ·         ·     0                 stable    ·
with as_of=2026-01-13
becomes
week        state     reasons                    attempts  failed  failure_rate  low       high      screen    p95   incident_minutes  status
2026-01-05  unstable  50 of 100 attempts failed  100       50      0.5           0.403832  0.596168  invoices  1000  0                 final
2025-12-29  stable    ·                          100       2       0.02          0.005502  0.070012  invoices  900   0                 final
2026-01-12  stable    ·                          3         3       1             0.438503  1         ·         ·     0                 provisional

## Example: a week of which nothing is known is not stable
stability:
week  first_day   complete  attempts  failed  screen  p95  incident_minutes  state    reasons
2922  2025-12-29  true      0         0       ·       ·    ·                 unknown  ·
with as_of=2026-01-13
becomes
week        state    reasons  attempts  failed  failure_rate  low  high  screen  p95  incident_minutes  status
2025-12-29  unknown  ·        0         0       ·             ·    ·     ·       ·    ·                 final
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share, wilson


def stability(stability: pl.LazyFrame, clock: Clock, *, weeks: int = 13) -> pl.LazyFrame:
    shown = stability.filter(pl.col("week") > clock.last_complete("week") - weeks)
    k, n = pl.col("failed"), pl.col("attempts")
    low, high = wilson(k, n)
    status = pl.when("complete").then(pl.lit("final")).otherwise(pl.lit("provisional"))
    return shown.with_columns(week=clock.start(pl.col("week"), "week"), failure_rate=share(k, n), low=low, high=high, status=status)
