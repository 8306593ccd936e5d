"""Which job each account does, since when, and how many complete periods of the job's cadence that makes.

An account has a row for each workflow that it ever completed; one that completed no core workflow has a row for the
first workflow that brings value about.

## Columns
account    key    the account
workflow   key    the workflow
core       flag   whether the workflow is a core one
cadence    label  day, week, month, quarter
since      label  activation; first success; never; of accounts older than the export: first success seen; none seen
start      count  number of the first period that counts: of the activation or of the first success, whichever is later
periods    count  complete periods from there on, of those that definition.value.periods looks back on
first_day  date   first day with a success; null: never
last_day   date   last day with a success
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.work._cadence import last_of, period_of


def habits(activity: pl.LazyFrame, activations: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """activity, activations → one row an account and workflow."""
    done = activity.group_by("account", "workflow").agg(first_day=pl.col("day").min(), last_day=pl.col("day").max())
    begun = _begun(accounts, activations, clock)
    every = pl.concat([done, _without(done, begun, definition)], how="diagonal_relaxed").join(begun, on="account")
    first, activated = (period_of(pl.col(name), definition, clock) for name in ("first_day", "activated_day"))
    since = (
        pl.when("left_truncated").then(pl.when(pl.col("first_day").is_null()).then(pl.lit("none seen")).otherwise(pl.lit("first success seen")))
        .when(pl.col("first_day").is_null()).then(pl.lit("never"))
        .when(activated >= first).then(pl.lit("activation"))
        .otherwise(pl.lit("first success"))
    )  # fmt: skip
    placed = every.with_columns(start=pl.when(pl.col("first_day").is_not_null()).then(pl.max_horizontal(first, activated)), since=since)
    lived = (last_of(definition, clock) - pl.col("start") + 1).clip(0, definition.value.periods)
    cadences = {name: workflow.cadence for name, workflow in definition.workflows.items()}
    return placed.select(
        "account", "workflow", core=pl.col("workflow").is_in(definition.core_workflows()),
        cadence=pl.col("workflow").replace_strict(cadences, return_dtype=pl.String), since="since", start="start",
        periods=lived.fill_null(0), first_day="first_day", last_day="last_day",
    )  # fmt: skip


def _begun(accounts: pl.LazyFrame, activations: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """When each account was activated; of one older than the export that is unknown."""
    known = accounts.join(activations.select("account", "activated_at"), on="account", how="left")
    activated = pl.when(~pl.col("left_truncated")).then(clock.day_of(pl.col("activated_at")))
    return known.select("account", "left_truncated", activated_day=activated)


def _without(done: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    core = definition.core_workflows()
    main = next((name for name in definition.value.workflows if name in core), core[0])
    idle = accounts.join(done.filter(pl.col("workflow").is_in(core)), on="account", how="anti")
    return idle.join(done.filter(pl.col("workflow") == main), on="account", how="anti").select("account", workflow=pl.lit(main))
