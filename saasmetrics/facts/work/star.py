"""The successful work that the north star counts, by account and day.

`measure: count` and `value` take every success; `entities` takes each thing once, on the day of its first success, or on
the day on which the last of what it asks for (`also`) had happened. What is taken back in time (`unless`) is no success.

## Columns
account  key    the account
day      key    local day number
n        count  successes or things that count
value    money  their value, in ten-thousandths; null: the workflow declares none, or things are counted
undone   count  things that were done and taken back in time
failed   count  failures of the workflow on that day

## Cut
rows day
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    star, workflow = definition.star(), definition.workflows[definition.star().workflow]
    return filter(None, (workflow.success, workflow.failure, star.also, star.unless.rule if star.unless else None))


def things(definition: Definition) -> Iterator[tuple[str, str]]:
    """The rules of which every time counts: none, unless things are counted."""
    star, workflow = definition.star(), definition.workflows[definition.star().workflow]
    if star.measure == "entities":
        named = (workflow.success, star.also, star.unless.rule if star.unless else None)
        yield from ((rule, workflow.entity or "") for rule in named if rule)


def star(daily: pl.LazyFrame, entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """daily, entities → one row an account and day with a success or a failure."""
    told, workflow = definition.star(), definition.workflows[definition.star().workflow]
    if told.measure == "entities":
        done = _things(entities, definition, rules, clock)
    else:
        worth = pl.col("value") if workflow.value else pl.lit(None, pl.Int64)
        done = _days(daily, rules[workflow.success]).with_columns(undone=pl.lit(0, pl.Int64), value=worth)
    failed = _days(daily, rules[workflow.failure] if workflow.failure else None).select("account", "day", failed="n")
    every = done.join(failed, on=["account", "day"], how="full", coalesce=True)
    return every.with_columns(pl.col("n", "undone", "failed").fill_null(0))


def _days(daily: pl.LazyFrame, rule: int | None) -> pl.LazyFrame:
    found = daily.filter(pl.col("rule") == pl.lit(rule, pl.Int64)).group_by("account", "day")
    return found.agg(pl.col("n").sum(), pl.col("value").sum()).filter(pl.col("n") > 0)


def _things(entities: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    told, success = definition.star(), definition.workflows[definition.star().workflow].success
    first = _times(entities, rules[success]).group_by("account", "entity").agg(pl.col("at").min())
    if told.also:
        also = _times(entities, rules[told.also]).group_by("account", "entity").agg(also=pl.col("at").min())
        first = first.join(also, on=["account", "entity"]).with_columns(at=pl.max_horizontal("at", "also"))
    if told.unless:
        back = _times(entities, rules[told.unless.rule]).select("account", "entity", back="at")
        gone = first.join(back, on=["account", "entity"]).filter((pl.col("back") - pl.col("at")).is_between(0, told.unless.within))
        first = first.join(gone.select("account", "entity", undone=pl.lit(1)).unique(), on=["account", "entity"], how="left")
    undone = pl.col("undone").fill_null(0) if told.unless else pl.lit(0)
    counted = first.select("account", day=clock.day_of(pl.col("at")), undone=undone.cast(pl.Int64)).group_by("account", "day")
    return counted.agg(n=(1 - pl.col("undone")).sum(), value=pl.lit(None, pl.Int64), undone=pl.col("undone").sum())


def _times(entities: pl.LazyFrame, rule: int) -> pl.LazyFrame:
    """The times at which that rule happened to each thing; events that name none are left out."""
    found = entities.filter((pl.col("rule") == rule) & pl.col("entity").is_not_null()).group_by("account", "entity", "at")
    return found.agg(pl.col("n").sum()).filter(pl.col("n") > 0)
