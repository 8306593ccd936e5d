"""Which tier of each workflow did each account ever reach, and which does it still hold?

## Why
Depth is not one number. It stands here workflow by workflow, beside the number of workflows; adding the two up would let
an account that does a little of everything look like one that lives in the product.

## Columns
account         key    the account
workflow        key    the workflow
reached         label  the highest tier ever reached; empty: none
held            label  the highest tier of which all was done again within the last trailing_days; empty: none
lost            count  tiers between the two: what the account has given up
reached_level   count  number of the tier ever reached; 0: none
held_level      count  number of the tier held
reached_at      time   when the highest tier was reached
last_day        date   the last day on which all of the highest tier was still done; of several rules, the one longest ago
workflows_ever  count  workflows of which the account ever reached a tier
workflows_held  count  workflows of which it holds one
entitled        flag   its plan includes the workflow; empty: its plan is unknown
older           flag   older than the export, or of unknown age: it may have reached a higher tier, or the same one earlier

## Limits
`held` asks that every rule of the tier occurred again, not that it was done often. A tier includes those below it.

## Order
-lost -reached_level account workflow

## Better with
accounts       the accounts that never did anything
subscriptions  the plan, and so what the account is entitled to

## Covers
D02 V05 G08

## Example: reached long ago and given up, beside one that stays
accounts:
account  created_at        left_truncated
a1       2025-01-01 00:00  false
a2       2025-01-01 00:00  true
ladder:
workflow   level  tier
invoicing  1      basic
invoicing  2      standard
tiers:
account  workflow   level  tier      reached_at        last_day
a1       invoicing  1      basic     2025-01-05 00:00  2026-05-01
a1       invoicing  2      standard  2025-02-01 00:00  2025-06-01
a2       invoicing  1      basic     2025-01-05 00:00  2026-05-20
entitlements:
account  kind      name       entitled
a1       workflow  invoicing  true
a2       workflow  invoicing  ·
with as_of=2026-06-01
becomes
account  workflow   reached   held   lost  reached_level  held_level  reached_at        last_day    workflows_ever  workflows_held  entitled  older
a1       invoicing  standard  basic  1     2              1           2025-02-01 00:00  2025-06-01  1               1               true      false
a2       invoicing  basic     basic  0     1              1           2025-01-05 00:00  2026-05-20  1               1               ·         true

## Example: an account that did nothing is there, with no tier; what another feature is called does not matter
accounts:
account  created_at        left_truncated
silent   2026-01-01 00:00  false
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  tier      reached_at        last_day
entitlements:
account  kind      name       entitled
silent   workflow  invoicing  false
silent   feature   invoicing  true
with as_of=2026-06-01
becomes
account  workflow   reached  held  lost  reached_level  held_level  reached_at  last_day  workflows_ever  workflows_held  entitled  older
silent   invoicing  ·        ·     0     0              0           ·           ·         0               0               false     false
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days

KEYS = ["account", "workflow"]


def accounts(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, entitlements: pl.LazyFrame, clock: Clock, *, trailing_days: Days = 90
) -> pl.LazyFrame:
    recent = pl.col("last_day") >= clock.day - trailing_days
    found = tiers.group_by(KEYS).agg(
        **{f"reached{end}": _deepest(name) for end, name in TOLD.items()},
        **{f"held{end}": _deepest(name, recent) for end, name in TOLD.items()},
        reached_at=_deepest("reached_at"), last_day=_deepest("last_day"),
    )  # fmt: skip
    allowed = entitlements.filter(pl.col("kind") == "workflow").select("account", "entitled", workflow="name")
    grid = accounts.select("account", older="left_truncated").join(ladder.select("workflow").unique(), how="cross")
    told = grid.join(found, on=KEYS, how="left").join(allowed, on=KEYS, how="left")
    levels = told.with_columns(pl.col("reached_level", "held_level").fill_null(0).cast(pl.Int64))
    return levels.with_columns(
        lost=pl.col("reached_level") - pl.col("held_level"),
        workflows_ever=(pl.col("reached_level") > 0).sum().over("account"),
        workflows_held=(pl.col("held_level") > 0).sum().over("account"),
    )


TOLD = {"": "tier", "_level": "level"}


def _deepest(column: str, where: pl.Expr | None = None) -> pl.Expr:
    """The value at the highest level, of the rows where something holds; null when there are none."""
    value, level = (pl.col(name) if where is None else pl.col(name).filter(where) for name in (column, "level"))
    return value.sort_by(level).last()
