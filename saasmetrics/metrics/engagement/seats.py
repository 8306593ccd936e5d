"""How many of the paid seats do real work?

## Why
Seats without work are the first to go at the renewal; more workers than seats are the next invoice.

## Columns
account         key    the account
state           label  paid; unknown: pays, but its seats are not known; free: never paid; left: no longer pays
share           share  paid seats with real work: active, at most as many as are paid / seats
low             share  Wilson 95 % interval
high            share  Wilson 95 % interval
seats           count  paid seats at T; empty: unknown
active          count  people with a success in any workflow in the last `days` (30) days; empty: the events name no users
idle            count  seats beyond the active people
over            count  active people beyond the seats
invited         count  people who joined, or where that is not known were invited, at least `settle` days before T, and have not left
invited_active  count  of these, those active
invited_share   share  invited_active / invited
invited_low     share  Wilson 95 % interval
invited_high    share  Wilson 95 % interval
immature        count  people who did so since: not counted in `invited`

## Limits
A success in any workflow is real work; a login is none. Service users need no seat. Somebody who was deactivated before T is
not in `invited`, but counts as active when the last success was in time. Who is listed without a date, or works without being
listed, counts in `invited`.

## Order
-idle -seats account

## Needs
subscriptions

## Better with
users  who was invited, who left, and which users are integrations

## Covers
T01

## Example: idle seats, people beyond the seats, and people who left
accounts:
account
half
over
contract_state:
account  seats  ended_day
half     4      ·
over     1      ·
persons:
account  user  since_at          left
half     ann   2025-01-01 00:00  false
half     bob   2025-01-01 00:00  false
half     cy    2025-01-01 00:00  true
half     new   2026-01-30 00:00  false
over     dan   2025-01-01 00:00  false
over     eve   2025-01-01 00:00  false
user_activity:
account  user  day         n
half     ann   2026-01-20  3
half     bob   2025-12-01  9
over     dan   2026-01-02  1
over     eve   2026-01-20  1
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
account  state  share  low       high      seats  active  idle  over  invited  invited_active  invited_share  invited_low  invited_high  immature
half     paid   0.25   0.045587  0.699358  4      1       3     0     2        1               0.5            0.094531     0.905469      1
over     paid   1      0.206549  1         1      2       0     1     2        2               1              0.34238      1             0

## Example: unknown seats give no share, an account that left none either
accounts:
account
gone
free
vague
contract_state:
account  seats  ended_day
gone     ·      2026-01-01
vague    ·      ·
persons:
account  user  since_at          left
vague    ann   ·                 false
user_activity:
account  user  day         n
vague    ann   2026-01-20  3
people_known:
named  listed
true   false
with as_of=2026-02-01
becomes
account  state    share  low  high  seats  active  idle  over  invited  invited_active  invited_share  invited_low  invited_high  immature
free     free     ·      ·    ·     ·      0       ·     ·     ·        ·               ·              ·            ·             ·
gone     left     ·      ·    ·     ·      0       ·     ·     ·        ·               ·              ·            ·             ·
vague    unknown  ·      ·    ·     ·      1       ·     ·     ·        ·               ·              ·            ·             ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay
from saasmetrics.statistics import share, wilson


def seats(
    accounts: pl.LazyFrame, contract_state: pl.LazyFrame, persons: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame,
    clock: Clock, *, days: Days = 30, settle: Delay = 14,
) -> pl.LazyFrame:  # fmt: skip
    lately = user_activity.filter(pl.col("day") >= clock.day - days).select("account", "user").unique().with_columns(works=pl.lit(True))
    terms = contract_state.select("account", "seats", ended=pl.col("ended_day").is_not_null(), had=pl.lit(True))
    frame = accounts.select("account").join(terms, on="account", how="left").join(_people(persons, lately, clock, settle), on="account", how="left")
    known = frame.join(people_known, how="cross").with_columns(
        *[pl.when("named").then(pl.col(name).fill_null(0)).alias(name) for name in ("active", "invited_active")],
        *[pl.when("listed").then(pl.col(name).fill_null(0)).alias(name) for name in ("invited", "immature")],
    )
    used, paid, invited = pl.min_horizontal("active", "seats"), pl.col("seats"), pl.when("listed").then("invited_active")
    # without `named` min_horizontal would take the seats alone
    working = pl.when(pl.col("active").is_not_null() & paid.is_not_null()).then(used)
    low, high = wilson(working, paid)
    invited_low, invited_high = wilson(invited, pl.col("invited"))
    return known.with_columns(
        state=_state(), share=share(working, paid), low=low, high=high, idle=paid - working, over=(pl.col("active") - paid).clip(lower_bound=0),
        invited_active=invited, invited_share=share(invited, pl.col("invited")), invited_low=invited_low, invited_high=invited_high,
    )  # fmt: skip


def _people(persons: pl.LazyFrame, lately: pl.LazyFrame, clock: Clock, settle: int) -> pl.LazyFrame:
    """Each account's people: those at work, and those who have had the time to begin."""
    each = persons.join(lately, on=["account", "user"], how="left")
    works, stays = pl.col("works").fill_null(False), ~pl.col("left")
    settled = (pl.col("since_at") + settle * DAY <= clock.now).fill_null(True)
    return each.group_by("account").agg(
        active=works.sum().cast(pl.Int64), invited=(stays & settled).sum().cast(pl.Int64),
        invited_active=(stays & settled & works).sum().cast(pl.Int64), immature=(stays & ~settled).sum().cast(pl.Int64),
    )  # fmt: skip


def _state() -> pl.Expr:
    return (
        pl.when(pl.col("had").is_null()).then(pl.lit("free"))
        .when("ended").then(pl.lit("left"))
        .when(pl.col("seats").is_null()).then(pl.lit("unknown"))
        .otherwise(pl.lit("paid"))
    )  # fmt: skip
