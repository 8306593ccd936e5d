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
    """step_times (account, rule, at: in any order the first times only) → one row an account and step done."""
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
    """Each step after the last required one before it; a step that is not required holds up nothing.

    Equal times count as in order, but one event fills one step only: the same rule again needs a later time.
    """
    frames: list[pl.LazyFrame] = []
    before: pl.LazyFrame | None = None
    used: dict[int, pl.LazyFrame] = {}
    for position, (rule, required) in enumerate(told, 1):
        frames.append(_first(_after(step_times, before, used.get(rule)), rule, position))
        done = frames[-1].select("account", "at")
        before, used[rule] = (done if required else before), done
    return frames


def _after(step_times: pl.LazyFrame, before: pl.LazyFrame | None, used: pl.LazyFrame | None) -> pl.LazyFrame:
    if before is not None:
        step_times = step_times.join(before.rename({"at": "before"}), on="account").filter(pl.col("at") >= pl.col("before")).drop("before")
    if used is not None:
        told = step_times.join(used.rename({"at": "used"}), on="account", how="left")
        step_times = told.filter((pl.col("at") > pl.col("used")).fill_null(True)).drop("used")
    return step_times
