"""Every incident with each declared workflow that it hit, up to T. One without a workflow hit all of them. Empty without an incidents table.

## Columns
number     key    number of the incident, in the order in which they began: rows with the same id are one; so are rows without an id that differ in nothing but their end, which is not known at first
workflow   key    the declared workflow
incident   label  its id; null: none is given
severity   label  as written; null: not said
core       flag   a core workflow
open       flag   not over by T
start_at   time   when it began (µs)
end_at     time   when it was over, T at the latest (µs)
start_day  count  the local day number on which it began
end_day    count  the local day number of its last moment

## Cut
rows start_at
stands start_day
lasts end_at open
gone end_day
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

DIGITS = 20
PARTS = ["start_at", "workflow", "severity"]


def incident_spans(incidents: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """incidents → one row an incident and workflow."""
    own = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in PARTS], separator="|")
    ident = pl.when(pl.col("incident").is_null()).then("row|" + own).otherwise("id|" + pl.col("incident"))
    told = incidents.with_columns(open=pl.col("end_at").is_null(), end_at=pl.col("end_at").fill_null(clock.now), ident=ident)
    begun = pl.col("start_at").min().over("ident").cast(pl.String).str.zfill(DIGITS)
    told = told.with_columns(number=pl.concat_str([begun, "ident"]).rank("dense").cast(pl.Int64))
    works = pl.LazyFrame({"workflow": list(definition.workflows)}, schema={"workflow": pl.String})
    every = told.filter(pl.col("workflow").is_null()).drop("workflow").join(works, how="cross")
    hit = pl.concat([told.join(works, on="workflow"), every], how="diagonal")
    last = pl.max_horizontal("start_at", pl.col("end_at") - 1)
    dated = hit.with_columns(core=pl.col("workflow").is_in(list(definition.core_workflows())), end_day=clock.day_of(last).cast(pl.Int64), start_day=pl.col("start_day").cast(pl.Int64))
    names = ["number", "workflow", "incident", "severity", "core", "open", "start_at", "end_at", "start_day", "end_day"]
    return dated.select(names).sort(names).unique(["number", "workflow", "start_at", "end_at"], keep="first", maintain_order=True)
