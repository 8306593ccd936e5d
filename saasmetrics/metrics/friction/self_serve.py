"""How often does the knowledge base solve it?

## Why
A page that is read proves nothing: what counts is that nobody had to ask afterwards. The topics whose readers still ask are the
pages to mend.

## Columns
kind       key    all: any session; topic: sessions about one; no topic: sessions about anything
topic      key    the category it is about, as the tickets spell it; empty: all of them, or none
sessions   count  sessions in the knowledge base that ended in the friction_days before T and whose solved_days are over, late tickets included
solved     count  of these, those after which the account opened no ticket until solved_days were over
rate       share  solved / sessions
low        share  Wilson 95 % interval
high       share  Wilson 95 % interval
worked     count  of the solved, those after which the account completed a core workflow until solved_days were over
work_rate  share  worked / sessions
asked      count  sessions - solved: a ticket followed
immature   count  sessions whose solved_days are not over: not counted, not taken as solved
accounts   count  accounts with such sessions
status     label  final; insufficient: fewer than min_sessions; none; or what the definition lacks

## Limits
Until solved_days are over means: later on the day on which the session ended, or on one of so many local days after it; a ticket
counts from the beginning of the session on. After a session about a topic only tickets of that category, and those without one, count as
asking; after one about anything, every ticket. A session is what is read about one topic in one account, by service users
too, without a gap of activity.gap; who reads and who asks may be two people. Silence is no proof: some give up, or ask elsewhere; see worked.

## Needs
tickets

## Better with
accounts  the segments to split by

## Order
kind -asked topic

## Picture
bars rate

## Account by account
friction.accounts

## Covers
F10

## Example: who asks afterwards was not helped, who asks too late was, and the last days cannot be told
accounts:
account
a1
topics:
topic    lacks
billing  ·
·        ·
help_sessions:
account  topic    at                day         asked_day   done_day
a1       billing  2026-05-01 10:00  2026-05-01  2026-05-08  2026-05-02
a1       billing  2026-05-02 10:00  2026-05-02  2026-05-10  2026-05-09
a1       ·        2026-05-03 10:00  2026-05-03  ·           ·
a1       ·        2026-05-24 10:00  2026-05-24  ·           ·
with as_of=2026-06-01 solved_days=7 min_sessions=3
becomes
kind      topic    sessions  solved  rate      low       high      worked  work_rate  asked  immature  accounts  status
all       ·        3         2       0.666667  0.20766   0.938508  1       0.333333   1      1         1         final
no topic  ·        1         1       1         0.206549  1         0       0          0      1         1         insufficient
topic     billing  2         1       0.5       0.094531  0.905469  1       0.5        1      0         1         insufficient

## Example: without a declared knowledge base nothing is solved and nothing failed
accounts:
account
a1
topics:
topic  lacks
·      needs friction.knowledge
help_sessions:
account  topic  at                day         asked_day   done_day
with as_of=2026-06-01
becomes
kind  topic  sessions  solved  rate  low  high  worked  work_rate  asked  immature  accounts  status
all   ·      0         0       ·     ·    ·     0       ·          0      0         0         needs friction.knowledge
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days, Delay
from saasmetrics.statistics import share, wilson

WHAT = ["kind", "topic"]
COUNTS = ["sessions", "solved", "worked", "immature", "accounts"]


def self_serve(
    accounts: pl.LazyFrame, topics: pl.LazyFrame, help_sessions: pl.LazyFrame, clock: Clock, *,
    friction_days: Days = 90, solved_days: Delay = 7, min_sessions: int = 20, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    recent = help_sessions.filter(pl.col("day") >= clock.day - friction_days).join(accounts.select("account", *by), on="account")
    both, keys = _both(recent.with_columns(lacks=pl.lit(None, pl.String))), [*by, *WHAT]
    every = _both(topics).group_by(WHAT).agg(pl.col("lacks").first())
    full = every.join(accounts.select(by).unique(), how="cross") if by else every
    counted = both.group_by(keys).agg(_counts(clock, solved_days))
    told = full.filter((pl.col("kind") == "all") | pl.col("lacks").is_null()).join(counted, on=keys, how="left", nulls_equal=True)
    k, n = pl.col("solved"), pl.col("sessions")
    low, high = wilson(k, n)
    return told.with_columns(pl.col(COUNTS).fill_null(0)).with_columns(
        rate=share(k, n), low=low, high=high, work_rate=share(pl.col("worked"), n), asked=n - k, status=_status(n, min_sessions)
    )


def _both(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Every row once as one of all and once under its topic."""
    named = pl.when(pl.col("topic").is_null()).then(pl.lit("no topic")).otherwise(pl.lit("topic"))
    return pl.concat([rows.with_columns(kind=pl.lit("all"), topic=pl.lit(None, pl.String)), rows.with_columns(kind=named)])


def _counts(clock: Clock, solved_days: int) -> list[pl.Expr]:
    last = pl.col("day") + solved_days
    over = last < clock.settled
    solved = over & ~(pl.col("asked_day") <= last).fill_null(False)
    worked = solved & (pl.col("done_day") <= last).fill_null(False)
    counts = {"sessions": over, "solved": solved, "worked": worked, "immature": ~over}
    return [pl.col("account").filter(over).n_unique().cast(pl.Int64).alias("accounts"), *(which.sum().cast(pl.Int64).alias(name) for name, which in counts.items())]


def _status(n: pl.Expr, min_sessions: int) -> pl.Expr:
    return (
        pl.when(pl.col("lacks").is_not_null()).then("lacks")
        .when(n == 0).then(pl.lit("none"))
        .when(n < min_sessions).then(pl.lit("insufficient"))
        .otherwise(pl.lit("final"))
    )  # fmt: skip
