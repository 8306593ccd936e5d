"""The period in which each row lies, in the cadence of its own workflow."""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition


def period_of(day: pl.Expr, definition: Definition, clock: Clock) -> pl.Expr:
    """The number of the period that holds `day`, by the column `workflow`; consecutive periods differ by one."""
    found = pl.lit(None, pl.Int64)
    for cadence in sorted({workflow.cadence for workflow in definition.workflows.values()}):
        names = [name for name, workflow in definition.workflows.items() if workflow.cadence == cadence]
        found = pl.when(pl.col("workflow").is_in(names)).then(clock.index(day, clock.beat(cadence)).cast(pl.Int64)).otherwise(found)
    return found


def last_of(definition: Definition, clock: Clock) -> pl.Expr:
    """The number of the last complete period, by the column `workflow`."""
    ends = {name: clock.last_complete(clock.beat(workflow.cadence)) for name, workflow in definition.workflows.items()}
    return pl.col("workflow").replace_strict(ends, return_dtype=pl.Int64)
