"""Successes of the north star's workflow as things: which were done again. Empty when the workflow declares no `entity`.

## Columns
account  key    the account
day      key    local day number
ago      count  days since the same thing was done before; null: it was the first time
n        count  successes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

THING = ["account", "entity"]


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for rule, _ in things(definition))


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts, with the column that names the thing."""
    workflow = definition.workflows[definition.star().workflow]
    if workflow.entity:
        yield workflow.success, workflow.entity


def star_again(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """entities → one row an account, day and distance to the time before."""
    rule = rules.get(definition.workflows[definition.star().workflow].success, -1)
    done = entities.filter((pl.col("rule") == rule) & pl.col("entity").is_not_null()).group_by("account", "entity", "at").agg(pl.col("n").sum())
    days = done.filter(pl.col("n") > 0).with_columns(day=clock.day_of(pl.col("at"))).group_by("account", "entity", "day").agg(pl.col("n").sum()).cache()
    several = days.group_by(THING).agg(days=pl.len()).filter(pl.col("days") > 1).cache()  # mostly none: only they have to be put in order
    since = pl.col("day") - pl.col("day").shift(1).over(THING, order_by="day")
    once, more = days.join(several, on=THING, how="anti"), days.join(several, on=THING, how="semi")
    ago = pl.concat([once.with_columns(ago=pl.lit(None, pl.Int32)), more.with_columns(ago=since)]).cache()
    # of several on one day all but one are repeats of that day
    first = ago.select("account", "day", "ago", n=pl.lit(1, pl.Int64))
    same = ago.filter(pl.col("n") > 1).select("account", "day", ago=pl.lit(0, pl.Int32), n=pl.col("n") - 1)
    return pl.concat([first, same], how="vertical_relaxed").group_by("account", "day", "ago").agg(pl.col("n").sum())
