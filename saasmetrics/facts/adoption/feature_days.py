"""The days on which each account used each feature with success.

## Columns
account   key    the account
feature   key    the feature
day       key    local day number
n         count  uses
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (feature.rule for feature in definition.features.values())


def feature_days(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → uses; one event may be the use of several features."""
    rows = [(name, rules[feature.rule]) for name, feature in definition.features.items()]
    declared = pl.LazyFrame(rows, schema={"feature": pl.String, "rule": pl.Int64}, orient="row")
    found = daily.join(declared, on="rule").group_by("account", "feature", "day")
    return found.agg(pl.col("n").sum()).filter(pl.col("n") > 0)
