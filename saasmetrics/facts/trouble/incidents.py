"""The incidents that began before T, as they stood at T. Empty without an incidents table.

## Columns
incident    label  its id; null: none is given
start_at    time   when it began (µs)
start_day   count  the local day number of that
end_at      time   when it was over (µs); null: not by T
workflow    label  the workflow that suffered, as written; null: all of them
severity    label  how bad it was, as written; null: not said
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

SCHEMA = {"incident": pl.String, "start_at": pl.Int64, "start_day": pl.Int32, "end_at": pl.Int64, "workflow": pl.String, "severity": pl.String}


def incidents(outages: pl.LazyFrame | None, clock: Clock) -> pl.LazyFrame:
    """outages (the incidents table or None) → one row an incident and workflow."""
    if outages is None:
        return pl.LazyFrame(schema=SCHEMA)
    named = outages.rename({"start": "start_at", "end": "end_at"}).with_columns(start_day=clock.day_of(pl.col("start_at")))
    return named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
