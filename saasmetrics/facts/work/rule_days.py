"""The first time and the last day of each rule in each account.

## Columns
account   key    the account
rule      key    number of the rule
first_at  time   first time (µs)
last_day  count  last local day number
n         count  how often
"""

from __future__ import annotations

import polars as pl


def rule_days(daily: pl.LazyFrame) -> pl.LazyFrame:
    """daily → one row an account and rule."""
    found = daily.group_by("account", "rule")
    return found.agg(pl.col("first_at").min(), last_day=pl.col("day").max().cast(pl.Int32), n=pl.col("n").sum()).filter(pl.col("n") > 0)
