"""How much of the activity ends in work? Signups, logins, views and tickets, as context only.

## Why
A line of logins that goes up looks like success. Beside it stands how many people logged in and got nothing done: if that
share goes up too, the line says nothing good.

## Columns
period           key    first day of the week or month
signups          count  accounts created, since the export begins; context only
active_accounts  count  accounts with any event of a person; context only
working          count  accounts with a core success
active_users     count  people with any event, each counted in every account; context only
events           count  all events; context only
logins           count  logins; empty: activity.logins is not declared
page_views       count  page views; empty: activity.page_views is not declared
logged_in        count  people with a login
without_success  count  of these, those without a success in any workflow in that period
share            share  without_success / logged_in; empty: nobody logged in, or no logins are declared
low              share  Wilson 95 % interval
high             share  Wilson 95 % interval
status           label  final; partial: the export begins within the period; provisional: it is not over, or ended less than late_after ago
tickets          count  tickets opened, since the export begins; context only; empty: there is no tickets table

## Limits
A login without a success is no failure: people look things up, too. The share is for comparing periods and segments, and
weeks are kinder to it than days. None of these numbers is a measure of value: fewer tickets may mean that fewer people work.

## Order
-period

## Better with
accounts  the signups that never did anything
users     which users are no people
tickets   the tickets opened

## Account by account
value.vanity

## Covers
T02 N18 N19 N20 F01

## Example: two log in, one gets something done; a bot's logins are events, and no person
accounts:
account  created_day  observed_from
a1       2026-01-06   2025-12-01
quiet    2025-12-31   2025-12-01
presence:
account  user  day         person  events  logins  page_views
a1       ann   2026-01-06  true    5       1       2
a1       ann   2026-01-07  true    5       1       2
a1       ben   2026-01-08  true    3       1       ·
a1       cem   2026-01-08  true    3       ·       1
a1       bot   2026-01-08  false   90      30      ·
user_activity:
account  user  workflow  day         core  n
a1       ann   invoices  2026-01-07  true  1
activity:
account  workflow  day         core  n
a1       invoices  2026-01-07  true  1
tickets:
account  opened_day
tickets_known:
ticketed
false
with as_of=2026-01-13
becomes
period      signups  active_accounts  working  active_users  events  logins  page_views  logged_in  without_success  share  low       high      status  tickets
2026-01-05  1        1                1        3             106     33      5           2          1                0.5    0.094531  0.905469  final   ·
2025-12-29  1        0                0        0             0       0       0           0          0                ·      ·         ·         final   ·

## Example: without declared logins nothing is claimed about them; a success in another week does not count
accounts:
account  created_day  observed_from
a1       2025-01-06   2025-12-01
presence:
account  user  day         person  events  logins  page_views
a1       ann   2026-01-06  true    5       ·       ·
user_activity:
account  user  workflow  day         core  n
a1       ann   invoices  2026-01-12  true  1
activity:
account  workflow  day         core  n
a1       invoices  2026-01-12  true  1
tickets:
account  opened_day
tickets_known:
ticketed
true
with as_of=2026-01-13
becomes
period      signups  active_accounts  working  active_users  events  logins  page_views  logged_in  without_success  share  low  high  status  tickets
2026-01-05  0        1                0        1             5       ·       ·           ·          ·                ·      ·    ·     final   0

## Example: a week of tickets alone is a week; tickets from before the export begins stand beside nothing
accounts:
account  created_day  observed_from
a1       2025-01-06   2025-12-01
presence:
account  user  day         person  events  logins  page_views
user_activity:
account  user  workflow  day         core  n
activity:
account  workflow  day         core  n
tickets:
account  opened_day
a1       2026-01-06
a1       2026-01-11
a1       2025-12-01
a1       2025-11-30
tickets_known:
ticketed
true
with as_of=2026-01-13
becomes
period      signups  active_accounts  working  active_users  events  logins  page_views  logged_in  without_success  share  low  high  status  tickets
2026-01-05  0        0                0        0             0       ·       ·           ·          ·                ·      ·    ·     final   2
2025-12-01  0        0                0        0             0       ·       ·           ·          ·                ·      ·    ·     final   1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.statistics import share, total, wilson

WHO, EVENTS = ["account", "user"], ["events", "logins", "page_views"]
COUNTS = ["signups", "active_accounts", "working", "active_users", "events", "logins", "page_views", "logged_in", "without_success"]
DECLARED = {"logins": "logins", "logged_in": "logins", "without_success": "logins", "page_views": "page_views"}


def vanity_periods(
    accounts: pl.LazyFrame, presence: pl.LazyFrame, user_activity: pl.LazyFrame, activity: pl.LazyFrame, tickets: pl.LazyFrame,
    tickets_known: pl.LazyFrame, clock: Clock, *,
    period: Literal["week", "month", "quarter"] = "week", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys, index = [*by, "index"], clock.index(pl.col("day"), period).cast(pl.Int64).alias("index")
    kept = accounts.select("account", *by)
    there = _there(presence, user_activity, index).join(kept, on="account").cache()
    working = activity.filter("core").select("account", index).unique().join(kept, on="account").group_by(keys).agg(working=pl.len())
    born, raised = (_dated(frame, accounts, clock, period, by) for frame in (accounts.select("account", day="created_day"), tickets.select("account", day="opened_day")))
    told = pl.concat([there.select(keys), born, raised]).unique()
    counts = (born.group_by(keys).agg(signups=pl.len()), raised.group_by(keys).agg(tickets=pl.len()))
    for more in (_sums(there, keys), *counts, working):
        told = told.join(more, on=keys, how="left", nulls_equal=True)
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    filled = told.with_columns(pl.when(pl.col(DECLARED.get(name, "index")).is_not_null().any()).then(pl.col(name).fill_null(0)) for name in COUNTS)
    low, high = wilson(pl.col("without_success"), pl.col("logged_in"))
    return filled.join(tickets_known, how="cross").with_columns(
        period=clock.start(pl.col("index"), period), share=share(pl.col("without_success"), pl.col("logged_in")), low=low, high=high,
        status=clock.standing(pl.col("index"), period, begins), tickets=pl.when("ticketed").then(pl.col("tickets").fill_null(0)),
    )  # fmt: skip


def _dated(found: pl.LazyFrame, accounts: pl.LazyFrame, clock: Clock, period: Period, by: Sequence[str]) -> pl.LazyFrame:
    """account, day → a row each with its period; what lies before the export has nothing to stand beside."""
    seen = found.join(accounts.select("account", "observed_from", *by), on="account").filter(pl.col("day") >= pl.col("observed_from"))
    return seen.select(*by, clock.index(pl.col("day"), period).cast(pl.Int64).alias("index"))


def _there(presence: pl.LazyFrame, done: pl.LazyFrame, index: pl.Expr) -> pl.LazyFrame:
    """Each account and period with any event; a user of two accounts is two."""
    both = pl.concat([presence.select(*WHO, index, "person", *EVENTS), done.select(*WHO, index, done=True)], how="diagonal")
    each = both.group_by(*WHO, "index").agg(pl.col("person", "done").max(), *(total(pl.col(name)).alias(name) for name in EVENTS))
    came, worked = pl.col("person") & (pl.col("logins") > 0), pl.col("done").fill_null(False)
    return each.filter(pl.col("person").is_not_null()).group_by("account", "index").agg(
        *(total(pl.col(name)).alias(name) for name in EVENTS), active_users=pl.col("person").sum(),
        logged_in=came.sum(), without_success=(came & ~worked).sum(),
    )  # fmt: skip


def _sums(there: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    counts = pl.col("active_users", "logged_in", "without_success").sum(), (pl.col("active_users") > 0).sum().alias("active_accounts")
    return there.group_by(keys).agg(*(total(pl.col(name)).alias(name) for name in EVENTS), *counts)
