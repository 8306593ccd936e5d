"""Who made the successes of the north star's workflow, by account, user and day.

## Columns
account  key    the account
user     key    the user; null: the event names none
day      key    local day number
service  flag   a bot or service user
n        count  successes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (definition.workflows[definition.star().workflow].success,)


def star_users(usage: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """usage, members → successes by their maker."""
    rule = rules[definition.workflows[definition.star().workflow].success]
    found = usage.filter(pl.col("rule") == rule).group_by("account", "user", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    robots = members.filter("service").select("account", "user", service=pl.lit(True)).unique()
    return found.join(robots, on=["account", "user"], how="left").with_columns(pl.col("service").fill_null(False))
