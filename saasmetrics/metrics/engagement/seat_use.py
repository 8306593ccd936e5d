"""Of all paid seats, what share does real work, and in how many accounts does it look how?

## Why
One number for the whole base, Σ working / Σ paid, hides accounts that pay for forty seats and use two. The bands show how
many accounts stand where; engagement seats names them.

## Columns
position  key    order of the bands
band      label  share of the account's paid seats with real work: all (every account together), none, below 25 %, below 50 %, below 75 %, 75 % or more
accounts  count  paying accounts in the band whose seats are known; empty: the events name no users
seats     count  their paid seats
working   count  of these, seats with real work: people with a success in the last `days` days, at most as many as an account pays for
idle      count  seats − working
share     share  working / seats
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
unknown   count  paying accounts whose seats are not known: in no band

## Limits
People beyond an account's seats do not make up for idle seats elsewhere. A success in any workflow is real work; service users
need no seat.

## Picture
bars share

## Needs
subscriptions

## Better with
users  which users are integrations

## Account by account
engagement.seats

## Covers

## Example: seats are pooled, accounts are not averaged
accounts:
account
big
small
vague
contract_state:
account  seats  ended_day
big      90     ·
small    1      ·
vague    ·      ·
user_activity:
account  user  day
big      ann   2026-01-20
small    bob   2026-01-20
small    cy    2026-01-20
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
position  band          accounts  seats  working  idle  share     low       high      unknown
0         all           2         91     2        89    0.021978  0.006048  0.076632  1
1         none          0         0      0        0     ·         ·         ·         0
2         below 25 %    1         90     1        89    0.011111  0.001964  0.060284  0
3         below 50 %    0         0      0        0     ·         ·         ·         0
4         below 75 %    0         0      0        0     ·         ·         ·         0
5         75 % or more  1         1      1        0     1         0.206549  1         0

## Example: people without names leave everything unknown, an account that left has no seats
accounts:
account
a1
gone
contract_state:
account  seats  ended_day
a1       4      ·
gone     ·      2026-01-01
user_activity:
account  user  day
people_known:
named  listed
false  true
with as_of=2026-02-01
becomes
position  band          accounts  seats  working  idle  share  low  high  unknown
0         all           ·         ·      ·        ·     ·      ·    ·     ·
1         none          ·         ·      ·        ·     ·      ·    ·     ·
2         below 25 %    ·         ·      ·        ·     ·      ·    ·     ·
3         below 50 %    ·         ·      ·        ·     ·      ·    ·     ·
4         below 75 %    ·         ·      ·        ·     ·      ·    ·     ·
5         75 % or more  ·         ·      ·        ·     ·      ·    ·     ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson

BANDS = ["all", "none", "below 25 %", "below 50 %", "below 75 %", "75 % or more"]
COUNTS = ["accounts", "seats", "working", "unknown"]


def seat_use(
    accounts: pl.LazyFrame, contract_state: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame, clock: Clock, *,
    days: Days = 30, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    active = user_activity.filter(pl.col("day") >= clock.day - days).group_by("account").agg(active=pl.col("user").n_unique().cast(pl.Int64))
    paid = contract_state.filter(pl.col("ended_day").is_null()).select("account", "seats").join(accounts.select("account", *by), on="account")
    each = paid.join(active, on="account", how="left").with_columns(working=pl.min_horizontal(pl.col("active").fill_null(0), "seats"))
    placed = pl.concat([each.with_columns(position=pl.lit(0)), each.with_columns(position=_band())], how="vertical_relaxed")
    known = pl.col("seats") > 0
    sums = placed.group_by(*by, "position").agg(
        accounts=known.sum().cast(pl.Int64), seats=pl.col("seats").sum(), working=pl.col("working").filter(known).sum(),
        unknown=(~known.fill_null(False)).sum().cast(pl.Int64),
    )  # fmt: skip
    told = _grid(accounts, by).join(sums, on=[*by, "position"], how="left", nulls_equal=True).join(people_known, how="cross")
    filled = told.with_columns(pl.when("named").then(pl.col(name).fill_null(0)).alias(name) for name in COUNTS)
    k, n = pl.col("working"), pl.col("seats")
    low, high = wilson(k, n)
    return filled.with_columns(idle=n - k, share=share(k, n), low=low, high=high)


def _band() -> pl.Expr:
    """1 to 5; null where the seats are not known."""
    quarters = (4 * pl.col("working")).floordiv(pl.col("seats"))
    placed = pl.when(pl.col("working") == 0).then(1).otherwise(quarters.clip(0, 3) + 2)
    return pl.when(pl.col("seats") > 0).then(placed)


def _grid(accounts: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Every band, for every segment."""
    rows = pl.LazyFrame({"position": list(range(len(BANDS))), "band": BANDS}, schema={"position": pl.Int64, "band": pl.String})
    return accounts.select(by).unique().join(rows, how="cross") if by else rows
