"""The accounts with a subscription of at least a day that began before T, whoever they are. Empty without a subscriptions table.

## Columns
account  key  the account
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.sources.subscriptions import LASTING


def subscribed(spans: pl.LazyFrame | None, clock: Clock) -> pl.LazyFrame:
    """spans (the subscriptions or None) → one row an account."""
    if spans is None:
        return pl.LazyFrame(schema={"account": pl.Categorical})
    return begun(spans, clock).select(pl.col("account").cast(pl.Categorical)).unique()


def begun(spans: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """The subscriptions of at least a day that began before T."""
    return spans.filter(LASTING, pl.col("start") < clock.day)
