"""Successful work by person and day. Service users and events without a user are no people.

## Columns
account   key    the account
user      key    the person
workflow  key    the workflow
day       key    local day number
core      flag   whether the workflow is a core one
n         count  successes

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.work.activity import successes


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (workflow.success for workflow in definition.workflows.values())


def user_activity(usage: pl.LazyFrame, members: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """usage, members → successes of people."""
    works = successes(definition, rules)
    robots = members.filter("service").select("account", "user")
    found = usage.join(works, on="rule", how="semi").filter(pl.col("user").is_not_null()).group_by("account", "user", "rule", "day").agg(pl.col("n").sum())
    people = found.filter(pl.col("n") > 0).join(robots, on=["account", "user"], how="anti")
    return people.join(works, on="rule").select("account", "user", "workflow", "core", "day", "n")
