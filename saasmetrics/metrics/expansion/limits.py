"""Which accounts are at a limit of their plan, or will be soon, and on which day?

## Why
Who is about to hit a limit is about to talk about the next plan, or to be stopped in the middle of their work. Better that
somebody calls before.

## Columns
account    key    the account
meter      key    what is limited: seats, a workflow or a rule
state      label  at limit: used ≥ limit; bound for it: at this pace it gets there, a flow before its period ends, a stock within horizon_days; close: used ≥ near × limit; far; unknown: the limit, the plan or the use is unknown; unlimited
hits_on    date   the day on which it gets there at this pace; empty: not in that time, or the pace is unknown
used       count  of a flow, in the running period so far; of seats, people who joined, or were seen at work, and have not left; empty: unknown
limit      count  what the plans at T allow together; empty: unknown, or unlimited
filled     number used / limit; 1: all of it
last_used  count  of a flow, in its last complete period; empty: a stock, or unknown
hit_last   flag   last_used ≥ limit; empty: unknown
pace       number of a flow, used a day in the 28 days before T; of seats, people more a day; empty: the account or the export is younger, or the users table has no dates
per        label  day, week, month, quarter: after it a flow begins again at 0; empty: a stock
plan       label  the plan or plans, those of modules too; empty: unknown
mrr        money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency   label  its currency

## Headline
filled

## Limits
An empty limit is unknown, not unlimited. The day is a straight line: (limit − used) / pace days after the last counted one,
rounded up; nothing is projected for a young account. What is used before a change of plan counts against the new limit. A limit
of 0 is reached by all. Accounts that no longer pay are left out. Events that say that somebody was stopped are in `expansion premium`.

## Needs
limits

## Better with
subscriptions  the plans and the money
users          the people who take seats

## Order
state hits_on -filled -mrr account meter

## Covers
Z06 Z09

## Example: on which day it gets there
limit_use:
account  meter     plan  limit  unlimited  kind   per    ends_day    used  last_used  pace
at       invoices  team  100    false      flow   month  2026-07-01  100   90         100
soon     invoices  team  100    false      flow   month  2026-07-01  80    100        56
late     invoices  team  100    false      flow   month  2026-07-01  80    60         28
few      invoices  team  100    false      flow   month  2026-07-01  10    60         28
full     seats     team  10     false      stock  ·      ·           9     ·          1
contract_state:
account  mrr     currency  ended_day
soon     100.00  EUR       ·
with as_of=2026-06-16
becomes
account  meter     state         hits_on     used  limit  filled  last_used  hit_last  pace      per    plan  mrr     currency
at       invoices  at limit      ·           100   100    1       90         false     3.571429  month  team  ·       ·
soon     invoices  bound for it  2026-06-25  80    100    0.8     100        true      2         month  team  100.00  EUR
full     seats     bound for it  2026-07-13  9     10     0.9     ·          ·         0.035714  ·      team  ·       ·
late     invoices  close         ·           80    100    0.8     60         false     1         month  team  ·       ·
few      invoices  far           ·           10    100    0.1     60         false     1         month  team  ·       ·

## Example: unknown is not unlimited, and no pace is no promise
limit_use:
account  meter     plan  limit  unlimited  kind   per    ends_day    used  last_used  pace
free     invoices  ent   ·      true       flow   month  2026-07-01  900   800        900
none     invoices  ·     ·      false      ·      ·      ·           ·     ·          ·
odd      invoices  team  ·      false      flow   month  2026-07-01  50    60         50
young    invoices  team  100    false      flow   month  2026-07-01  50    0          ·
gone     invoices  team  100    false      flow   month  2026-07-01  50    100        ·
contract_state:
account  mrr   currency  ended_day
gone     0.00  ·         2026-06-01
with as_of=2026-06-16
becomes
account  meter     state      hits_on  used  limit  filled  last_used  hit_last  pace       per    plan  mrr  currency
young    invoices  far        ·        50    100    0.5     0          false     ·          month  team  ·    ·
none     invoices  unknown    ·        ·     ·      ·       ·          ·         ·          ·      ·     ·    ·
odd      invoices  unknown    ·        50    ·      ·       60         ·         1.785714   month  team  ·    ·
free     invoices  unlimited  ·        900   ·      ·       800        ·         32.142857  month  ent   ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import TINY, Share, divided

PACED = 28  # days of which the pace tells


def limits(limit_use: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *, near: Share = 0.8, horizon_days: Days = 90) -> pl.LazyFrame:
    paid = contract_state.select("account", "mrr", "currency", "ended_day")
    stays = limit_use.join(paid, on="account", how="left").filter(pl.col("ended_day").is_null())
    used, limit, pace = pl.col("used"), pl.col("limit"), pl.col("pace")
    known = used.is_not_null() & limit.is_not_null()
    last = pl.when(pl.col("kind") == "flow").then(pl.col("ends_day") - 1).otherwise(clock.day + horizon_days - 1)
    on = clock.day - 1 + ((limit - used) * PACED + pace - 1).floordiv(pace)
    hits = pl.when(known & (used < limit) & (pace > 0) & (on <= last)).then(on)
    state = (
        pl.when(pl.col("unlimited")).then(pl.lit("unlimited")).when(~known).then(pl.lit("unknown"))
        .when(used >= limit).then(pl.lit("at limit")).when(pl.col("hits_on").is_not_null()).then(pl.lit("bound for it"))
        .when(used >= near * limit * (1 - TINY)).then(pl.lit("close")).otherwise(pl.lit("far"))
    )  # fmt: skip
    return stays.with_columns(hits_on=hits).with_columns(
        state=state, filled=pl.when(limit > 0).then(used / limit), hit_last=pl.col("last_used") >= limit, pace=divided(pace, PACED)
    )
