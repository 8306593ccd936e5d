"""Who was there, and what they looked at: activity, not value. By account, user and day.

## Columns
account       key    the account
user          key    the user; null: events without one
day           key    local day number
person        flag   a person; false: a service user, or an event without a user
events        count  events of any name
logins        count  logins; null: activity.logins is not declared
page_views    count  page views; null: activity.page_views is not declared
feature_uses  count  uses of declared features; null: none is declared
sessions      count  sessions that began on this day
seconds       count  their length together, each cut at activity.longest; 0 for a single event
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.clock import SECOND
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._packed import bounds, grouped, packed

KEYS = ["account", "user", "day"]
WHO = ["account", "user"]


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (rule for found in _kinds(definition).values() for rule in found)


def presence(visits: pl.LazyFrame, usage: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """visits, usage → one row an account, user and day with any event."""
    kinds = _kinds(definition)
    counts = [_counted(usage, name, [rules[rule] for rule in found]) for name, found in kinds.items() if found]
    sums = pl.concat([visits.select(*KEYS, events="n"), _sessions(visits, definition), *counts], how="diagonal_relaxed")
    within = bounds(pl.concat([visits.select(KEYS), usage.select(KEYS)]), KEYS)
    told = grouped(sums, within, pl.exclude(KEYS).sum())
    told = told.with_columns(pl.lit(None, pl.Int64).alias(name) for name, found in kinds.items() if not found)
    robots = members.filter("service").select(*WHO, robot=pl.lit(True))
    person = pl.col("user").is_not_null() & ~pl.col("robot").fill_null(False)
    return told.join(robots, on=WHO, how="left").with_columns(person=person).drop("robot")


def _kinds(definition: Definition) -> dict[str, tuple[str, ...]]:
    features = tuple(feature.rule for feature in definition.features.values())
    return {"logins": definition.activity.logins or (), "page_views": definition.activity.page_views or (), "feature_uses": features}


def _counted(usage: pl.LazyFrame, name: str, numbers: list[int]) -> pl.LazyFrame:
    return usage.filter(pl.col("rule").is_in(numbers)).select(*KEYS, pl.col("n").alias(name))


def _sessions(visits: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """account, user, day, sessions, seconds: a session begins after a quiet time longer than the gap."""
    rows = _half_hours(visits.filter(pl.col("user").is_not_null()))
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in WHO)
    marked = rows.with_columns(begins=other | (pl.col("first_at") - pl.col("last_at").shift(1) > definition.activity.gap))
    ended = pl.when(pl.col("begins").shift(-1, fill_value=True)).then("last_at").backward_fill()
    each = marked.with_columns(length=ended - pl.col("first_at")).filter("begins")
    seconds = pl.min_horizontal("length", pl.lit(definition.activity.longest)).floordiv(SECOND)
    return each.select(*KEYS, sessions=pl.lit(1, pl.Int64), seconds=seconds)


def _half_hours(visits: pl.LazyFrame) -> pl.LazyFrame:
    """One row a half hour of a user, in their order: what several files tell of it is one."""
    ordered = visits.with_columns(_key=packed(bounds(visits, [*WHO, "half_hour"]))).sort("_key")
    facts = pl.col(WHO).first(), pl.col("day", "first_at").min(), pl.col("last_at").max()
    return ordered.group_by("_key", maintain_order=True).agg(*facts)
