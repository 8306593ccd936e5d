"""Which accounts were near which incident: they tried or did the workflow on a day of it, or in the seven days before it began.

## Columns
number    key    number of the incident
workflow  key    the workflow that it hit
account   key    the account
day       key    local day number of such work
during    flag   on a day of the incident
start_day count  local day number on which that incident, or the part of it that it was near to, began

## Cut
rows day start_day
"""

from __future__ import annotations

import polars as pl

BEFORE = 7


def exposures(incident_spans: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """incident_spans, outcomes → one row an incident, workflow, account and day of work."""
    days = pl.int_ranges(pl.col("start_day") - BEFORE, pl.col("end_day") + 1)
    near = incident_spans.select("number", "workflow", "start_day", day=days).explode("day").with_columns(pl.col("day").cast(pl.Int32))
    found = near.with_columns(during=pl.col("day") >= pl.col("start_day")).group_by("number", "workflow", "day").agg(pl.col("during").any(), pl.col("start_day").min())
    worked = outcomes.filter((pl.col("attempts") > 0) | (pl.col("successes") > 0)).select("account", "workflow", "day")
    return worked.join(found, on=["workflow", "day"]).select("number", "workflow", "account", "day", "during", "start_day")
