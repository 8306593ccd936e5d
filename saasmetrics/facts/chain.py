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
    asked = [rules[step.rule] for step in definition.steps().values()]
    if definition.activation is None or definition.activation.order == "any":
        frames = [_first(step_times, rule, position) for position, rule in enumerate(asked, 1)]
    else:
        frames = _ordered(step_times, asked)
    return pl.concat([pl.LazyFrame(schema=SCHEMA), *frames], how="vertical_relaxed")


def _first(step_times: pl.LazyFrame, rule: int, position: int) -> pl.LazyFrame:
    rows = step_times.filter(pl.col("rule") == rule).group_by("account").agg(pl.col("at").min())
    return rows.select("account", pl.lit(position, pl.Int64).alias("position"), "at")


def _ordered(step_times: pl.LazyFrame, asked: Sequence[int]) -> list[pl.LazyFrame]:
    """Equal times count as in order, but one event fills one step only: the same rule again needs a later time."""
    frames = [_first(step_times, asked[0], 1)]
    for position, rule in enumerate(asked[1:], 2):
        before = frames[-1].select("account", before="at")
        later = pl.col("at") > pl.col("before") if rule in asked[: position - 1] else pl.col("at") >= pl.col("before")
        after = step_times.join(before, on="account").filter(later).drop("before")
        frames.append(_first(after, rule, position))
    return frames
