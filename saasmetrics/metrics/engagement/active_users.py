"""Daily, weekly and monthly active people. A second view: the account is what pays.

## Why
The number of people says how widely the accounts work, not how many customers get value: one account that doubles its staff
hides ten that left. Read engagement active_accounts first.

## Columns
period       key     first day of the day, week or month
users        count   people with a success in any workflow in it; empty: the events name no users
new          count   of these, those whose first success it is
unclear      count   of these, those whose first success it would be, but whose account is older than the export
accounts     count   accounts that these people work for
per_account  number  users / accounts
status       label   final; partial: the export begins within the period; provisional: it is not over, or ended less than late_after ago

## Limits
A person is active with a success in any workflow; a login or a page view is none. Service users are no people. Somebody who
works for two accounts is a person in each.

## Better with
users  which users are integrations

## Account by account
engagement.users

## Covers
H01 H02 H03

## Example: two successes of one person are one person, and one in two accounts is two
accounts:
account  left_truncated  observed_from
a1       false           2020-01-01
a2       true            2020-01-01
user_activity:
account  user  day         n
a1       ann   2026-01-05  1
a1       ann   2026-01-06  7
a2       ann   2026-01-07  1
a1       bob   2026-01-13  1
people_known:
named  listed
true   false
with as_of=2026-01-21
becomes
period      users  new  unclear  accounts  per_account  status
2026-01-05  2      1    1        2         1            final
2026-01-12  1      1    0        1         1            final
2026-01-19  0      0    0        0         ·            provisional

## Example: without users in the events the number is unknown, not nought
accounts:
account  left_truncated  observed_from
a1       false           2020-01-01
user_activity:
account  user  day  n
people_known:
named  listed
false  false
with as_of=2026-01-02 period=month
becomes
period      users  new  unclear  accounts  per_account  status
2026-01-01  ·      ·    ·        ·         ·            provisional
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share

COUNTS = ("users", "new", "unclear", "accounts")


def active_users(
    accounts: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "week", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    kept = accounts.select("account", "left_truncated", *by)
    index = clock.index(pl.col("day"), period).cast(pl.Int64)
    work = user_activity.select("account", "user", index=index).unique().cache()
    firsts = work.group_by("account", "user").agg(pl.col("index").min()).group_by("account", "index").agg(first=pl.len())
    each = work.group_by("account", "index").agg(users=pl.len()).join(firsts, on=["account", "index"], how="left").join(kept, on="account")
    counted = each.group_by(*by, "index").agg(
        pl.col("users").sum(), new=pl.when(~pl.col("left_truncated")).then("first").sum(), unclear=pl.when("left_truncated").then("first").sum(),
        accounts=pl.len(),
    )  # fmt: skip
    first = user_activity.select(index.min().fill_null(clock.running(period))).collect().item()
    told = clock.onwards(first, period, kept, by).join(counted, on=[*by, "index"], how="left", nulls_equal=True).join(people_known, how="cross")
    filled = told.with_columns(pl.when("named").then(pl.col(name).fill_null(0).cast(pl.Int64)).alias(name) for name in COUNTS)
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    return filled.with_columns(
        period=clock.start(pl.col("index"), period), per_account=share(pl.col("users"), pl.col("accounts")),
        status=clock.standing(pl.col("index"), period, begins),
    )  # fmt: skip
