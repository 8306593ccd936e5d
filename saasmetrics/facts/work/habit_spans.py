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
from saasmetrics.facts._in_turn import FRESH, by_day

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
    periods = by_day(work.select("account", start_day="day", day=clock.index(pl.col("day"), cadence)), pl.col("start_day").min()).rename({"day": "index"})
    fresh = FRESH | (pl.col("index") - pl.col("index").shift(1) > MISSES)
    placed = periods.with_columns(fresh=fresh).with_columns(stretch=pl.col("fresh").cum_sum())
    later = 1 - told.engaged_periods
    habit = pl.when(pl.col("stretch").shift(later) == pl.col("stretch")).then(pl.col("start_day").shift(later))
    last = pl.when(pl.col("fresh").shift(-1, fill_value=True)).then("index").backward_fill()
    spans = placed.with_columns(habit_day=habit, last=last).filter("fresh")
    ends = {"end_day": MISSES, "silent_day": told.silent_periods}
    return spans.with_columns(clock.start(pl.col("last") + missed + 1, cadence).to_physical().alias(name) for name, missed in ends.items())
