"""DAU/MAU and WAU/MAU: of the people of a window, how many work on a day and in a week of it?

## Why
The familiar ratios, for comparison with others. They suit products for every day; a payroll run once a month cannot score
here, however much it is worth. Engagement stickiness asks the better question.

## Columns
window   key     first day of the window
days     days    its length
mau      count   people with a success in the window; empty: the events name no users
dau      number  mean over its days of the people with a success that day
wau      number  mean over the weeks that lie wholly within it of the people with a success that week
dau_mau  share   dau / mau
wau_mau  share   wau / mau

## Headline
dau_mau

## Limits
Complete windows only, seen from their first day. `window: weeks` takes blocks of four whole weeks (28 days) up to the last complete
week; `window: month` takes calendar months, and the weeks that begin and end within them. Weekends count as days. A person
is counted once for each account.

## Order
-window

## Better with
users  which users are integrations

## Account by account
engagement.users

## Covers
H04 H05

## Example: one person every week, one once
accounts:
account  observed_from
a1       2025-12-08
user_activity:
account  user  day         n
a1       ann   2026-01-05  1
a1       ann   2026-01-12  9
a1       ann   2026-01-19  1
a1       ann   2026-01-26  1
a1       bob   2026-01-05  1
people_known:
named  listed
true   false
with as_of=2026-02-03
becomes
window      days  mau  dau       wau   dau_mau   wau_mau
2026-01-05  28    2    0.178571  1.25  0.089286  0.625
2025-12-08  28    0    0         0     ·         ·

## Example: a month that the export enters in its middle, or that runs, is no window
accounts:
account  observed_from
a1       2025-12-10
user_activity:
account  user  day         n
a1       ann   2025-12-20  1
a1       ann   2026-01-01  1
a1       ann   2026-01-31  1
a1       ann   2026-02-01  1
people_known:
named  listed
true   false
with as_of=2026-02-20 window=month
becomes
window      days  mau  dau       wau  dau_mau   wau_mau
2026-01-01  31    1    0.064516  0    0.064516  0
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share

WEEKS = 4
WHO = ["account", "user"]


def user_stickiness(
    accounts: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame, clock: Clock, *,
    window: Literal["weeks", "month"] = "weeks", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    spans, keys = _spans(accounts, clock, window), [*by, "index"]
    days = user_activity.select(*WHO, "day").unique()
    active = days.group_by(*WHO, index=_index(clock, window).cast(pl.Int64), week=clock.index(pl.col("day"), "week").cast(pl.Int64)).agg(days=pl.len())
    whole = pl.col("week").is_between("first_week", "last_week")
    each = active.join(spans.drop("days"), on="index").group_by(*WHO, "index").agg(pl.col("days").sum(), weeks=whole.sum())
    people = each.join(accounts.select("account", *by), on="account").group_by(keys).agg(
        mau=pl.len(), person_days=pl.col("days").sum(), person_weeks=pl.col("weeks").sum()
    )
    grid = spans.join(accounts.select(by).unique(), how="cross") if by else spans
    told = grid.join(people, on=keys, how="left", nulls_equal=True).join(people_known, how="cross")
    filled = told.with_columns(pl.when("named").then(pl.col(name).fill_null(0)).alias(name) for name in ("mau", "person_days", "person_weeks"))
    weeks = pl.col("last_week") - pl.col("first_week") + 1
    measured = filled.with_columns(window=pl.col("start").cast(pl.Int32).cast(pl.Date), dau=pl.col("person_days") / pl.col("days"), wau=share(pl.col("person_weeks"), weeks))
    return measured.with_columns(dau_mau=share(pl.col("dau"), pl.col("mau")), wau_mau=share(pl.col("wau"), pl.col("mau")))


def _index(clock: Clock, window: str) -> pl.Expr:
    """The number of the window in which a day lies."""
    if window == "month":
        return clock.index(pl.col("day"), "month")
    return (clock.index(pl.col("day"), "week") - clock.last_complete("week") - 1).floordiv(WEEKS)


def _spans(accounts: pl.LazyFrame, clock: Clock, window: str) -> pl.LazyFrame:
    """Every complete window: its first day, its days, and the first and last week that lie wholly within it."""
    seen = accounts.select(pl.col("observed_from").min().cast(pl.Int64)).collect().item()
    rows = []
    at = clock.last_complete("month") if window == "month" else -1
    while seen is not None and (span := _days(clock, window, at))[0] >= seen:
        start, end = span
        rows.append((at, start, end - start, clock.index_of(start - 1, "week") + 1, clock.index_of(end, "week") - 1))
        at -= 1
    return pl.LazyFrame(rows, schema=dict.fromkeys(("index", "start", "days", "first_week", "last_week"), pl.Int64), orient="row")


def _days(clock: Clock, window: str, at: int) -> tuple[int, int]:
    """First day of a window, and the first after it."""
    if window == "month":
        return clock.first_day(at, "month"), clock.first_day(at + 1, "month")
    week = clock.last_complete("week") + 1 + WEEKS * at
    return clock.first_day(week, "week"), clock.first_day(week + WEEKS, "week")
