"""How often each job was tried, done and failed, by account, workflow and day: events, not yet pairs of them.

## Columns
account    key    the account
workflow   key    the workflow
day        key    local day number
attempts   count  attempts
successes  count  successes, by people and by service users
failures   count  failures

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition

KINDS = {"attempts": "attempt", "successes": "success", "failures": "failure"}


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for w in definition.workflows.values() for rule in (w.attempt, w.success, w.failure) if rule)


def outcomes(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → one row an account, workflow and day; a kind that the workflow does not declare stays at nought."""
    rows = [
        (rules[rule], name, column)
        for name, workflow in definition.workflows.items()
        for column, kind in KINDS.items()
        if (rule := getattr(workflow, kind))
    ]
    names = pl.Enum(list(definition.workflows))  # as numbers, they are quick to group by
    kinds = pl.LazyFrame(rows, schema={"rule": pl.Int64, "workflow": names, "kind": pl.Enum(list(KINDS))}, orient="row")
    counts = {column: pl.when(pl.col("kind") == column).then("n").otherwise(0) for column in KINDS}
    sums = daily.join(kinds, on="rule").with_columns(**counts).group_by("account", "workflow", "day").agg(pl.col(*KINDS).sum())
    return sums.with_columns(pl.col("workflow").cast(pl.String))
