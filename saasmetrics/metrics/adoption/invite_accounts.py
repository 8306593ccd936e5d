"""Which accounts invite people who then do nothing, and which invite more than before?

## Why
People who were invited and never got anything done are the cheapest ones to win: somebody in the account wants them there.

## Columns
account     key    the account
idle        count  people invited at least active_within ago who have had no success since, and are not deactivated
invited     count  people invited in the last 28 days; empty: no users table
before      count  in the 28 days before
trend       share  (invited − before) / before; empty: none before
eligible    count  people ever invited, at least active_within ago
active      count  of these, those with a success in any workflow of this account within active_within of the invitation
rate        share  active / eligible
low         share  Wilson 95 % interval
high        share  upper end of the interval
gone        count  of the eligible who did not become active in time, those deactivated by T
immature    count  invited too lately to tell
unknown     count  invited before the export begins, or the events name no users
people      count  people of the account at T by the users table, service users and deactivated ones left out

## Limits
The founder was not invited. Rates of a few people say little: read the interval.
Numbers are empty where no person of the users table is in an account that counts at T.

## Order
-idle -eligible account

## Better with
users  the people invited

## Covers
Z10

## Example: one became active, one did not, one has been deactivated
accounts:
account
a1
none
members:
account  user   service  left_at
a1       boss   false    ·
a1       quick  false    ·
a1       idle   false    ·
a1       gone   false    2026-04-01 00:00
a1       bot    true     ·
invitations:
account  user   invited_at        invited_day  left_at           active_at         known
a1       quick  2026-03-20 00:00  2026-03-20   ·                 2026-03-25 00:00  true
a1       idle   2026-03-20 00:00  2026-03-20   ·                 ·                 true
a1       gone   2026-02-20 00:00  2026-02-20   2026-04-01 00:00  ·                 true
with as_of=2026-05-01 active_within=30
becomes
account  idle  invited  before  trend  eligible  active  rate      low       high     gone  immature  unknown  people
a1       1     0        2       -1     3         1       0.333333  0.061492  0.79234  1     0         0        3
none     0     0        0       ·      0         0       ·         ·         ·        0     0         0        0

## Example: without a users table nothing is known, and nothing is nought
accounts:
account
a1
members:
account  user  service  left_at
invitations:
account  user  invited_at  invited_day  left_at  active_at  known
with as_of=2026-05-01
becomes
account  idle  invited  before  trend  eligible  active  rate  low  high  gone  immature  unknown  people
a1       ·     ·        ·       ·      ·         ·       ·     ·    ·     ·     ·         ·        ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import share, wilson

LATELY = 28
COUNTS = ["idle", "invited", "before", "eligible", "active", "gone", "immature", "unknown", "people"]


def invite_accounts(
    accounts: pl.LazyFrame, members: pl.LazyFrame, invitations: pl.LazyFrame, clock: Clock, *, active_within: Days = 30
) -> pl.LazyFrame:
    people = members.filter(~pl.col("service") & pl.col("left_at").is_null()).group_by("account").agg(people=pl.len())
    told = accounts.select("account").join(_counted(invitations, clock, active_within * DAY), on="account", how="left")
    full = told.join(people, on="account", how="left").join(members.select(listed=pl.len() > 0), how="cross")
    counts = full.with_columns(pl.when("listed").then(pl.col(name).fill_null(0).cast(pl.Int64)).alias(name) for name in COUNTS)
    k, n = pl.col("active"), pl.col("eligible")
    low, high = wilson(k, n)
    return counts.with_columns(trend=share(pl.col("invited") - pl.col("before"), pl.col("before")), rate=share(k, n), low=low, high=high)


def _counted(invitations: pl.LazyFrame, clock: Clock, within: int) -> pl.LazyFrame:
    end, age = pl.col("invited_at") + within, clock.day - pl.col("invited_day")
    old, active = pl.col("known") & (end <= clock.now), (pl.col("active_at") <= end).fill_null(False)
    stays = pl.col("left_at").is_null()
    found = {
        "idle": old & pl.col("active_at").is_null() & stays, "invited": age <= LATELY, "before": age.is_between(LATELY + 1, 2 * LATELY), "eligible": old,
        "active": old & active, "gone": old & ~active & ~stays, "immature": pl.col("known") & ~old, "unknown": ~pl.col("known"),
    }  # fmt: skip
    return invitations.group_by("account").agg(where.sum().alias(name) for name, where in found.items())
