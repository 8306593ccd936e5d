"""The deepest tier that each account ever reached in each workflow, and whether it could still go deeper.

## Columns
account     key    the account
workflow    key    the workflow
level       count  number of the tier
tier        label  its name
reached_at  time   when it was reached (µs)
last_day    date   the last day number on which all of it was still done
next        label  the tier above it; null: there is none
climbs      flag   there is one, and the account began within the export: that it has not reached it is known
"""

from __future__ import annotations

import polars as pl

KEYS = ["account", "workflow"]


def deepest(tiers: pl.LazyFrame, ladder: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """One row an account and workflow in which it reached any."""
    last = tiers.filter(pl.col("level") == pl.col("level").max().over(KEYS)).select(*KEYS, "level", "tier", "reached_at", "last_day")
    above = ladder.select("workflow", level=pl.col("level") - 1, next="tier")
    begun = accounts.select("account", begun=pl.col("created_at").is_not_null() & ~pl.col("left_truncated"))
    placed = last.join(begun, on="account").join(above, on=["workflow", "level"], how="left")
    return placed.with_columns(climbs=pl.col("begun") & pl.col("next").is_not_null()).drop("begun")
