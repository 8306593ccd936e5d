"""Which features do the accounts that are entitled to them really use, and how deeply?

## Why
A feature that few use is not known, not needed or not good. Accounts whose plan lacks it say nothing about that: they
are not in the base.

## Columns
feature          key     its name in the definition
high_value       flag    its use goes with value
premium          flag    it belongs to a higher plan
used             count   of the eligible, those with min_uses successful uses or more in the last trailing_days
eligible         count   accounts at least min_age old whose plan includes it at T
immature         count   younger accounts whose plan includes it: not counted, not failed
not_entitled     count   accounts whose plan does not include it
unknown_plan     count   accounts whose plan is unknown: not counted
rate             share   used / eligible
low              share   Wilson 95 % interval
high             share   upper end of the interval
ever             count   of the eligible, those that used it at any time the export covers
outside          count   accounts that used it in the last trailing_days though their plan does not include it
account_periods  count   in the last `periods` complete months (or what `period` says): account and month, where the account used it at least once
p50              number  uses in such a month, in the middle; between two values by linear interpolation
p90              number  nine in ten such months have at most so many
status           label   current: as of T, late events may still change it; insufficient: fewer than min_base eligible

## Limits
`ever` cannot see what came before the export. Plans are those at T, also for uses that came before; a feature that names
no plans is in every plan. Use by service users counts. The depth is that of accounts that use the feature; the others are
in the rate. Accounts that have left keep the plan that the accounts table gives them.
An account's plans are those of the spans that run at T, free ones too; where none names one, the accounts table's
`plan`.

## Order
-high_value -rate feature

## Better with
accounts       the accounts that never did anything
subscriptions  the plan at T, and so who is entitled

## Picture
bars rate

## Account by account
adoption.feature_accounts

## Covers
S06 S11

## Example: only who is entitled and old enough is in the base
accounts:
account  created_at
a1       2026-01-01 00:00
a2       2026-01-01 00:00
poor     2026-01-01 00:00
strange  2026-01-01 00:00
young    2026-05-25 00:00
features:
feature    high_value  premium
approvals  true        true
entitlements:
account  kind      name       entitled
a1       feature   approvals  true
a2       feature   approvals  true
poor     feature   approvals  false
strange  feature   approvals  ·
young    feature   approvals  true
young    workflow  approvals  false
feature_days:
account  feature    day         n
a1       approvals  2026-05-02  3
a1       approvals  2026-05-20  1
a2       approvals  2026-01-20  1
poor     approvals  2026-04-05  2
with as_of=2026-06-05 min_base=1 trailing_days=90
becomes
feature    high_value  premium  used  eligible  immature  not_entitled  unknown_plan  rate  low       high      ever  outside  account_periods  p50  p90  status
approvals  true        true     1     2         1         1             1             0.5   0.094531  0.905469  2     1        2                3    3.8  current

## Example: a feature that nobody uses has a row, and no depth
accounts:
account  created_at
a1       2026-01-01 00:00
features:
feature  high_value  premium
api      false       false
entitlements:
account  kind     name  entitled
a1       feature  api   true
feature_days:
account  feature  day  n
with as_of=2026-06-05
becomes
feature  high_value  premium  used  eligible  immature  not_entitled  unknown_plan  rate  low  high      ever  outside  account_periods  p50  p90  status
api      false       false    0     1         0         0             0             0     0    0.793451  0     0        0                ·    ·    insufficient
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.statistics import share, wilson


def features(
    accounts: pl.LazyFrame, features: pl.LazyFrame, entitlements: pl.LazyFrame, feature_days: pl.LazyFrame, clock: Clock, *,
    min_uses: int = 1, trailing_days: Days = 90, min_age: Delay = 30, min_base: int = 5,
    period: Literal["week", "month", "quarter"] = "month", periods: int = 3, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "feature"]
    dated = accounts.select("account", *by, old=(pl.col("created_at") + min_age * DAY <= clock.now).fill_null(False))
    allowed = entitlements.filter(pl.col("kind") == "feature").select("account", "entitled", feature="name")
    uses = feature_days.group_by("account", "feature").agg(
        ever=pl.len(), lately=pl.when(pl.col("day") >= clock.day - trailing_days).then("n").sum()
    )
    grid = dated.join(allowed, on="account").join(uses, on=["account", "feature"], how="left")
    counts = grid.group_by(keys).agg(**_counts(min_uses))
    depth = _depth(feature_days.join(dated, on="account"), clock, period, periods, keys)
    told = features.join(counts, on="feature").join(depth, on=keys, how="left", nulls_equal=True)
    return _judged(told.with_columns(pl.col("account_periods").fill_null(0)), min_base)


def _counts(min_uses: int) -> dict[str, pl.Expr]:
    entitled, old, used = pl.col("entitled"), pl.col("old"), (pl.col("lately") >= min_uses).fill_null(False)
    found = {
        "used": entitled & old & used, "eligible": entitled & old, "immature": entitled & ~old, "not_entitled": ~entitled,
        "unknown_plan": entitled.is_null(), "ever": entitled & old & pl.col("ever").is_not_null(), "outside": ~entitled & used,
    }  # fmt: skip
    return {name: where.fill_null(False).sum().cast(pl.Int64) for name, where in found.items()}


def _depth(days: pl.LazyFrame, clock: Clock, period: Literal["week", "month", "quarter"], periods: int, keys: Sequence[str]) -> pl.LazyFrame:
    """Uses of each account in each complete period in which it used the feature."""
    last = clock.last_complete(period)
    placed = days.with_columns(index=clock.index(pl.col("day"), period)).filter(pl.col("index").is_between(last - periods + 1, last))
    each = placed.group_by(*keys, "account", "index").agg(pl.col("n").sum())
    quantiles = {name: pl.col("n").quantile(q, "linear") for name, q in (("p50", 0.5), ("p90", 0.9))}
    return each.group_by(keys).agg(account_periods=pl.len().cast(pl.Int64), **quantiles)


def _judged(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n = pl.col("used"), pl.col("eligible")
    low, high = wilson(k, n)
    status = pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("current"))
    return told.with_columns(rate=share(k, n), low=low, high=high, status=status)
