"""The stretches of time in which each account did each of its core workflows again and again.

A stretch goes on as long as no two periods of the workflow's cadence in a row pass without a success. It ends when the
second of them is over. A daily job is looked at by the week: a weekend is no silence.

## Columns
account     key    the account
workflow    key    the workflow
start_day   count  day number of its first success
habit_day   count  day number from which on it had successes in as many periods as `journey.engaged_periods` asks for; null: not so many
end_day     count  first day number after the second period without; it may lie after T: not over yet
silent_day  count  first day number after as many periods without as `journey.silent_periods` says; it may lie after T
"""

from __future__ import annotations

from typing import Any

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.definitions.journey import Journey
from saasmetrics.definitions.model import Definition

MISSES = 2
LOOKED_AT: dict[str, Period] = {"day": "week"}
SCHEMA: dict[str, Any] = {
    "account": pl.Categorical, "workflow": pl.String, "start_day": pl.Int32, "habit_day": pl.Int32, "end_day": pl.Int32,
    "silent_day": pl.Int32,
}  # fmt: skip


def habit_spans(activity: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """activity → stretches."""
    frames = [
        _of(activity.filter(pl.col("workflow") == name), LOOKED_AT.get(cadence := definition.workflows[name].cadence, cadence), definition.journey, clock)
        .with_columns(workflow=pl.lit(name))
        for name in definition.core_workflows()
    ]
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *(frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()) for frame in frames)])


def _of(work: pl.LazyFrame, cadence: Period, told: Journey, clock: Clock) -> pl.LazyFrame:
    hits = work.group_by("account", index=clock.index(pl.col("day"), cadence)).agg(pl.col("day").min())
    gap = pl.col("index") - pl.col("index").shift(1).over("account", order_by="index")
    fresh = (gap > MISSES).fill_null(True).cast(pl.Int64)
    placed = hits.with_columns(fresh=fresh).with_columns(stretch=pl.col("fresh").cum_sum().over("account", order_by="index"))
    ranked = placed.with_columns(rank=pl.col("index").rank("ordinal").over("account", "stretch"))
    spans = ranked.group_by("account", "stretch").agg(
        start_day=pl.col("day").min(), habit_day=pl.when(pl.col("rank") == told.engaged_periods).then("day").min(), last=pl.col("index").max()
    )
    ends = {"end_day": MISSES, "silent_day": told.silent_periods}
    return spans.with_columns(clock.start(pl.col("last") + missed + 1, cadence).to_physical().alias(name) for name, missed in ends.items())
