"""Of those active in one period, how many are not in the next: accounts first, people beside them?

## Why
The account pays, so its loss counts. The people's rate is nearly always higher, for people change jobs and tasks; how many of the
lost people leave a working account behind says how little the people's rate means for revenue.

## Columns
period           key    first day of the period in which they are missing
accounts_before  count  accounts with a core success in the period before
accounts_lost    count  of these, those without one in this period
account_rate     share  accounts_lost / accounts_before
account_low      share  Wilson 95 % interval
account_high     share  Wilson 95 % interval
people_before    count  people with a core success in the period before; empty: the events name no users
people_lost      count  of these, those without one in this period
people_rate      share  people_lost / people_before
people_low       share  Wilson 95 % interval
people_high      share  Wilson 95 % interval
lost_alone       count  of the people lost, those whose account is still active
diverges         flag   the two rates differ beyond doubt: their intervals do not overlap
status           label  final; partial: the export begins within the period before; insufficient: fewer than min_base accounts before

## Limits
Complete periods only. Losing a period is no contract lost: retention logos counts those. Somebody who works for two accounts
is a person in each. The measure is the same at both grains: a success in a core workflow; accounts also through service users.

## Order
-period

## Better with
users  which users are integrations

## Account by account
engagement.users

## Covers
C14 Y11

## Example: two people stop, the account does not
accounts:
account  observed_from
a1       2025-01-01
activity:
account  day         core  n
a1       2025-12-05  true  3
a1       2026-01-05  true  1
user_activity:
account  user  day         core  n
a1       ann   2025-12-05  true  1
a1       bob   2025-12-05  true  1
a1       cy    2025-12-05  true  1
a1       ann   2026-01-05  true  1
people_known:
named  listed
true   true
with as_of=2026-02-10
becomes
period      accounts_before  accounts_lost  account_rate  account_low  account_high  people_before  people_lost  people_rate  people_low  people_high  lost_alone  diverges  status
2026-01-01  1                0              0             0            0.793451      3              2            0.666667     0.20766     0.938508     2           false     insufficient

## Example: the running month loses nobody, and people without names are unknown
accounts:
account  observed_from
a1       2025-01-01
activity:
account  day         core  n
a1       2025-12-05  true  3
a1       2026-01-05  true  3
user_activity:
account  user  day  core  n
people_known:
named  listed
false  false
with as_of=2026-02-10 min_base=1
becomes
period      accounts_before  accounts_lost  account_rate  account_low  account_high  people_before  people_lost  people_rate  people_low  people_high  lost_alone  diverges  status
2026-01-01  1                0              0             0            0.793451      ·              ·            ·            ·           ·            ·           ·         final

## Example: of the month in which the export begins nobody knows all who were active
accounts:
account  observed_from
a1       2025-12-02
activity:
account  day         core  n
a1       2025-12-05  true  3
a1       2026-01-05  true  3
user_activity:
account  user  day  core  n
people_known:
named  listed
false  false
with as_of=2026-03-10 min_base=1
becomes
period      accounts_before  accounts_lost  account_rate  account_low  account_high  people_before  people_lost  people_rate  people_low  people_high  lost_alone  diverges  status
2026-02-01  1                1              1             0.206549     1             ·              ·            ·            ·           ·            ·           ·         final
2026-01-01  1                0              0             0            0.793451      ·              ·            ·            ·           ·            ·           ·         partial
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.statistics import share, wilson

PEOPLE = ("people_before", "people_lost", "lost_alone")


def user_churn(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "month", min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    index = clock.index(pl.col("day"), period).cast(pl.Int64)
    kept = accounts.select("account", *by)
    here = activity.filter("core").select("account", index=index).unique().join(kept, on="account").cache()
    people = user_activity.filter("core").select("account", "user", index=index).unique().join(kept, on="account").cache()
    pairs = _pairs(people, ["account", "user"]).cache()
    counted = _lost(_pairs(here, ["account"]), "accounts", by).join(_lost(pairs, "people", by), on=[*by, "index"], how="left", nulls_equal=True)
    told = counted.join(_alone(pairs, here, by), on=[*by, "index"], how="left", nulls_equal=True).join(people_known, how="cross")
    over = told.filter(pl.col("index") <= clock.last_complete(period))
    known = over.with_columns(pl.when("named").then(pl.col(name).fill_null(0)).alias(name) for name in PEOPLE)
    rated = known.with_columns(*_rate("account", "accounts"), *_rate("people", "people"), period=clock.start(pl.col("index"), period))
    apart = (pl.col("account_high") < pl.col("people_low")) | (pl.col("people_high") < pl.col("account_low"))
    return rated.with_columns(diverges=apart, status=_status(accounts, clock, period, min_base))


def _status(accounts: pl.LazyFrame, clock: Clock, period: Period, min_base: int) -> pl.Expr:
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    return pl.when(pl.col("accounts_before") < min_base).then(pl.lit("insufficient")).otherwise(clock.standing(pl.col("index") - 1, period, begins))


def _pairs(active: pl.LazyFrame, unit: Sequence[str]) -> pl.LazyFrame:
    """Everybody active in the period before `index`, and whether they still are."""
    still = active.select(*unit, "index", still=pl.lit(True))
    return active.with_columns(pl.col("index") + 1).join(still, on=[*unit, "index"], how="left").with_columns(pl.col("still").fill_null(False))


def _lost(pairs: pl.LazyFrame, name: str, by: Sequence[str]) -> pl.LazyFrame:
    gone = (~pl.col("still")).sum().cast(pl.Int64)
    return pairs.group_by(*by, "index").agg(pl.len().cast(pl.Int64).alias(f"{name}_before"), gone.alias(f"{name}_lost"))


def _alone(pairs: pl.LazyFrame, here: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """The people lost whose account goes on."""
    lost = pairs.filter(~pl.col("still")).join(here.select("account", "index"), on=["account", "index"], how="semi")
    return lost.group_by(*by, "index").agg(lost_alone=pl.len().cast(pl.Int64))


def _rate(name: str, counts: str) -> list[pl.Expr]:
    k, n = pl.col(f"{counts}_lost"), pl.col(f"{counts}_before")
    low, high = wilson(k, n)
    return [share(k, n).alias(f"{name}_rate"), low.alias(f"{name}_low"), high.alias(f"{name}_high")]
