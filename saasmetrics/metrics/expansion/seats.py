"""Where do seats grow: paid for, worked in, and invited?

## Why
Seats that are worked in grow before seats that are paid for. An account whose invitations are accepted and whose people work
is the next to buy seats; one that pays for more and works no more is the next to give them back.

## Columns
account        key    the account
paid           count  paid seats at T, those of modules and usage apart; empty: unknown
paid_before    count  paid seats seat_days before T; empty: unknown, or it did not pay then
added          number paid − paid_before; empty: one of them is unknown
active         count  people with a core success in the 28 days before T; empty: the events name no users
active_before  count  the same seat_days earlier; empty: the export does not cover these days
grown          number active − active_before
sent           count  people invited within seat_days, at least settle_days before T
accepted       count  of these, those who have joined, or were seen at work, by T
rate           share  accepted / sent
low            share  Wilson 95 % interval
high           share  Wilson 95 % interval
immature       count  people invited since: not counted in `sent`
new_roles      text   roles of the people active now that none of those active before has; empty: none, or unknown
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency

## Limits
Invitations of people who were deactivated since count as accepted when they had joined. What is invited but not dated is not
seen. Whether the paid seats are used is in `engagement seats`. Accounts that no longer pay are left out.

## Needs
subscriptions

## Better with
users  invitations and roles

## Order
-grown -added -mrr account

## Covers
E01 Z02

## Example: paid and active seats of now and of then
accounts:
account  observed_from
more     2025-01-01
less     2025-01-01
contracts:
account  start  end    kind       mrr    seats
more     20089  20574  recurring  60.00  5
more     20089  ·      module     10.00  5
more     20574  ·      recurring  80.00  8
less     20089  20574  recurring  0.00   4
less     20574  ·      recurring  40.00  4
people_known:
named
true
user_activity:
account  user  day         core  n
more     ann   2026-02-20  true  1
more     ann   2026-05-20  true  1
more     bob   2026-05-21  true  2
less     cy    2026-02-20  true  1
persons:
account  user  role     invited_at        joined
more     ann   finance  2025-01-01 00:00  true
more     bob   sales    2026-05-01 00:00  true
more     dan   sales    2026-05-02 00:00  false
more     eve   sales    2026-05-30 00:00  false
contract_state:
account  mrr    currency  seats  ended_day
more     90.00  EUR       8      ·
less     40.00  EUR       4      ·
with as_of=2026-06-01
becomes
account  paid  paid_before  added  active  active_before  grown  sent  accepted  rate  low       high      immature  new_roles  mrr    currency
more     8     5            3      2       1              1      2     1         0.5   0.094531  0.905469  1         sales      90.00  EUR
less     4     ·            ·      0       1              -1     0     0         ·     ·         ·         0         ·          40.00  EUR

## Example: days that the export does not cover are not days without people
accounts:
account  observed_from
a1       2026-03-01
contracts:
account  start  end  kind       mrr    seats
a1       20089  ·    recurring  90.00  ·
people_known:
named
true
user_activity:
account  user  day         core  n
a1       ann   2026-05-20  true  1
persons:
account  user  role  invited_at  joined
a1       ann   ·     ·           true
contract_state:
account  mrr    currency  seats  ended_day
a1       90.00  EUR       ·      ·
with as_of=2026-06-01
becomes
account  paid  paid_before  added  active  active_before  grown  sent  accepted  rate  low  high  immature  new_roles  mrr    currency
a1       ·     ·            ·      1       ·              ·      0     0         ·     ·    ·     0         ·          90.00  EUR
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import share, wilson

ACTIVE = 28


def seats(
    accounts: pl.LazyFrame, contracts: pl.LazyFrame, user_activity: pl.LazyFrame, persons: pl.LazyFrame, people_known: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *,
    seat_days: Days = 90, settle_days: Days = 14,
) -> pl.LazyFrame:  # fmt: skip
    paid = contract_state.select("account", "mrr", "currency", "ended_day", paid="seats")
    told = accounts.select("account", "observed_from").join(paid, on="account", how="left").filter(pl.col("ended_day").is_null()).join(people_known, how="cross")
    then = clock.day - seat_days
    for part in (_paid(contracts, then), _active(user_activity.filter("core"), persons, clock, seat_days), _invited(persons, clock, seat_days, settle_days)):
        told = told.join(part, on="account", how="left")
    seen = pl.col("named") & (pl.col("observed_from") <= then - ACTIVE)
    filled = told.with_columns(pl.col("active", "active_before", "sent", "accepted", "immature").fill_null(0)).with_columns(
        active=pl.when("named").then("active"), active_before=pl.when(seen).then("active_before"),
        new_roles=pl.when(seen & (pl.col("new_roles") != "")).then("new_roles"),
    )
    k, n = pl.col("accepted"), pl.col("sent")
    low, high = wilson(k, n)
    return filled.with_columns(added=pl.col("paid") - pl.col("paid_before"), grown=pl.col("active") - pl.col("active_before"), rate=share(k, n), low=low, high=high)


def _paid(contracts: pl.LazyFrame, then: int) -> pl.LazyFrame:
    """The seats of all subscriptions but modules and usage that ran on the day before `then`, as `contract_state` counts those of T."""
    ran = contracts.filter((pl.col("start") < then) & (pl.col("end").is_null() | (pl.col("end") >= then)))
    seats = pl.col("seats").filter(pl.col("kind") == "recurring")
    said = seats.is_not_null().all() & (seats.len() > 0) & (pl.col("mrr").sum() > 0)
    return ran.group_by("account").agg(paid_before=pl.when(said).then(seats.sum()))


def _active(work: pl.LazyFrame, persons: pl.LazyFrame, clock: Clock, seat_days: int) -> pl.LazyFrame:
    """Different people in both windows, and the roles that only the later ones have."""
    age = clock.day - pl.col("day")
    dated = work.with_columns(now=age <= ACTIVE, then=(age > seat_days) & (age <= seat_days + ACTIVE)).filter(pl.col("now") | pl.col("then"))
    each = dated.group_by("account", "user").agg(pl.col("now", "then").any()).join(persons.select("account", "user", "role"), on=["account", "user"], how="left")
    roles = each.filter(pl.col("role").is_not_null()).group_by("account", "role").agg(new=pl.col("now").any() & ~pl.col("then").any())
    new = roles.filter("new").group_by("account").agg(new_roles=pl.col("role").sort().str.join(", "))
    counts = each.group_by("account").agg(active=pl.col("now").sum().cast(pl.Int64), active_before=pl.col("then").sum().cast(pl.Int64))
    return counts.join(new, on="account", how="left")


def _invited(persons: pl.LazyFrame, clock: Clock, seat_days: int, settle_days: int) -> pl.LazyFrame:
    since = pl.col("invited_at") >= clock.now - seat_days * DAY
    old = pl.col("invited_at") <= clock.now - settle_days * DAY
    asked = persons.filter(since)
    return asked.group_by("account").agg(
        sent=old.sum().cast(pl.Int64), accepted=(old & pl.col("joined")).sum().cast(pl.Int64), immature=(~old).sum().cast(pl.Int64)
    )
