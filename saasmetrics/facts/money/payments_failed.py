"""The days on which payments of each account failed. Empty when the definition names no such event.

## Columns
account  key    the account
day      key    local day number
n        count  failed payments
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from saasmetrics.definitions.model import Definition


def rules(definition: Definition) -> Iterable[str]:
    """The rules that the fold must bring."""
    return definition.churn_risk.payment_failed or ()


def payments_failed(daily: pl.LazyFrame, definition: Definition, rules: Mapping[str, int]) -> pl.LazyFrame:
    """daily → failed payments by day."""
    asked = [rules[ref] for ref in definition.churn_risk.payment_failed or ()]
    return daily.filter(pl.col("rule").is_in(asked)).group_by("account", "day").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
