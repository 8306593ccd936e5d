"""The days on which people of each account wanted a feature and were told that their plan lacks it.

## Columns
account  key    the account
feature  key    the feature
day      key    local day number
n        count  how often
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (feature.paywall for feature in definition.features.values() if feature.paywall)


def paywall_days(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → paywalls hit; one event may be that of several features."""
    rows = [(name, rules[feature.paywall]) for name, feature in definition.features.items() if feature.paywall]
    declared = pl.LazyFrame(rows, schema={"feature": pl.String, "rule": pl.Int64}, orient="row")
    return daily.join(declared, on="rule").group_by("account", "feature", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
