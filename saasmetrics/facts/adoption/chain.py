"""When each account did each activation step: in any order its first time, in order its first time after the step before.

## Columns
account   key   the account
position  key   number of the step, from 1
at        time  when (µs); no row: not done
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"account": pl.Categorical, "position": pl.Int64, "at": pl.Int64}


def chain(step_times: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """step_times (account, rule, at, n: how many then; in any order the first times only) → one row an account and step done."""
    told = [(rules[step.rule], step.required) for step in definition.steps().values()]
    if definition.activation is None or definition.activation.order == "any":
        frames = [_first(step_times, rule, position) for position, (rule, _) in enumerate(told, 1)]
    else:
        frames = _ordered(step_times, told)
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *frames], how="vertical_relaxed")


def _first(step_times: pl.LazyFrame, rule: int, position: int) -> pl.LazyFrame:
    rows = step_times.filter(pl.col("rule") == rule).group_by("account").agg(pl.col("at").min())
    return rows.select("account", pl.lit(position, pl.Int64).alias("position"), "at")


def _ordered(step_times: pl.LazyFrame, told: Sequence[tuple[int, bool]]) -> list[pl.LazyFrame]:
    """Each step at or after the last required one before it; a step that is not required holds up nothing.

    One event fills one step only: the same rule again needs another event.
    """
    frames: list[pl.LazyFrame] = []
    before: pl.LazyFrame | None = None
    for position, (rule, required) in enumerate(told, 1):
        frames.append(_first(_after(step_times, before), rule, position))
        done = frames[-1].select("account", "at")
        before = done if required else before
        if rule in {later for later, _ in told[position:]}:
            step_times = _without(step_times, rule, done)
    return frames


def _after(step_times: pl.LazyFrame, before: pl.LazyFrame | None) -> pl.LazyFrame:
    if before is None:
        return step_times
    return step_times.join(before.rename({"at": "before"}), on="account").filter(pl.col("at") >= pl.col("before")).drop("before")


def _without(step_times: pl.LazyFrame, rule: int, done: pl.LazyFrame) -> pl.LazyFrame:
    """The times that are left when one event of each account is taken."""
    taken = done.with_columns(rule=pl.lit(rule), taken=1)
    told = step_times.join(taken, on=["account", "rule", "at"], how="left")
    return told.with_columns(n=pl.col("n") - pl.col("taken").fill_null(0)).filter(pl.col("n") > 0).drop("taken")
