"""Pages looked at, by person and day: no work, but somebody watches. Empty where activity.page_views is not declared.

## Columns
account  key    the account
user     key    the user
day      key    local day number
n        count  page views

## Large
About as many rows as events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return definition.activity.page_views or ()


def views(usage: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """usage → page views of users with a name; an event that two rules name counts once for each."""
    asked = [rules[name] for name in definition.activity.page_views or ()]
    seen = usage.filter(pl.col("rule").is_in(asked) & pl.col("user").is_not_null())
    return seen.group_by("account", "user", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
