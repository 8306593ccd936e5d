"""The share of accounts at each depth of each workflow.

## Why
Using a feature a hundred times may be confusion. A tier says what an account gets done: posted and sent, then paid and
reconciled.

## Columns
workflow  key    the workflow
level     key    number of the tier, from 1; a tier includes those below it
tier      label  its name in the definition
eligible  count  accounts at least min_age old that began within the export
immature  count  younger accounts: not counted, not failed
older     count  accounts older than the export, or of unknown age: what they reached before it was not seen, so they are not among the eligible
reached   count  of the eligible, those that ever did all that the tier asks for
rate      share  reached / eligible
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
held      count  of the eligible and the older, those that did all of it within the last trailing_days; empty: there are older ones, and the export does not hold these days
held_rate share  held / (eligible + older): it needs no more history than trailing_days

## Limits
`reached` can only grow; `held` shows who works that way now. Accounts whose plan lacks a workflow are in the base: `adoption
modules` leaves them out. The tier of each account is in `adoption accounts`, cohorts compared after the same time in
`adoption tier-cohorts`.

## Better with
accounts  the accounts that never did anything

## Account by account
adoption.accounts

## Covers
D03 D08

## Example: reached long ago, no longer held; never reached is shown with nought
accounts:
account  created_at        left_truncated  observed_from
a1       2025-01-01 00:00  false           2020-01-01
a2       2025-01-01 00:00  false           2020-01-01
young    2026-05-25 00:00  false           2020-01-01
ladder:
workflow   level  tier
invoicing  1      basic
invoicing  2      standard
invoicing  3      advanced
tiers:
account  workflow   level  tier      reached_at        last_day
a1       invoicing  1      basic     2025-01-05 00:00  2026-05-01
a1       invoicing  2      standard  2025-02-01 00:00  2025-06-01
young    invoicing  1      basic     2026-05-26 00:00  2026-05-26
with as_of=2026-06-01
becomes
workflow   level  tier      eligible  immature  older  reached  rate  low       high      held  held_rate
invoicing  1      basic     2         1         0      1        0.5   0.094531  0.905469  1     0.5
invoicing  2      standard  2         1         0      1        0.5   0.094531  0.905469  0     0
invoicing  3      advanced  2         1         0      0        0     0         0.65762   0     0

## Example: an account older than the export may have reached its tiers before it
accounts:
account  created_at        left_truncated  observed_from
old1     2020-01-01 00:00  true            2020-01-01
old2     2020-01-01 00:00  true            2020-01-01
new      2026-01-01 00:00  false           2020-01-01
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  tier   reached_at        last_day
old1     invoicing  1      basic  2026-01-02 00:00  2026-05-20
new      invoicing  1      basic  2026-01-02 00:00  2026-01-20
with as_of=2026-06-01
becomes
workflow   level  tier   eligible  immature  older  reached  rate  low       high  held  held_rate
invoicing  1      basic  1         0         2      1        1     0.206549  1     1     0.333333

## Example: nobody old enough gives no rate
accounts:
account  created_at        left_truncated  observed_from
young    2026-05-25 00:00  false           2020-01-01
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  tier   reached_at        last_day
young    invoicing  1      basic  2026-05-26 00:00  2026-05-26
with as_of=2026-06-01
becomes
workflow   level  tier   eligible  immature  older  reached  rate  low  high  held  held_rate
invoicing  1      basic  0         1         0      0        ·     ·    ·     0     ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.statistics import share, wilson


def tiers(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, clock: Clock, *, min_age: Delay = 30, trailing_days: Days = 90, by: Sequence[str] = ()
) -> pl.LazyFrame:
    grown, older = pl.col("created_at") + min_age * DAY <= clock.now, pl.col("left_truncated")
    aged = accounts.select("account", *by, eligible=grown & ~older, immature=~grown & ~older, older=older).with_columns(pl.col("eligible", "immature").fill_null(False))
    base = aged.group_by(by or pl.lit(0).alias("every")).agg(pl.col("eligible", "immature", "older").sum().cast(pl.Int64))
    recent = pl.col("last_day") >= clock.day - trailing_days
    held = tiers.join(aged, on="account").group_by(*by, "workflow", "level", "tier").agg(
        reached=pl.col("eligible").sum().cast(pl.Int64), held=(~pl.col("immature") & recent).sum().cast(pl.Int64)
    )
    told = base.join(ladder, how="cross").join(held, on=[*by, "workflow", "level", "tier"], how="left", nulls_equal=True)
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    short = pl.lit(begins is not None and begins > clock.day - trailing_days) & (pl.col("older") > 0)
    filled = told.with_columns(pl.col("reached", "held").fill_null(0)).with_columns(held=pl.when(~short).then("held"))
    low, high = wilson(pl.col("reached"), pl.col("eligible"))
    n = pl.col("eligible")
    return filled.with_columns(rate=share(pl.col("reached"), n), low=low, high=high, held_rate=share(pl.col("held"), n + pl.col("older")))
