"""What do customers ask help with, whom does it touch, and does it come back?

## Why
A hundred tickets about one thing are one thing to mend. What comes back within days was not solved, only answered.

## Columns
kind         key    all: any ticket; category: tickets of one; uncategorised: tickets that name none
category     key    as the tickets spell it; empty: all of them, or none named
accounts     count  accounts that opened such a ticket in the friction_days before T
mrr          money  what these accounts pay a month at T, each once; empty: unknown, or in several currencies
currency     label  its currency
tickets      count  such tickets
share        share  tickets / all tickets
low          share  Wilson 95 % interval
high         share  Wilson 95 % interval
before       count  such tickets in the friction_days before these
blocking     count  of the tickets, those that stopped the work; empty: none of them says whether it did
open         count  of the tickets, those not solved at T; empty: no ticket of the last two times friction_days says when it was solved
repeated     count  of the judged, those after which the same account opened another one of the same category within repeat_days
judged       count  of the tickets, those with a category opened so long before T that repeat_days are over, late ones included
immature     count  those of them whose repeat_days are not over: not counted, not taken as solved
repeat_rate  share  repeated / judged
repeat_low   share  Wilson 95 % interval
repeat_high  share  Wilson 95 % interval
status       label  final; insufficient: fewer than min_base tickets

## Limits
Within repeat_days means: on the day itself or on one of so many local days after it, solved in the meantime or not. The days are
over when their last one is settled (late_after). What is uncategorised cannot be seen to come back. Money touched is not money
at risk. Tickets are bunched in accounts, which makes the true intervals wider. An account may stand in several categories.
There is a row for each category of a ticket of the last two times friction_days; with --by in every segment. In `mrr` an account
whose contract has ended pays 0; those that never paid are left out of it.

## Needs
tickets

## Better with
subscriptions  the money touched
accounts       the segments to split by

## Order
kind -accounts -tickets category

## Picture
bars share

## Account by account
friction.accounts

## Covers
F08

## Example: the same again in the same account comes back, in another account it does not
accounts:
account
a1
a2
repeats:
account  opened_day  category  blocking  resolved_at       next_day
a1       2026-05-01  bug       true      2026-05-02 00:00  2026-05-15
a1       2026-05-15  bug       false     ·                 ·
a2       2026-05-15  bug       false     2026-05-16 00:00  2026-05-30
a2       2026-05-30  bug       false     ·                 ·
a2       2026-05-10  ·         ·         ·                 ·
a2       2026-02-10  bug       ·         ·                 2026-05-15
contract_state:
account  mrr     currency
a1       100.00  EUR
a2       50.00   EUR
with as_of=2026-06-01 min_base=2 repeat_days=14
becomes
kind           category  accounts  mrr     currency  tickets  share  low       high      before  blocking  open  repeated  judged  immature  repeat_rate  repeat_low  repeat_high  status
all            ·         2         150.00  EUR       5        1      0.565518  1         1       1         3     1         3       1         0.333333     0.061492    0.79234      final
category       bug       2         150.00  EUR       4        0.8    0.375535  0.963776  1       1         2     1         3       1         0.333333     0.061492    0.79234      final
uncategorised  ·         1         50.00   EUR       1        0.2    0.036224  0.624465  0       ·         1     0         0       0         ·            ·           ·            insufficient

## Example: money in two currencies is not added, and what is not said is not none
accounts:
account
a1
a2
repeats:
account  opened_day  category  blocking  resolved_at  next_day
a1       2026-05-01  billing   ·         ·            ·
a2       2026-05-01  billing   ·         ·            ·
contract_state:
account  mrr     currency
a1       100.00  EUR
a2       50.00   USD
with as_of=2026-06-01
becomes
kind      category  accounts  mrr  currency  tickets  share  low      high  before  blocking  open  repeated  judged  immature  repeat_rate  repeat_low  repeat_high  status
all       ·         2         ·    ·         2        1      0.34238  1     0       ·         ·     0         2       0         0            0           0.65762      insufficient
category  billing   2         ·    ·         2        1      0.34238  1     0       ·         ·     0         2       0         0            0           0.65762      insufficient

## Example: beside an account of several currencies one that left pays no sum
accounts:
account
a1
a2
repeats:
account  opened_day  category  blocking  resolved_at  next_day
a1       2026-05-01  billing   ·         ·            ·
a2       2026-05-01  billing   ·         ·            ·
contract_state:
account  mrr     currency
a1       ·       several
a2       0.00    ·
with as_of=2026-06-01
becomes
kind      category  accounts  mrr  currency  tickets  share  low      high  before  blocking  open  repeated  judged  immature  repeat_rate  repeat_low  repeat_high  status
all       ·         2         ·    ·         2        1      0.34238  1     0       ·         ·     0         2       0         0            0           0.65762      insufficient
category  billing   2         ·    ·         2        1      0.34238  1     0       ·         ·     0         2       0         0            0           0.65762      insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days, Delay
from saasmetrics.statistics import share, wilson

WHAT = ["kind", "category"]
COUNTS = ["accounts", "tickets", "before", "repeated", "judged", "immature"]


def issues(
    accounts: pl.LazyFrame, repeats: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *,
    friction_days: Days = 90, repeat_days: Delay = 14, min_base: int = 20, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    told = _told(repeats.join(accounts.select("account", *by), on="account").filter(pl.col("opened_day") >= clock.day - 2 * friction_days))
    recent, keys = told.filter(pl.col("opened_day") >= clock.day - friction_days), [*by, *WHAT]
    every = pl.concat([pl.LazyFrame({"kind": ["all"], "category": [None]}, schema=dict.fromkeys(WHAT, pl.String)), told.select(WHAT)]).unique()
    full = every.join(accounts.select(by).unique(), how="cross") if by else every
    before = told.filter(pl.col("opened_day") < clock.day - friction_days).group_by(keys).agg(before=pl.len().cast(pl.Int64))
    for part in (_counted(recent, keys, clock.settled - repeat_days, repeat_days), _money(recent, contract_state, keys), before):
        full = full.join(part, on=keys, how="left", nulls_equal=True)
    dated = full.join(told.select(dated=pl.col("resolved_at").is_not_null().any()), how="cross")
    filled = dated.with_columns(pl.col(COUNTS).fill_null(0), open=pl.when("dated").then(pl.col("open").fill_null(0)))
    k, n = pl.col("tickets"), pl.col("tickets").filter(pl.col("kind") == "all").sum()
    whole = n.over(by) if by else n
    return filled.with_columns(whole=whole).with_columns(*_rates(k, min_base))


def _told(near: pl.LazyFrame) -> pl.LazyFrame:
    """Every ticket once as one of all and once under its category."""
    named = pl.when(pl.col("category").is_null()).then(pl.lit("uncategorised")).otherwise(pl.lit("category"))
    one = near.with_columns(again=pl.col("category"))
    return pl.concat([one.with_columns(kind=pl.lit("all"), category=pl.lit(None, pl.String)), one.with_columns(kind=named)], how="vertical_relaxed")


def _counted(recent: pl.LazyFrame, keys: Sequence[str], old: int, repeat_days: int) -> pl.LazyFrame:
    named, over = pl.col("again").is_not_null(), pl.col("opened_day") < old
    back = (pl.col("next_day") - pl.col("opened_day") <= repeat_days).fill_null(False)
    said = pl.when(pl.col("blocking").is_not_null().any())
    return recent.group_by(keys).agg(
        accounts=pl.col("account").n_unique().cast(pl.Int64), tickets=pl.len().cast(pl.Int64),
        repeated=(named & over & back).sum().cast(pl.Int64), judged=(named & over).sum().cast(pl.Int64),
        immature=(named & ~over).sum().cast(pl.Int64),
        blocking=said.then(pl.col("blocking").sum()), open=pl.col("resolved_at").is_null().sum().cast(pl.Int64),
    )  # fmt: skip


def _money(recent: pl.LazyFrame, contract_state: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """What the accounts pay, where that is one currency."""
    paid = recent.select(*keys, "account").unique().join(contract_state.select("account", "mrr", "currency"), on="account")
    single = (pl.col("currency").drop_nulls().n_unique() <= 1) & ~(pl.col("currency") == "several").any()
    known = single & pl.col("mrr").is_not_null().any()
    return paid.group_by(keys).agg(mrr=pl.when(known).then(pl.col("mrr").sum()), currency=pl.when(known).then(pl.col("currency").drop_nulls().first()))


def _rates(k: pl.Expr, min_base: int) -> list[pl.Expr]:
    low, high = wilson(k, pl.col("whole"))
    back, judged = pl.col("repeated"), pl.col("judged")
    repeat_low, repeat_high = wilson(back, judged)
    told = {
        "share": share(k, pl.col("whole")), "low": low, "high": high,
        "repeat_rate": share(back, judged), "repeat_low": repeat_low, "repeat_high": repeat_high,
        "status": pl.when(k < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final")),
    }  # fmt: skip
    return [value.alias(name) for name, value in told.items()]
