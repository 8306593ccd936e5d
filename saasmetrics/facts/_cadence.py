"""The period in which each row lies, in the cadence of its own workflow.

A workflow of every day is one of working days: a weekend counts to the Friday before it, so that neither a quiet
Sunday breaks a habit nor work on a Saturday is lost.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.definitions.model import Definition

WORKING = 5
MONDAY = 3  # 1970-01-01 was a Thursday


def period_of(day: pl.Expr, definition: Definition, clock: Clock) -> pl.Expr:
    """The number of the period that holds `day`, by the column `workflow`; consecutive periods differ by one."""
    found = pl.lit(None, pl.Int64)
    for cadence in sorted({workflow.cadence for workflow in definition.workflows.values()}):
        names = [name for name, workflow in definition.workflows.items() if workflow.cadence == cadence]
        found = pl.when(pl.col("workflow").is_in(names)).then(_index(day, cadence, clock)).otherwise(found)
    return found


def last_of(definition: Definition, clock: Clock) -> pl.Expr:
    """The number of the last complete period, by the column `workflow`."""
    return pl.col("workflow").replace_strict({name: last_complete(w.cadence, clock) for name, w in definition.workflows.items()}, return_dtype=pl.Int64)


def last_complete(cadence: Period, clock: Clock) -> int:
    """As the clock says it; a working day is over when the day after it is not a day off."""
    last = clock.last_complete(cadence)
    return _working_day(last + 1) - 1 if cadence == "day" else last


def _index(day: pl.Expr, cadence: Period, clock: Clock) -> pl.Expr:
    if cadence != "day":
        return clock.index(day, cadence).cast(pl.Int64)
    since = day.cast(pl.Int64) + MONDAY
    return since.floordiv(7) * WORKING + pl.min_horizontal(since % 7, WORKING - 1)


def _working_day(day: int) -> int:
    weeks, weekday = divmod(day + MONDAY, 7)
    return weeks * WORKING + min(weekday, WORKING - 1)
