"""Until when each account may use the product: all its subscriptions together, also those that cost nothing.

## Columns
account      key    the account; one without a subscription that began before T has no row
covered_day  count  first day number that none of them covers any more; null: one is open
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock


def coverage(contracts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """contracts → one row an account."""
    begun = contracts.filter(pl.col("start") < clock.day)
    return begun.group_by("account").agg(covered_day=pl.when(pl.col("end").is_not_null().all()).then(pl.col("end").max()))
