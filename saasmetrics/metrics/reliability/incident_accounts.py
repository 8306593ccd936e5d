"""Which accounts were near an incident of a core workflow, and did they go on?

## Why
A call after an incident is worth more than a status page. Those who worked when it happened, and have not since, come first.

## Columns
account    key    the account
workflow   key    the core workflow that it hit
number     key    the incident's number, in the order in which they began
start      time   when it began
incident   label  its id; empty: none is given
severity   label  as written
minutes    number how long it lasted, until T where it is not over, the time between two rows of it left out
open       flag   not over by T
during     flag   the account tried or did the workflow on a day of it; else in the seven days before
days       count  days with such work, of the incident's and the seven before
next_work  date   the first day after it on which the account tried or did the workflow again; empty: not by T
quiet      flag   it has not since, and the seven days after the incident's last day are over, late_after included; empty: too early to tell

## Limits
That an account did not come back does not say why: compare with reliability trust-loss. Days are local civil days. Incidents that
began in the last `days_back` days before T are shown.

## Needs
incidents

## Order
-quiet -during -start -days account workflow number

## Covers

## Example: who worked on the day and has not since stands first
incident_spans:
number  workflow   incident  severity  core  open   start_at          end_at            start_day   end_day
1       invoicing  I1        major     true  false  2026-01-06 10:00  2026-01-06 11:00  2026-01-06  2026-01-06
exposures:
number  workflow   account  day         during
1       invoicing  a1       2026-01-05  false
1       invoicing  a1       2026-01-06  true
1       invoicing  a2       2026-01-02  false
outcomes:
account  workflow   day         attempts  successes
a1       invoicing  2026-01-06  1         0
a2       invoicing  2026-01-09  0         2
with as_of=2026-02-02
becomes
account  workflow   number  start             incident  severity  minutes  open   during  days  next_work   quiet
a1       invoicing  1       2026-01-06 10:00  I1        major     60       false  true    2     ·           true
a2       invoicing  1       2026-01-06 10:00  I1        major     60       false  false   1     2026-01-09  false

## Example: a few days are too early to call an account quiet
incident_spans:
number  workflow   incident  severity  core   open   start_at          end_at            start_day   end_day
1       invoicing  ·         ·         true   false  2026-01-06 10:00  2026-01-06 11:00  2026-01-06  2026-01-06
2       claims     ·         ·         false  false  2026-01-06 10:00  2026-01-06 11:00  2026-01-06  2026-01-06
exposures:
number  workflow   account  day         during
1       invoicing  a1       2026-01-06  true
2       claims     a1       2026-01-06  true
outcomes:
account  workflow   day         attempts  successes
with as_of=2026-01-13
becomes
account  workflow   number  start             incident  severity  minutes  open   during  days  next_work  quiet
a1       invoicing  1       2026-01-06 10:00  ·         ·         60       false  true    1     ·          ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import SECOND, Clock, Days
from saasmetrics.statistics import divided

MINUTE = 60 * SECOND
WEEK = 7
THERE = ["account", "workflow", "number"]


def incident_accounts(incident_spans: pl.LazyFrame, exposures: pl.LazyFrame, outcomes: pl.LazyFrame, clock: Clock, *, days_back: Days = 180) -> pl.LazyFrame:
    told = _incidents(incident_spans.filter("core")).filter(pl.col("start_day") >= clock.day - days_back)
    near = exposures.group_by(THERE).agg(pl.col("during").any(), days=pl.len().cast(pl.Int64))
    both = near.join(told, on=["number", "workflow"])
    worked = outcomes.filter((pl.col("attempts") > 0) | (pl.col("successes") > 0)).select("account", "workflow", "day")
    later = both.select(*THERE, "end_day").join(worked, on=["account", "workflow"]).filter(pl.col("day") > pl.col("end_day"))
    again = later.group_by(THERE).agg(next_work=pl.col("day").min())
    late = ~pl.col("open") & (pl.col("end_day") + WEEK < clock.settled)
    return both.join(again, on=THERE, how="left").with_columns(
        start="start_at", minutes=divided(pl.col("length"), MINUTE),
        quiet=pl.when(pl.col("next_work").is_not_null()).then(False).when(late).then(True),
    )


def _incidents(spans: pl.LazyFrame) -> pl.LazyFrame:
    """One row a number and workflow; the time between two spans of it is not down."""
    there = ["number", "workflow"]
    ordered = spans.sort(*there, "start_at", "end_at")
    up = (pl.col("start_at") - pl.col("end_at").cum_max().shift(1).over(there)).clip(lower_bound=0).fill_null(0)
    return ordered.with_columns(up=up).group_by(there, maintain_order=True).agg(
        pl.col("incident", "severity").first(), pl.col("open").any(), pl.col("start_at", "start_day").min(), pl.col("end_day").max(),
        length=pl.col("end_at").max() - pl.col("start_at").min() - pl.col("up").sum(),
    )  # fmt: skip
