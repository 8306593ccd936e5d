"""What each plan allows of each meter. Empty without a limits table.

## Columns
plan       key    the plan, as written
meter      key    seats, a workflow or a rule, as written
limit      count  how much the plan allows; null: unknown, or unlimited
unlimited  flag   it allows any amount
kind       label  stock: what there is at one time; flow: what is used up in a period
per        label  day, week, month or quarter, after which a flow begins again at 0; null: a stock
"""

from __future__ import annotations

import polars as pl

SCHEMA = {"plan": pl.String, "meter": pl.String, "limit": pl.Int64, "unlimited": pl.Boolean, "kind": pl.String, "per": pl.String}


def limits(allowances: pl.LazyFrame | None) -> pl.LazyFrame:
    """allowances (the limits table or None) → one row a plan and meter."""
    if allowances is None:
        return pl.LazyFrame(schema=SCHEMA)
    return allowances.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
