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

## Large
About as many rows as events.
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
    sums = pl.concat([_sessions(visits, definition), *counts], how="diagonal_relaxed")
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
    """account, user, day, events; sessions and seconds of people: a session begins after a quiet time longer than the gap."""
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in WHO)
    marked = _half_hours(visits).with_columns(begins=other | (pl.col("first_at") - pl.col("last_at").shift(1) > definition.activity.gap))
    ended = pl.when(pl.col("begins").shift(-1, fill_value=True)).then("last_at").backward_fill()
    seconds = pl.min_horizontal(ended - pl.col("first_at"), pl.lit(definition.activity.longest)).floordiv(SECOND)
    begun = pl.when(pl.col("begins") & pl.col("user").is_not_null())
    return marked.select(*KEYS, events="n", sessions=begun.then(pl.lit(1, pl.Int64)), seconds=begun.then(seconds))


def _half_hours(visits: pl.LazyFrame) -> pl.LazyFrame:
    """One row a half hour of a user's day, in their order: what several files tell of it is one."""
    ordered = visits.with_columns(_key=packed(bounds(visits, [*WHO, "half_hour", "day"]))).sort("_key")
    facts = pl.col(*KEYS).first(), pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max()
    return ordered.group_by("_key", maintain_order=True).agg(*facts)
