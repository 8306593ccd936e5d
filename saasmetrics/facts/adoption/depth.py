"""How deep each account is in its core workflows, ever.

## Columns
account    key    the account
level      count  the highest level over its core workflows; 0: none
tiers      text   workflow and tier for each workflow it has reached a tier of
deepest    text   workflow and tier of each core workflow whose deepest tier it has reached; null: of none
workflows  count  workflows of which it has reached a tier
"""

from __future__ import annotations

import polars as pl

from saasmetrics.facts.scores._score import joined
from saasmetrics.sentences import sentence


def depth(tiers: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """tiers → one row an account."""
    best = tiers.filter(pl.col("level") == pl.col("level").max().over("account", "workflow"))
    core = pl.col("core")
    found = best.group_by("account").agg(
        level=pl.when(core).then("level").max(),
        tiers=sentence("{} {}", "workflow", "tier").sort_by("workflow"),
        deepest=sentence("{} {}", "workflow", "tier").sort_by("workflow").filter((pl.col("top") & core).sort_by("workflow")),
        workflows=pl.len().cast(pl.Int64),
    )
    full = accounts.select("account").join(found, on="account", how="left")
    named = joined(pl.col("tiers"), ", ").fill_null("none")
    return full.with_columns(pl.col("level", "workflows").fill_null(0), named, joined(pl.col("deepest"), ", "))
