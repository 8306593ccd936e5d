"""Which accounts look busy and get no value? Activity numbers, as context only.

## Why
Logins, views and hours say that somebody was there. An account can keep all of them up while the product stays optional:
nobody does the work that it is bought for, or only one person does. Such an account leaves without a drop in usage.

## Columns
account          key     the account
optional         flag    people are there in at least `active` of the last complete weeks, while the core work is irregular or rests on one of several people; empty: the events name no users
reason           label   irregular: beyond doubt (Wilson) fewer than `consistent` of the periods hold core work, or it never did any; one person: they do, but it rests on one of several: fewer than `effective` effective users
why              text    the numbers behind the flag
active_weeks     count   of the last 12 complete weeks (weeks), those with any event of a person
users            count   people with any event, work or not, in these weeks; empty: the events name no users
events           count   all events in these weeks, duplicates taken off, those of service users too
logins           count   logins; empty: activity.logins is not declared
page_views       count   page views; empty: activity.page_views is not declared
minutes          count   time in the product: sessions of people, a new one after 30 quiet minutes (activity.gap), each cut at 8 hours (activity.longest)
feature_uses     count   uses of declared features; empty: none is declared
success_rate     share   successes / (successes + failures) of the core work, beside the uses: much use may be much confusion
consistency      share   of the last complete periods, those with a success, in the most regular core workflow; 0: it never did any; empty: too young
effective_users  number  (Σ n)² / Σ n² over the people's core successes in the trailing days (value.trailing, 84); empty: too few
mrr              money   monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency         label   its currency

## Limits
None of these activity numbers is a measure of value, and none goes into any score: they only say how far being there and
getting something done lie apart. A session has the length from its first to its last event; a single event has none. A
company in which only one person is there cannot spread the work, and is not called optional for that. Accounts that no
longer pay are left out.

Where the export holds no event before T, nothing is said of events.

## Order
-optional reason -events account

## Better with
users          which users are no people
subscriptions  the money at stake, and who has left

## Covers
V07 V08 V09 V10 V11 D01

## Example: always there, hardly anything done
presence:
account  user  day         person  events  logins  page_views  feature_uses  sessions  seconds
busy     ann   2026-01-05  true    40      5       30          2             4         7200
busy     ben   2026-01-12  true    40      4       30          ·             4         600
busy     bot   2026-01-12  false   500     ·       ·           ·             9         86400
works    cem   2026-01-06  true    9       1       2           ·             1         300
works    cem   2026-01-19  true    9       1       2           ·             1         300
standing:
account  workflow  core  cadence  state      main
busy     invoices  true  week     irregular  true
works    invoices  true  week     steady     true
consistency:
account  workflow  periods  hit  n   failures
busy     invoices  12       2    2   6
works    invoices  12       11   20  ·
spread:
account  people  people_n  squares
busy     1       2         4
works    1       20        400
snapshot:
account  ended_day  mrr     currency
busy     ·          900.00  EUR
works    ·          100.00  EUR
with as_of=2026-01-20 weeks=2 active=2
becomes
account  optional  reason     why                                                             active_weeks  users  events  logins  page_views  minutes  feature_uses  success_rate  consistency  effective_users  mrr     currency
busy     true      irregular  2 people there in 2 of 2 weeks; invoices done in 2 of 12 weeks  2             2      580     9       60          130      2             0.25          0.166667     ·                900.00  EUR
works    false     ·          ·                                                               1             1      9       1       2           5        0             ·             0.916667     1                100.00  EUR

## Example: regular, but one of three does it all; without users nobody can tell
presence:
account  user  day         person  events  logins  page_views  feature_uses  sessions  seconds
one      ann   2026-01-05  true    4       ·       ·           ·             1         600
one      ben   2026-01-12  true    4       ·       ·           ·             1         600
one      cem   2026-01-12  true    4       ·       ·           ·             1         600
nobody   ·     2026-01-12  false   4       ·       ·           ·             0         0
never    dan   2026-01-05  true    4       ·       ·           ·             1         600
never    dan   2026-01-12  true    4       ·       ·           ·             1         600
standing:
account  workflow  core  cadence  state      main
one      invoices  true  week     steady     true
nobody   invoices  true  week     irregular  true
never    invoices  true  month    never      true
consistency:
account  workflow  periods  hit  n   failures
one      invoices  12       12   20  ·
nobody   invoices  12       1    1   ·
never    invoices  0        0    0   ·
spread:
account  people  people_n  squares
one      2       20        362
nobody   ·       ·         ·
never    0       0         0
snapshot:
account  ended_day  mrr  currency
one      ·          ·    ·
nobody   ·          ·    ·
never    ·          ·    ·
with as_of=2026-01-20 weeks=2 active=2
becomes
account  optional  reason      why                                                                    active_weeks  users  events  logins  page_views  minutes  feature_uses  success_rate  consistency  effective_users  mrr  currency
never    true      irregular   1 person there in 2 of 2 weeks; invoices never done                    2             1      8       ·       ·           20       ·             ·             0            ·                ·    ·
one      true      one person  3 people there in 2 of 2 weeks; the work rests on 1.1 effective users  2             3      12      ·       ·           30       ·             ·             1            1.104972         ·    ·
nobody   ·         ·           ·                                                                      ·             ·      4       ·       ·           ·        ·             ·             0.083333     ·                ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.sentences import counted, sentence
from saasmetrics.statistics import Share, share, wilson

TINY = 1e-9
FEW = 5  # successes by people below which nothing is said about their spread
COUNTS = ("events", "logins", "page_views", "feature_uses")


def vanity(
    presence: pl.LazyFrame, standing: pl.LazyFrame, consistency: pl.LazyFrame, spread: pl.LazyFrame, snapshot: pl.LazyFrame, clock: Clock, *,
    weeks: int = 12, active: int = 8, consistent: Share = 0.75, effective: float = 2.0,
) -> pl.LazyFrame:  # fmt: skip
    told = snapshot.filter(pl.col("ended_day").is_null()).select("account", "mrr", "currency")
    for more in (spread.select("account", "people", "people_n", "squares"), _there(presence, clock, weeks), _best(standing, consistency)):
        told = told.join(more, on="account", how="left")
    named = pl.col("people").is_not_null()
    said = presence.select((pl.col(name).is_not_null().any()).alias(f"{name}_said") for name in COUNTS)
    counted = told.join(said, how="cross").with_columns(
        *[pl.when(f"{name}_said").then(pl.col(name).fill_null(0)).alias(name) for name in COUNTS],
        *[pl.when(named).then(pl.col(name).fill_null(0)) for name in ("users", "active_weeks", "minutes")],
        effective_users=pl.when(pl.col("people_n") >= FEW).then(pl.col("people_n") ** 2 / pl.col("squares")),
    )
    busy = pl.col("active_weeks") >= active
    seldom = wilson(pl.col("hit"), pl.col("periods"))[1] < consistent - TINY
    irregular = (pl.col("consistency").is_not_null() & ((pl.col("periods") == 0) | seldom)).fill_null(False)
    alone = ((pl.col("effective_users") < effective - TINY) & (pl.col("users") > 1)).fill_null(False)
    optional = pl.when(named).then(busy & (irregular | alone))
    flagged = pl.when(optional.fill_null(False))
    reason = pl.when(irregular).then(pl.lit("irregular")).otherwise(pl.lit("one person"))
    return counted.with_columns(optional=optional, reason=flagged.then(reason), why=flagged.then(_why(irregular, alone, weeks)))


def _there(presence: pl.LazyFrame, clock: Clock, weeks: int) -> pl.LazyFrame:
    """What each account's people looked at in the last complete weeks."""
    last, week = clock.last_complete("week"), clock.index(pl.col("day"), "week")
    lately = presence.with_columns(week=week).filter(pl.col("week").is_between(last - weeks + 1, last))
    person = pl.col("person")
    return lately.group_by("account").agg(
        pl.col(COUNTS).sum(), active_weeks=pl.col("week").filter(person).n_unique().cast(pl.Int64), users=pl.col("user").filter(person).n_unique().cast(pl.Int64),
        minutes=pl.when(person).then("seconds").sum().floordiv(60),
    )  # fmt: skip


def _best(standing: pl.LazyFrame, consistency: pl.LazyFrame) -> pl.LazyFrame:
    """The main job of each account, how regularly it is done, and how often core work succeeds."""
    core = standing.filter("core").join(consistency, on=["account", "workflow"])
    told = pl.col("n").filter(pl.col("failures").is_not_null())
    success = core.group_by("account").agg(success_rate=share(told.sum(), told.sum() + pl.col("failures").sum()))
    regular = pl.when(pl.col("state") == "never").then(0.0).when(~pl.col("state").is_in(["too young", "unknown"])).then(pl.col("hit") / pl.col("periods"))
    main = core.filter("main").select("account", "workflow", "cadence", "hit", "periods", consistency=regular)
    return main.join(success, on="account")


def _why(irregular: pl.Expr, alone: pl.Expr, weeks: int) -> pl.Expr:
    people = pl.when(pl.col("users") == 1).then(pl.lit("person")).otherwise(pl.lit("people"))
    there = sentence("{} {} there in {} of {} weeks", "users", people, "active_weeks", pl.lit(weeks))
    period = pl.when(pl.col("cadence") == "day").then(pl.lit("working day")).otherwise("cadence")
    seldom = sentence("{} done in {} of {}", "workflow", "hit", counted("periods", period))
    done = pl.when(pl.col("periods") > 0).then(seldom).otherwise(sentence("{} never done", "workflow"))
    tenths = (pl.col("effective_users") * 10).floor().cast(pl.Int64)
    held = sentence("the work rests on {}.{} effective users", tenths.floordiv(10), tenths % 10)
    return pl.concat_str([there, pl.when(irregular).then(done), pl.when(alone).then(held)], separator="; ", ignore_nulls=True)
