"""How often and how long were core workflows down, and how many accounts were near?

## Why
An incident count says little: one that hits the work on a Monday morning weighs more than ten at night. Minutes are added up
without counting the same minute twice, and exposed are the accounts that really worked there.

## Columns
period     key    first day of the period
workflow   key    the core workflow; `all core workflows` together
incidents  count  incidents that touched the period, those without a workflow included
open       count  of these, those not over by T
minutes    number minutes of the period in which there was one; overlapping ones count once
share      share  of the period, or of its part before T
longest    number minutes of the longest one inside the period
exposed    count  accounts that tried or did the workflow on a day of such an incident, or in the seven days before it began
during     count  of these, those that did on a day of it
status     label  final; provisional: the period is not over, it stands last

## Headline
minutes

## Limits
The last `periods` complete periods are shown, and the running one.
Incidents are what somebody wrote down. Days are local civil days: whoever worked in the morning of an afternoon's incident counts
as `during`. Only days up to the end of the period count. An incident without a workflow counts for every one; one of a
workflow that the definition does not know counts for none. One that is not over lasts until T.
Rows with one id are one incident, also when they name several workflows; so are rows without an id that differ in nothing but their end.

## Needs
incidents

## Better with
accounts  the segments to filter by

## Order
status -period -minutes workflow

## Account by account
reliability.incident_accounts

## Covers
Q07

## Example: two at the same time are two incidents, and their minutes count once
workflows:
workflow   core
invoicing  true
claims     false
incident_spans:
number  workflow   core   open   start_at          end_at            start_day   end_day
1       invoicing  true   false  2026-01-06 10:00  2026-01-06 11:00  2026-01-06  2026-01-06
2       invoicing  true   false  2026-01-06 10:30  2026-01-06 11:30  2026-01-06  2026-01-06
2       claims     false  false  2026-01-06 10:30  2026-01-06 11:30  2026-01-06  2026-01-06
3       invoicing  true   false  2025-12-31 23:00  2026-01-01 00:00  2025-12-31  2025-12-31
exposures:
number  workflow   account  day         during
1       invoicing  a1       2026-01-06  true
1       invoicing  a2       2026-01-02  false
2       invoicing  a1       2026-01-06  true
2       claims     a3       2026-01-06  true
with as_of=2026-02-02 periods=1
becomes
period      workflow            incidents  open  minutes  share     longest  exposed  during  status
2026-01-01  all core workflows  2          0     90       0.002016  60       2        1       final
2026-01-01  invoicing           2          0     90       0.002016  60       2        1       final
2026-02-01  all core workflows  0          0     0        0         ·        0        0       provisional
2026-02-01  invoicing           0          0     0        0         ·        0        0       provisional

## Example: one over the turn of the month counts in both, with its own minutes
workflows:
workflow   core
invoicing  true
incident_spans:
number  workflow   core  open  start_at          end_at            start_day   end_day
7       invoicing  true  true  2026-01-31 23:00  2026-02-02 00:00  2026-01-31  2026-02-01
exposures:
number  workflow   account  day         during
7       invoicing  a1       2026-02-01  true
with as_of=2026-02-02 periods=1
becomes
period      workflow            incidents  open  minutes  share     longest  exposed  during  status
2026-01-01  all core workflows  1          1     60       0.001344  60       0        0       final
2026-01-01  invoicing           1          1     60       0.001344  60       0        0       final
2026-02-01  all core workflows  1          1     1440     1         1440     1        1       provisional
2026-02-01  invoicing           1          1     1440     1         1440     1        1       provisional
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import SECOND, Clock
from saasmetrics.statistics import covered, divided

MINUTE = 60 * SECOND
ALL = "all core workflows"
KEYS = ["index", "workflow"]
COUNTS = ["incidents", "open", "exposed", "during"]


def incidents(
    workflows: pl.LazyFrame, incident_spans: pl.LazyFrame, exposures: pl.LazyFrame, clock: Clock, *,
    period: Literal["week", "month", "quarter"] = "month", periods: int = 6,
) -> pl.LazyFrame:  # fmt: skip
    times = _times(clock, period, periods)
    named = workflows.filter("core").select("workflow").unique()
    rows = times.join(pl.concat([named, pl.LazyFrame({"workflow": [ALL]})]), how="cross")
    touched = _touched(incident_spans.filter("core"), times)
    told = rows.join(_counted(touched), on=KEYS, how="left").join(_near(touched, exposures), on=KEYS, how="left")
    minutes = divided(pl.col("covered").fill_null(0), MINUTE)
    lasting = pl.min_horizontal("end", pl.lit(clock.now)) - pl.col("start")
    status = pl.when(pl.col("index") <= clock.last_complete(period)).then(pl.lit("final")).otherwise(pl.lit("provisional"))
    return told.with_columns(
        pl.col(COUNTS).fill_null(0), minutes=minutes, longest=divided(pl.col("longest"), MINUTE),
        share=pl.when(lasting > 0).then(pl.col("covered").fill_null(0) / lasting), status=status, period=clock.start(pl.col("index"), period),
    )  # fmt: skip


def _times(clock: Clock, period: Literal["week", "month", "quarter"], periods: int) -> pl.LazyFrame:
    """index, start, end, days: the last complete periods and those after them."""
    numbers = range(clock.last_complete(period) - periods + 1, clock.running(period) + 1)
    firsts = [(n, clock.first_day(n, period), clock.first_day(n + 1, period)) for n in numbers]
    rows = [(n, clock.midnight(first), clock.midnight(after), after) for n, first, after in firsts]
    return pl.LazyFrame(rows, schema={"index": pl.Int64, "start": pl.Int64, "end": pl.Int64, "after": pl.Int64}, orient="row")


def _touched(spans: pl.LazyFrame, times: pl.LazyFrame) -> pl.LazyFrame:
    """Each incident in each period that it touches, cut to it; once by its workflow, and once for all of them."""
    met = times.join(spans, how="cross").filter((pl.col("start_at") < pl.col("end")) & (pl.max_horizontal("end_at", pl.col("start_at") + 1) > pl.col("start")))
    cut = met.with_columns(start=pl.max_horizontal("start", "start_at"), end=pl.min_horizontal("end", "end_at"), hit="workflow")
    return pl.concat([cut, cut.with_columns(workflow=pl.lit(ALL))])


def _counted(touched: pl.LazyFrame) -> pl.LazyFrame:
    counts = touched.group_by(KEYS).agg(
        incidents=pl.col("number").n_unique().cast(pl.Int64), open=pl.col("number").filter("open").n_unique().cast(pl.Int64),
        longest=(pl.col("end") - pl.col("start")).max(),
    )  # fmt: skip
    return counts.join(covered(touched.select(*KEYS, "start", "end"), KEYS), on=KEYS)


def _near(touched: pl.LazyFrame, exposures: pl.LazyFrame) -> pl.LazyFrame:
    met = touched.select(*KEYS, "number", "hit", "after").unique()
    found = met.join(exposures.rename({"workflow": "hit"}), on=["number", "hit"]).filter(pl.col("day") < pl.col("after"))
    each = found.group_by(*KEYS, "account").agg(pl.col("during").any())
    return each.group_by(KEYS).agg(exposed=pl.len().cast(pl.Int64), during=pl.col("during").sum().cast(pl.Int64))
