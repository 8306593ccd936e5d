"""How often each account used the features worth watching, in the last 28 days before T and in the 28 before them.

## Columns
account     key    the account
high_value  key    of the high-value features (true) or of the premium ones (false)
n           count  uses in the last 28 days
n_before    count  in the 28 days before
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

DAYS = 28


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return (feature.rule for feature in definition.features.values() if feature.high_value or feature.premium)


def feature_use(daily: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, rules: Mapping[str, int], clock: Clock) -> pl.LazyFrame:
    """daily → for each kind that the definition declares, one row an account, zeros included."""
    kinds = [(rules[f.rule], kind) for f in definition.features.values() for kind, told in ((True, f.high_value), (False, f.premium)) if told]
    watched = pl.LazyFrame([*dict.fromkeys(kinds)], schema={"rule": pl.Int16, "high_value": pl.Boolean}, orient="row")
    age = clock.day - pl.col("day")
    lately = daily.filter(pl.col("rule").is_in([rule for rule, _ in kinds]) & (age <= 2 * DAYS)).join(watched, on="rule")
    counted = lately.group_by("account", "high_value").agg(n=pl.when(age <= DAYS).then("n").sum(), n_before=pl.when(age > DAYS).then("n").sum())
    full = accounts.select("account").join(watched.select("high_value").unique(), how="cross").join(counted, on=["account", "high_value"], how="left")
    return full.with_columns(pl.col("n", "n_before").fill_null(0))
