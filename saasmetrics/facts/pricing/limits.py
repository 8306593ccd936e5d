"""What each plan allows of each meter: where limits have a history, as of T. Empty without a limits table.

## Columns
plan       key    the plan, as written
meter      key    seats, a workflow or a rule, as written
limit      count  how much the plan allows; null: unknown, also before the first row of a history, or unlimited
unlimited  flag   it allows any amount
kind       label  stock: what there is at one time; flow: what is used up in a period
per        label  day, week, month or quarter, after which a flow begins again at 0; null: a stock
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts._history import LIMIT, known, row_at

SCHEMA = {"plan": pl.String, "meter": pl.String, "limit": pl.Int64, "unlimited": pl.Boolean, "kind": pl.String, "per": pl.String}


def in_force(_: Definition) -> Iterable[str]:
    """The lists of which it takes the row in force."""
    return ["allowances"]


def limits(allowances: pl.LazyFrame | None, clock: Clock) -> pl.LazyFrame:
    """allowances (the limits table or None) → one row a plan and meter."""
    if allowances is None:
        return pl.LazyFrame(schema=SCHEMA)
    told = known(row_at(allowances, pl.lit(clock.now - 1), LIMIT), ("limit", "unlimited"), clock.now)
    return told.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).with_columns(pl.col("unlimited").fill_null(False))
