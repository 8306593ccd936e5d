"""Do invited people become active, and how soon?

## Why
An invitation is a promise by a colleague. Whether the invited get work done says more than how many were invited.

## Columns
period       key    first day of the month in which they were invited; `all`: the months shown together
invited      count  people invited
before       count  people invited in the month before; empty: not seen, or the month is still running
trend        share  (invited − before) / before
eligible     count  of the invited, those invited at least active_within ago
immature     count  invited later: not counted, not failed
unknown      count  invited before the export begins, or the events name no users: not counted
active       count  of the eligible, those with a success in any workflow of that account within active_within of the invitation
rate         share  active / eligible
low          share  Wilson 95 % interval
high         share  upper end of the interval
gone         count  of the eligible who did not become active, those deactivated by T
median_days  days   by then half of the known invited had their first success (Kaplan–Meier); empty: not reached yet
status       label  final; provisional: some are still too young, or late events may change it; censored: all are
unstable_days days of the active_within days from the invitation on, those in an unstable week (reliability stability), a mean over the eligible; empty: none is eligible, or no limits are declared

## Limits
Service users are no people, and the founder was not invited: the first person of an account, when invited no later than
it was created. Somebody deactivated without ever getting work done counts as not active: the invitation came to nothing.
A user invited into two accounts counts in each, by the work in each. People deleted from the users table are missing.
Invitations are known from the local day on which the export begins. The last `cohorts` periods are shown, the running one among them; every segment shows the same. `all` is
final as soon as anybody is eligible.

## Order
-period

## Better with
users  the people invited; without it there is no row

## Picture
bars rate

## Account by account
adoption.invite_accounts

## Covers
S10

## Example: in time, too late, and not yet old enough
accounts:
account
a1
invitations:
account  user   invited_at        invited_day  left_at           active_at         known
a1       quick  2026-03-02 00:00  2026-03-02   ·                 2026-03-05 00:00  true
a1       slow   2026-03-02 00:00  2026-03-02   ·                 2026-05-05 00:00  true
a1       never  2026-03-02 00:00  2026-03-02   2026-04-01 00:00  ·                 true
a1       late   2026-04-28 00:00  2026-04-28   ·                 2026-04-29 00:00  true
unstable_days:
day
2026-03-31
2026-04-01
2026-04-28
with as_of=2026-05-15 active_within=30
becomes
period      invited  before  trend      eligible  immature  unknown  active  rate      low       high     gone  median_days  status    unstable_days
all         4        ·       ·          3         1         0        1       0.333333  0.061492  0.79234  1     3            final     1
2026-05-01  0        ·       ·          0         0         0        0       ·         ·         ·        0     ·            censored  ·
2026-04-01  1        3       -0.666667  0         1         0        0       ·         ·         ·        0     1            censored  ·
2026-03-01  3        ·       ·          3         0         0        1       0.333333  0.061492  0.79234  1     64           final     1

## Example: invited before the export begins is unknown
accounts:
account
a1
invitations:
account  user  invited_at        invited_day  left_at  active_at         known
a1       old   2026-04-02 00:00  2026-04-02   ·        2026-04-09 00:00  false
with as_of=2026-05-02 active_within=14
becomes
period      invited  before  trend  eligible  immature  unknown  active  rate  low  high  gone  median_days  status    unstable_days
all         1        ·       ·      0         0         1        0       ·     ·    ·     0     ·            censored  ·
2026-05-01  0        ·       ·      0         0         0        0       ·     ·    ·     0     ·            censored  ·
2026-04-01  1        ·       ·      0         0         1        0       ·     ·    ·     0     ·            censored  ·
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, days_within
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, total, wilson

COUNTS = ["invited", "eligible", "immature", "unknown", "active", "gone"]


def invites(
    accounts: pl.LazyFrame, invitations: pl.LazyFrame, unstable_days: pl.LazyFrame | None, clock: Clock, *,
    active_within: Days = 30, period: Literal["week", "month", "quarter"] = "month", cohorts: int = 12, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "index"]
    unstable = days_within(unstable_days, pl.col("invited_day"), pl.col("invited_day") + active_within)
    each = _watched(invitations.with_columns(unstable=unstable), clock, active_within * DAY).join(accounts.select("account", *by), on="account")
    placed = each.with_columns(index=clock.index(pl.col("invited_day"), period).cast(pl.Int64))
    rows = clock.onwards(placed.select(pl.col("index").min()).collect().item(), period, accounts, by)
    counts = rows.join(_counted(placed, keys), on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0))
    over = pl.col("index") <= clock.last_complete(period)
    before = pl.when(over).then(pl.col("invited").shift(1).over(by or pl.lit(0), order_by="index"))
    shown = pl.col("index") > clock.running(period) - cohorts
    parts = counts.with_columns(before=before).filter(shown)
    whole = _counted(placed.filter(shown).with_columns(index=pl.lit(None, pl.Int64)), keys)
    every = rows.with_columns(index=pl.lit(None, pl.Int64)).unique().join(whole, on=keys, how="left", nulls_equal=True).with_columns(pl.col(COUNTS).fill_null(0))
    told = _judged(pl.concat([parts, every], how="diagonal_relaxed"))
    curve = kaplan_meier(pl.concat([placed.filter(shown), placed.filter(shown).with_columns(index=pl.lit(None, pl.Int64))]).filter("known"), keys)
    median = survival_quantile(curve, 0.5, keys, "median_days").with_columns(divided(pl.col("median_days"), DAY))
    named = clock.start(pl.col("index"), period).dt.strftime("%Y-%m-%d").fill_null("all")
    return told.join(median, on=keys, how="left", nulls_equal=True).with_columns(period=named)


def _watched(invitations: pl.LazyFrame, clock: Clock, within: int) -> pl.LazyFrame:
    end = pl.col("invited_at") + within
    old, active = pl.col("known") & (end <= clock.now), (pl.col("active_at") <= end).fill_null(False)
    return invitations.with_columns(
        eligible=old, immature=pl.col("known") & ~old, unknown=~pl.col("known"), active=old & active,
        gone=old & ~active & pl.col("left_at").is_not_null(), fresh=old & (end > clock.final),
        observed=pl.col("active_at").is_not_null(), duration=pl.coalesce("active_at", pl.lit(clock.now)) - pl.col("invited_at"),
    )  # fmt: skip


def _counted(placed: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    sums = {name: pl.col(name).sum().cast(pl.Int64) for name in COUNTS[1:]}
    return placed.group_by(keys).agg(invited=pl.len().cast(pl.Int64), **sums, fresh=pl.col("fresh").any(), unstable=total(pl.col("unstable").filter("eligible")))


def _judged(told: pl.LazyFrame) -> pl.LazyFrame:
    k, n = pl.col("active"), pl.col("eligible")
    low, high = wilson(k, n)
    open_ = pl.col("index").is_not_null() & ((pl.col("immature") > 0) | pl.col("fresh").fill_null(False))
    ready = pl.when(open_).then(pl.lit("provisional")).otherwise(pl.lit("final"))
    return told.with_columns(
        trend=share(pl.col("invited") - pl.col("before"), pl.col("before")), rate=share(k, n), low=low, high=high,
        status=pl.when(n == 0).then(pl.lit("censored")).otherwise(ready), unstable_days=share(pl.col("unstable"), n),
    )  # fmt: skip
