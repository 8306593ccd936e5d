"""How many people do new accounts invite while they are set up?

## Why
Work that one person tries out alone seldom stays. A mean hides that most accounts invite nobody and a few invite many:
the distribution stands here whole.

## Columns
accounts   count   accounts at least `within` old at T, with a known start
immature   count   younger accounts: not counted
unknown    count   accounts without a known start, or created before the export begins
nobody     count   of the accounts, those that invited nobody within `within` of their creation
one        count   exactly one person
few        count   two to four
many       count   five or more
inviting   share   accounts that invited anybody / accounts
low        share   Wilson 95 % interval
high       share   upper end of the interval
mean       number  people invited an account, those that invited nobody included
median     number  the same, in the middle; between two values by linear interpolation
p90        number  nine in ten accounts invited at most so many
status     label   final; insufficient: fewer than min_base accounts

## Limits
Who was invited is known from the users table alone: people deleted from it are missing. The first person of an account,
when invited no later than it was created, founded it and does not count; nor do service users. Without a users table
there is no row.
Founders are known only of accounts listed in the accounts table. A user invited at or after T is not there yet.

## Better with
users     the people invited
accounts  the accounts that signed up and never did anything

## Account by account
adoption.invite_accounts

## Covers
B05

## Example: an account that invites nobody counts with nought
accounts:
account  created_at        left_truncated  listed
a1       2026-01-01 00:00  false           true
a2       2026-01-01 00:00  false           true
a3       2026-01-01 00:00  false           true
members:
account  user  service  invited_at
a1       boss  false    2026-01-01 00:00
a2       boss  false    2026-01-01 00:00
invitations:
account  user  invited_at
a1       u1    2026-01-02 00:00
a1       u2    2026-01-03 00:00
a1       late  2026-02-03 00:00
a2       u3    2026-01-04 00:00
with as_of=2026-03-01
becomes
accounts  immature  unknown  nobody  one  few  many  inviting  low       high      mean  median  p90  status
3         0         0        1       1    1    0     0.666667  0.20766   0.938508  1     1       1.8  insufficient

## Example: an account too young to tell, and one that the export saw too late
accounts:
account  created_at        left_truncated  listed
young    2026-02-25 00:00  false           true
old      2020-01-01 00:00  true            true
members:
account  user  service  invited_at
young    boss  false    2026-02-25 00:00
invitations:
account  user  invited_at
young    u1    2026-02-26 00:00
with as_of=2026-03-01
becomes
accounts  immature  unknown  nobody  one  few  many  inviting  low  high  mean  median  p90  status
0         1         1        0       0    0    0     ·         ·    ·     ·     ·       ·    insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Duration
from saasmetrics.statistics import share, wilson


def onboarding_invites(
    accounts: pl.LazyFrame, members: pl.LazyFrame, invitations: pl.LazyFrame, clock: Clock, *,
    within: Duration = 1_209_600_000_000, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    known, end = pl.col("created_at").is_not_null() & ~pl.col("left_truncated"), pl.col("created_at") + within
    dated = accounts.select("account", *by, known=known, end=end, old=known & (end <= clock.now))
    early = invitations.join(dated, on="account").filter(pl.col("invited_at") <= pl.col("end"))
    each = dated.join(early.group_by("account").agg(n=pl.len().cast(pl.Int64)), on="account", how="left")
    n = pl.col("n").fill_null(0).filter(pl.col("old"))
    told = each.group_by(by or pl.lit(0).alias("every")).agg(
        accounts=n.len().cast(pl.Int64), immature=(pl.col("known") & ~pl.col("old")).sum(), unknown=(~pl.col("known")).sum(),
        nobody=(n == 0).sum(), one=(n == 1).sum(), few=n.is_between(2, 4).sum(), many=(n >= 5).sum(),
        mean=n.mean(), median=n.quantile(0.5, "linear"), p90=n.quantile(0.9, "linear"),
    )  # fmt: skip
    somebody = pl.col("accounts") - pl.col("nobody").cast(pl.Int64)
    low, high = wilson(somebody, pl.col("accounts"))
    status = pl.when(pl.col("accounts") < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    judged = told.with_columns(inviting=share(somebody, pl.col("accounts")), low=low, high=high, status=status)
    return judged.join(members.select(pl.len()).filter(pl.col("len") > 0), how="cross")
