"""How long does it take accounts to get from one tier of a workflow to the next, and how many are stuck on the way?

## Why
A median over those that moved up flatters: the ones still waiting are missing from it. Kaplan–Meier keeps every account
that holds the lower tier in the base until the moment up to which it was watched.

## Columns
workflow     key    the workflow
level        key    number of the tier that is reached
tier         label  its name
after        label  the tier before it: its holders are the base; `created` for the first one
holders      count  accounts that reached the tier before, with a known start
median_days  days   by then half of the holders reached this tier; empty: not reached yet
p90_days     days   by then nine in ten
moved_up     count  of these, those that reached this one by T
waiting      count  of these, those that did not: watched until T, not dropped
stalled      count  of those waiting, those that have waited stalled_after days or longer
share_moved  share  moved_up / holders
eligible     count  holders that had reached the tier before at least within_days ago at T
immature     count  holders that have not had the whole time yet: not counted, not failed
in_time      count  of the eligible, those that reached this tier within within_days
rate         share  in_time / eligible
low          share  Wilson 95 % interval
high         share  upper end of the interval
unknown      count  holders without a known start, or older than the export: they may have moved long before
status       label  final; provisional: late events may still change it; insufficient: fewer than min_base eligible

## Limits
Accounts whose plan lacks the workflow or that have left count as waiting. Accounts whose single event fills two tiers
moved up in no time. Assumes that young holders will behave as older ones did (Kaplan & Meier 1958). Days are 24 hours.

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Account by account
adoption.accounts

## Covers
D04

## Example: the base is who holds the tier below, the one still waiting included
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
ladder:
workflow   level  tier
invoicing  1      basic
invoicing  2      standard
tiers:
account  workflow   level  reached_at
a1       invoicing  1      2026-01-05 00:00
a1       invoicing  2      2026-01-15 00:00
a2       invoicing  1      2026-01-11 00:00
with as_of=2026-06-01 min_base=1
becomes
workflow   level  tier      after    holders  median_days  p90_days  moved_up  waiting  stalled  share_moved  eligible  immature  in_time  rate      low       high      unknown  status
invoicing  1      basic     created  3        10           ·         2         1        1        0.666667     3         0         2        0.666667  0.20766   0.938508  0        final
invoicing  2      standard  basic    2        10           ·         1         1        1        0.5          2         0         1        0.5       0.094531  0.905469  0        final

## Example: older than the export is unknown, young is immature
accounts:
account  created_at        left_truncated
old      2020-01-01 00:00  true
young    2026-05-20 00:00  false
ladder:
workflow   level  tier
invoicing  1      basic
invoicing  2      standard
tiers:
account  workflow   level  reached_at
old      invoicing  1      2026-01-05 00:00
young    invoicing  1      2026-05-22 00:00
with as_of=2026-06-01
becomes
workflow   level  tier      after    holders  median_days  p90_days  moved_up  waiting  stalled  share_moved  eligible  immature  in_time  rate  low  high  unknown  status
invoicing  1      basic     created  1        2            2         1         0        0        1            0         1         0        ·     ·    ·     1        insufficient
invoicing  2      standard  basic    1        ·            ·         0         1        0        0            0         1         0        ·     ·    ·     1        insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson

COUNTS = ["holders", "moved_up", "waiting", "stalled", "eligible", "immature", "in_time", "unknown"]


def tier_times(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, clock: Clock, *,
    within_days: Days = 90, stalled_after: Days = 60, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "workflow", "level"]
    moves = _moves(accounts.select("account", "created_at", "left_truncated", *by), tiers, ladder)
    waited = pl.coalesce("at", pl.lit(clock.now)) - pl.col("since")
    known = moves.with_columns(observed=pl.col("at").is_not_null(), duration=waited)
    counts = known.group_by(keys).agg(**_counts(clock, within_days * DAY, stalled_after * DAY))
    declared = ladder.with_columns(after=_below())
    grid = declared.join(accounts.select(by).unique(), how="cross") if by else declared
    told = grid.join(counts, on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64))
    curve = kaplan_meier(known.filter("known"), keys)
    for name, reached in (("median_days", 0.5), ("p90_days", 0.9)):
        times = survival_quantile(curve, reached, keys, name).with_columns(divided(pl.col(name), DAY))
        told = told.join(times, on=keys, how="left", nulls_equal=True)
    return _judged(told, min_base)


def _below() -> pl.Expr:
    return pl.col("tier").shift(1).over("workflow", order_by="level").fill_null("created")


def _moves(accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame) -> pl.LazyFrame:
    """Each account that holds the tier below a level: since when, and when it got to that level."""
    placed, steps = accounts.join(ladder.select("workflow", "level"), how="cross"), ["account", "workflow", "level"]
    reached = tiers.select("account", "workflow", "level", at="reached_at")
    for times in (reached, reached.select("account", "workflow", pl.col("level") + 1, below="at")):
        placed = placed.join(times, on=steps, how="left")
    since = pl.when(pl.col("level") == 1).then("created_at").otherwise("below")
    holders = placed.with_columns(since=since, known=pl.col("created_at").is_not_null() & ~pl.col("left_truncated"))
    return holders.filter(pl.col("since").is_not_null() | ((pl.col("level") == 1) & ~pl.col("known")))


def _counts(clock: Clock, within: int, stalled: int) -> dict[str, pl.Expr]:
    known, moved = pl.col("known"), pl.col("observed")
    old = known & (pl.col("since") + within <= clock.now)
    found = {
        "holders": known, "moved_up": known & moved, "waiting": known & ~moved, "stalled": known & ~moved & (pl.col("duration") >= stalled),
        "eligible": old, "immature": known & ~old, "in_time": old & moved & (pl.col("duration") <= within), "unknown": ~known,
    }  # fmt: skip
    counts = {name: where.fill_null(False).sum() for name, where in found.items()}
    return counts | {"fresh": (old & (pl.col("since") + within > clock.final)).any()}


def _judged(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n = pl.col("in_time"), pl.col("eligible")
    low, high = wilson(k, n)
    fresh = pl.when(pl.col("fresh").fill_null(False)).then(pl.lit("provisional")).otherwise(pl.lit("final"))
    return told.with_columns(
        share_moved=share(pl.col("moved_up"), pl.col("holders")), rate=share(k, n), low=low, high=high,
        status=pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(fresh),
    )  # fmt: skip
