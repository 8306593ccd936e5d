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
    kinds = {True: [f.rule for f in definition.features.values() if f.high_value], False: [f.rule for f in definition.features.values() if f.premium]}
    frames = [_uses(daily, accounts, [rules[rule] for rule in found], kind, clock) for kind, found in kinds.items() if found]
    schema = {"account": pl.Categorical, "high_value": pl.Boolean, "n": pl.Int64, "n_before": pl.Int64}
    return pl.concat([pl.LazyFrame(schema=schema), *frames], how="vertical_relaxed")


def _uses(daily: pl.LazyFrame, accounts: pl.LazyFrame, rules: list[int], kind: bool, clock: Clock) -> pl.LazyFrame:
    age = clock.day - pl.col("day")
    counted = daily.filter(pl.col("rule").is_in(rules) & (age <= 2 * DAYS)).group_by("account").agg(
        n=pl.when(age <= DAYS).then("n").sum(), n_before=pl.when(age.is_between(DAYS + 1, 2 * DAYS)).then("n").sum()
    )
    full = accounts.select("account").join(counted, on="account", how="left")
    return full.select("account", pl.lit(kind).alias("high_value"), pl.col("n", "n_before").fill_null(0))
