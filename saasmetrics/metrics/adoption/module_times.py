"""How long does it take accounts to take up a second and a third workflow, and how many ever do?

## Columns
place         key    2: the second workflow, 3: the third, …
accounts      count  accounts with a known start that took up a first workflow: the base
reached       count  of these, those that took up so many workflows by T
waiting       count  of these, those that did not: watched until T, not dropped
share         share  reached / accounts
quarter_days  days   by then a quarter of the base had so many workflows, counted from the first one (Kaplan–Meier); empty: not reached yet
median_days   days   by then half
eligible      count  of the base, those whose first workflow began at least within_days ago
immature      count  those whose first workflow began later: not counted, not failed
in_time       count  of the eligible, those with so many workflows within within_days of the first
rate          share  in_time / eligible
low           share  Wilson 95 % interval
high          share  upper end of the interval
unknown       count  accounts with a workflow, but without a known start or older than the export: their first was not seen
status        label  final; provisional: late events may still change it; insufficient: fewer than min_base eligible

## Limits
A workflow counts from its first tier on. Accounts whose plan includes only one workflow are in the base: see `adoption
modules` for who is entitled. Assumes that young accounts will behave as older ones did (Kaplan & Meier 1958).

## Better with
accounts  the true dates of creation

## Account by account
adoption.accounts

## Covers
E04

## Example: one takes up a second workflow, one has not yet
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
ladder:
workflow    level  tier
invoicing   1      basic
invoicing   2      standard
purchasing  1      basic
tiers:
account  workflow    level  reached_at
a1       invoicing   1      2026-02-01 00:00
a1       invoicing   2      2026-02-02 00:00
a1       purchasing  1      2026-03-01 00:00
a2       purchasing  1      2026-02-01 00:00
with as_of=2026-06-15 min_base=1
becomes
place  accounts  reached  waiting  share  quarter_days  median_days  eligible  immature  in_time  rate  low       high      unknown  status
2      2         1        1        0.5    28            28           2         0         1        0.5   0.094531  0.905469  0        final

## Example: what was first in an account older than the export is unknown
accounts:
account  created_at        left_truncated
old      2020-01-01 00:00  true
young    2026-06-01 00:00  false
ladder:
workflow    level  tier
invoicing   1      basic
purchasing  1      basic
tiers:
account  workflow    level  reached_at
old      invoicing   1      2026-02-01 00:00
old      purchasing  1      2026-03-01 00:00
young    invoicing   1      2026-06-05 00:00
with as_of=2026-06-15
becomes
place  accounts  reached  waiting  share  quarter_days  median_days  eligible  immature  in_time  rate  low  high  unknown  status
2      1         0        1        0      ·             ·            0         1         0        ·     ·    ·     1        insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson


def module_times(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, clock: Clock, *,
    within_days: Days = 90, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "place"]
    known = pl.col("created_at").is_not_null() & ~pl.col("left_truncated")
    taken = tiers.filter(pl.col("level") == 1).group_by("account").agg(times=pl.col("reached_at").sort())
    each = _placed(taken, ladder).join(accounts.select("account", *by, known=known), on="account")
    watched = each.with_columns(observed=pl.col("at").is_not_null(), duration=pl.coalesce("at", pl.lit(clock.now)) - pl.col("since"))
    told = watched.group_by(keys).agg(**_counts(clock, within_days * DAY))
    curve = kaplan_meier(watched.filter("known"), keys)
    for name, reached in (("quarter_days", 0.25), ("median_days", 0.5)):
        times = survival_quantile(curve, reached, keys, name).with_columns(divided(pl.col(name), DAY))
        told = told.join(times, on=keys, how="left", nulls_equal=True)
    return _judged(told, min_base)


def _placed(taken: pl.LazyFrame, ladder: pl.LazyFrame) -> pl.LazyFrame:
    """account, place, since (its first workflow), at (its k-th, null: not yet) for every k that the definition allows."""
    most = ladder.select(pl.col("workflow").n_unique()).collect().item()
    places = pl.LazyFrame({"place": list(range(2, most + 1))}, schema={"place": pl.Int64})
    at = pl.col("times").list.get(pl.col("place") - 1, null_on_oob=True)
    return taken.join(places, how="cross").select("account", "place", since=pl.col("times").list.first(), at=at)


def _counts(clock: Clock, within: int) -> dict[str, pl.Expr]:
    known, there = pl.col("known"), pl.col("observed")
    old = known & (pl.col("since") + within <= clock.now)
    found = {
        "accounts": known, "reached": known & there, "waiting": known & ~there, "eligible": old, "immature": known & ~old,
        "in_time": old & there & (pl.col("duration") <= within), "unknown": ~known,
    }  # fmt: skip
    counts = {name: where.sum().cast(pl.Int64) for name, where in found.items()}
    return counts | {"fresh": (old & (pl.col("since") + within > clock.final)).any()}


def _judged(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n = pl.col("in_time"), pl.col("eligible")
    low, high = wilson(k, n)
    open_ = pl.when("fresh").then(pl.lit("provisional")).otherwise(pl.lit("final"))
    return told.with_columns(
        share=share(pl.col("reached"), pl.col("accounts")), rate=share(k, n), low=low, high=high,
        status=pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(open_),
    )  # fmt: skip
