"""What share of the accounts entitled to it has taken up each workflow, and as which one?

## Why
A second workflow ties an account closer than more of the first. Where the plan includes a workflow that stays unused, the
next step costs the customer nothing.

## Columns
workflow      key    the workflow
adopted       count  of the eligible, those that ever reached its first tier
eligible      count  accounts at least min_age old that began within the export, whose plan includes it at T
immature      count  younger accounts whose plan includes it: not counted, not failed
older         count  accounts older than the export or of unknown age whose plan includes it: what they took up before it was not seen, so they are not among the eligible
not_entitled  count  accounts whose plan does not include it
unknown_plan  count  accounts whose plan is unknown: not counted
rate          share  adopted / eligible
low           share  Wilson 95 % interval
high          share  upper end of the interval
held          count  of the eligible and the older, those that did all of that tier within the last trailing_days
held_rate     share  held / (eligible + older): who works with it now; it needs no more history than trailing_days
as_first      count  accounts of any plan and age for which it was the first workflow
as_second     count  the second
as_later      count  the third or a later one
no_order      count  accounts older than the export, or of unknown age, that use it: which workflow came first was not seen
status        label  current: as of T, late events may still change it; insufficient: fewer than min_base eligible

## Limits
A workflow counts from its first tier on; one without tiers is not shown. Workflows taken up at the same instant count in
the order of their names. An account's plans are those of the spans that run at T, free ones too; where none names one, the
accounts table's `plan`.

## Order
-adopted workflow

## Better with
accounts       the accounts that never did anything
subscriptions  the plan at T, and so who is entitled

## Picture
bars rate

## Account by account
adoption.accounts

## Covers
E10

## Example: first and second, entitled and not
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
poor     2026-01-01 00:00  false
young    2026-05-25 00:00  false
ladder:
workflow    level  tier
invoicing   1      basic
invoicing   2      standard
purchasing  1      basic
tiers:
account  workflow    level  reached_at        last_day
a1       invoicing   1      2026-02-01 00:00  2026-05-20
a1       invoicing   2      2026-02-02 00:00  2026-02-20
a1       purchasing  1      2026-03-01 00:00  2026-03-01
poor     invoicing   1      2026-02-01 00:00  2026-05-20
entitlements:
account  kind      name        entitled
a1       workflow  invoicing   true
a2       workflow  invoicing   true
poor     workflow  invoicing   true
young    workflow  invoicing   true
a1       workflow  purchasing  true
a2       workflow  purchasing  ·
poor     workflow  purchasing  false
young    workflow  purchasing  true
with as_of=2026-06-15 min_base=2
becomes
workflow    adopted  eligible  immature  older  not_entitled  unknown_plan  rate      low       high      held  held_rate  as_first  as_second  as_later  no_order  status
invoicing   2        3         1         0      0             0             0.666667  0.20766   0.938508  2     0.666667   2         0          0         0         current
purchasing  1        1         1         0      1             1             1         0.206549  1         0     0          0         1          0         0         insufficient

## Example: of an account older than the export only what it does now is known
accounts:
account  created_at        left_truncated
old      2020-01-01 00:00  true
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  reached_at        last_day
old      invoicing  1      2026-02-01 00:00  2026-05-20
entitlements:
account  kind      name       entitled
old      workflow  invoicing  true
with as_of=2026-06-15 min_base=1
becomes
workflow   adopted  eligible  immature  older  not_entitled  unknown_plan  rate  low  high  held  held_rate  as_first  as_second  as_later  no_order  status
invoicing  0        0         0         1      0             0             ·     ·    ·     1     1          0         0          0         1         insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.statistics import share, wilson


def modules(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, entitlements: pl.LazyFrame, clock: Clock, *,
    min_age: Delay = 30, trailing_days: Days = 90, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    old = (pl.col("created_at") + min_age * DAY <= clock.now).fill_null(False)
    dated = accounts.select("account", "left_truncated", *by, old=old)
    allowed = entitlements.filter(pl.col("kind") == "workflow").select("account", "entitled", workflow="name")
    grid = dated.join(ladder.select("workflow").unique(), how="cross").join(allowed, on=["account", "workflow"], how="left")
    taken = grid.join(_taken(tiers), on=["account", "workflow"], how="left")
    counts = taken.group_by(*by, "workflow").agg(**_counts(clock.day - trailing_days))
    k, n = pl.col("adopted"), pl.col("eligible")
    low, high = wilson(k, n)
    status = pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("current"))
    return counts.with_columns(rate=share(k, n), held_rate=share(pl.col("held"), n + pl.col("older")), low=low, high=high, status=status)


def _taken(tiers: pl.LazyFrame) -> pl.LazyFrame:
    """Each workflow that an account reached the first tier of: the last day, and which one of its workflows it was."""
    first = tiers.filter(pl.col("level") == 1).sort("account", "reached_at", "workflow")
    place = pl.int_range(1, pl.len() + 1).over("account")
    return first.select("account", "workflow", "last_day", place=place)


def _counts(cutoff: int) -> dict[str, pl.Expr]:
    entitled, old, place, seen = pl.col("entitled"), pl.col("old"), pl.col("place"), ~pl.col("left_truncated")
    eligible, older = entitled & old & seen, entitled & ~seen
    found = {
        "adopted": eligible & place.is_not_null(), "eligible": eligible, "immature": entitled & ~old & seen, "older": older,
        "not_entitled": ~entitled, "unknown_plan": entitled.is_null(), "held": (eligible | older) & (pl.col("last_day") >= cutoff), "as_first": seen & (place == 1), "as_second": seen & (place == 2),
        "as_later": seen & (place > 2), "no_order": ~seen & place.is_not_null(),
    }  # fmt: skip
    return {name: where.fill_null(False).sum().cast(pl.Int64) for name, where in found.items()}
