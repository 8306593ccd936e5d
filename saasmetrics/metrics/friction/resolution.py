"""How long do the troubles that stop the work stay open?

## Why
A question can wait; work that stands still cannot. The tickets that block are looked at by themselves, and those that are
still open count with the time that they have been open so far: leaving them out would make a slow desk look quick.

## Columns
blocking      key    blocking: work stood still; other: it did not; unsaid: the ticket does not say
kind          key    all: any of them; workflow: those about one
workflow      key    the workflow; empty: all of them, also those about none
tickets       count  tickets opened in the resolution_days before T
resolved      count  of these, those solved by T and not opened again since
open          count  tickets - resolved
reopened      count  of these tickets, those that were solved and then opened again
share         share  resolved / tickets
low           share  Wilson 95 % interval
high          share  Wilson 95 % interval
median_hours  number half of all tickets were solved so many hours after they were opened (Kaplan–Meier); empty: not reached
p90_hours     number nine in ten were; empty: not reached
oldest_days   days   days since the oldest of the open ones was opened; empty: none is open
accounts      count  accounts that opened them
older         count  tickets opened before these days and still open: in no other column
status        label  final; insufficient: fewer than min_tickets

## Limits
The time runs on the clock, nights and weekends included, from the first opening to the last solution: a ticket that is opened
again (`reopened`) counts as open in between, and its first solution as none. At an earlier T, a reopened ticket is open until
its last solution. An export that leaves out solved or open tickets makes this wrong either way.
With --by every kind stands in every segment, with 0 where it has none.

## Needs
tickets

## Better with
accounts  the segments to split by

## Order
blocking kind -tickets workflow

## Account by account
friction.accounts

## Covers
F09

## Example: the open ones count with the time they have been open
accounts:
account
a1
tickets:
account  ticket  opened_at         opened_day  resolved_at       reopened_at       workflow   blocking
a1       1       2026-05-01 00:00  2026-05-01  2026-05-01 10:00  ·                 invoicing  true
a1       2       2026-05-02 00:00  2026-05-02  2026-05-02 20:00  2026-05-02 12:00  invoicing  true
a1       3       2026-05-22 00:00  2026-05-22  ·                 ·                 ·          true
a1       4       2026-05-31 00:00  2026-05-31  ·                 ·                 invoicing  true
a1       5       2026-05-03 00:00  2026-05-03  2026-05-04 00:00  ·                 ·          ·
a1       6       2020-05-03 00:00  2020-05-03  ·                 ·                 invoicing  true
with as_of=2026-06-01 min_tickets=3
becomes
blocking  kind      workflow   tickets  resolved  open  reopened  share     low       high      median_hours  p90_hours  oldest_days  accounts  older  status
blocking  all       ·          4        2         2     1         0.5       0.150039  0.849961  20            ·          10           1         1      final
blocking  workflow  invoicing  3        2         1     1         0.666667  0.20766   0.938508  20            ·          1            1         1      final
unsaid    all       ·          1        1         0     0         1         0.206549  1         24            24         ·            1         0      insufficient

## Example: a median that is not reached is not invented
accounts:
account
a1
tickets:
account  ticket  opened_at         opened_day  resolved_at       reopened_at  workflow   blocking
a1       1       2026-05-01 00:00  2026-05-01  2026-05-01 10:00  ·            invoicing  false
a1       2       2026-05-02 00:00  2026-05-02  ·                 ·            invoicing  false
a1       3       2026-05-03 00:00  2026-05-03  ·                 ·            invoicing  false
with as_of=2026-06-01
becomes
blocking  kind      workflow   tickets  resolved  open  reopened  share     low       high     median_hours  p90_hours  oldest_days  accounts  older  status
other     all       ·          3        1         2     0         0.333333  0.061492  0.79234  ·             ·          30           1         0      insufficient
other     workflow  invoicing  3        1         2     0         0.333333  0.061492  0.79234  ·             ·          30           1         0      insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson

HOUR = 3_600_000_000
WHAT = ["blocking", "kind", "workflow"]
COUNTS = ["tickets", "resolved", "open", "reopened", "accounts", "older"]


def resolution(
    accounts: pl.LazyFrame, tickets: pl.LazyFrame, clock: Clock, *, resolution_days: Days = 365, min_tickets: int = 20, by: Sequence[str] = ()
) -> pl.LazyFrame:
    told, keys = _told(tickets.join(accounts.select("account", *by), on="account"), clock, resolution_days), [*by, *WHAT]
    recent = told.filter("recent")
    every = told.filter(pl.col("recent") | ~pl.col("observed")).select(WHAT).unique()
    full = every.join(accounts.select(by).unique(), how="cross") if by else every
    older = told.filter(~pl.col("recent") & ~pl.col("observed")).group_by(keys).agg(older=pl.len().cast(pl.Int64))
    for part in (_counted(recent, keys), *_times(recent, keys), older):
        full = full.join(part, on=keys, how="left", nulls_equal=True)
    k, n = pl.col("resolved"), pl.col("tickets")
    low, high = wilson(k, n)
    status = pl.when(n < min_tickets).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    return full.with_columns(pl.col(COUNTS).fill_null(0)).with_columns(share=share(k, n), low=low, high=high, status=status)


def _told(tickets: pl.LazyFrame, clock: Clock, resolution_days: int) -> pl.LazyFrame:
    """Every ticket once as one of all and, if it names one, once under its workflow."""
    said = pl.when("blocking").then(pl.lit("blocking")).when(pl.col("blocking").is_null()).then(pl.lit("unsaid")).otherwise(pl.lit("other"))
    watched = tickets.with_columns(
        blocking=said, recent=pl.col("opened_day") >= clock.day - resolution_days, observed=pl.col("resolved_at").is_not_null(),
        duration=pl.coalesce("resolved_at", pl.lit(clock.now)) - pl.col("opened_at"), age=clock.now - pl.col("opened_at"),
    )  # fmt: skip
    named = watched.filter(pl.col("workflow").is_not_null()).with_columns(kind=pl.lit("workflow"))
    return pl.concat([watched.with_columns(kind=pl.lit("all"), workflow=pl.lit(None, pl.String)), named])


def _counted(recent: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    left = ~pl.col("observed")
    return recent.group_by(keys).agg(
        tickets=pl.len().cast(pl.Int64), resolved=pl.col("observed").sum().cast(pl.Int64), open=left.sum().cast(pl.Int64),
        reopened=pl.col("reopened_at").is_not_null().sum().cast(pl.Int64), accounts=pl.col("account").n_unique().cast(pl.Int64),
        oldest_days=pl.col("age").filter(left).max().floordiv(DAY),
    )  # fmt: skip


def _times(recent: pl.LazyFrame, keys: Sequence[str]) -> list[pl.LazyFrame]:
    curve = kaplan_meier(recent, keys)
    told = {"median_hours": 0.5, "p90_hours": 0.9}
    return [survival_quantile(curve, reached, keys, name).with_columns(divided(pl.col(name), HOUR)) for name, reached in told.items()]
