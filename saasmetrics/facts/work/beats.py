"""Successful work by account, workflow and period of the workflow's own cadence.

## Columns
account    key    the account
workflow   key    the workflow
period     count  number of the period (with account and workflow the key); a daily workflow has working days, and a day off (`days_off`) counts to the one before it
ago        count  complete periods since then: 0 is the last complete one, −1 the running one
n          count  successes, by people and by service users
failures   count  failures
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.work._cadence import last_of, period_of


def beats(outcomes: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """outcomes → sums by period."""
    placed = outcomes.with_columns(pl.col("workflow").cast(pl.Enum(list(definition.workflows))), period=period_of(pl.col("day"), definition, clock))
    sums = placed.group_by("account", "workflow", "period").agg(n=pl.col("successes").sum(), failures=pl.col("failures").sum())
    told = sums.with_columns(pl.col("workflow").cast(pl.String), ago=last_of(definition, clock) - pl.col("period"))
    return told.select("account", "workflow", "period", "ago", "n", "failures")
