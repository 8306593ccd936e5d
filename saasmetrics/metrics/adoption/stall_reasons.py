"""What did the accounts that are stalled at a tier, or have fallen from one, ask for help with?

## Why
The steps say where an account stopped; what its people wrote to support may say why. How few of them wrote at all stands in
the first row: the others left without a word, and no category speaks for them.

## Columns
kind      key    all: any ticket; category: tickets of one; uncategorised: tickets that name none
reason    key    the category as the tickets spell it; empty: all of them, or none named
asked     count  of the accounts, those that opened such a ticket in the days looked at
accounts  count  accounts that are stalled or have fallen, each once, in however many workflows
share     share  asked / accounts; in the first row: how many of them the reasons speak for
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
tickets   count  such tickets
blocking  count  of these, those that stopped the work; empty: none of them says whether it did
status    label  final; insufficient: fewer than min_base accounts

## Limits
Stalled and fallen are those of `adoption stalls`, by the same stalled_after and trailing_days. The days looked at: where an account is stalled, the `asked_within` days up to T;
where it has fallen, from `asked_within` days ahead of the last day on which it did all of the lost tier to the eve of the
day on which the tier counted as lost. Tickets about any workflow count. A ticket near a stall need not be its reason, and the same questions
may be as common in accounts that go on; an account with several kinds of tickets stands in several rows.
By segment, every kind found in any of them has a row in each that has such accounts.

## Needs
tickets

## Order
kind -asked -tickets reason

## Picture
bars share

## Account by account
adoption.stalls

## Covers
D06

## Example: one wrote about two things, one without a category, one not at all; two workflows do not count a ticket twice
accounts:
account
bugs
quiet
vague
deepest:
account  workflow   reached_at        last_day    climbs
bugs     invoicing  2026-01-06 00:00  2026-05-20  true
bugs     purchases  2026-01-06 00:00  2026-05-20  true
quiet    invoicing  2026-01-06 00:00  2026-05-20  true
vague    invoicing  2026-01-06 00:00  2026-02-01  false
tickets:
account  opened_day  category  blocking
bugs     2026-03-03  bug       true
bugs     2026-05-31  bug       ·
bugs     2026-05-31  how to    false
vague    2025-11-03  ·         false
vague    2026-05-02  ·         false
with as_of=2026-06-01 min_base=1
becomes
kind           reason  asked  accounts  share     low       high      tickets  blocking  status
all            ·       2      3         0.666667  0.20766   0.938508  5        1         final
category       bug     1      3         0.333333  0.061492  0.79234   2        1         final
category       how to  1      3         0.333333  0.061492  0.79234   1        0         final
uncategorised  ·       1      3         0.333333  0.061492  0.79234   2        0         final

## Example: tickets before the days looked at, after the tier was lost, or of accounts that go on are no reasons
accounts:
account
stalls
fell
young
deepest:
account  workflow   reached_at        last_day    climbs
stalls   invoicing  2026-01-06 00:00  2026-05-20  true
fell     invoicing  2026-01-06 00:00  2026-02-01  true
young    invoicing  2026-05-06 00:00  2026-05-20  true
tickets:
account  opened_day  category  blocking
stalls   2026-03-02  bug       ·
fell     2025-11-02  bug       ·
fell     2026-05-03  billing   ·
young    2026-05-20  bug       ·
with as_of=2026-06-01
becomes
kind  reason  asked  accounts  share  low  high     tickets  blocking  status
all   ·       0      2         0      0    0.65762  0        ·         insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days
from saasmetrics.statistics import share, wilson

WHAT = ["kind", "reason"]


def stall_reasons(
    accounts: pl.LazyFrame, deepest: pl.LazyFrame, tickets: pl.LazyFrame, clock: Clock, *,
    stalled_after: Days = 60, trailing_days: Days = 90, asked_within: Days = 90, min_base: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    stuck = _stuck(deepest, clock, stalled_after, trailing_days, asked_within).join(accounts.select("account", *by), on="account")
    told = _told(tickets, stuck)
    size = pl.col("account").n_unique().cast(pl.Int64).alias("accounts")
    base = stuck.group_by(by).agg(size) if by else stuck.select(size)
    every = pl.concat([pl.LazyFrame({"kind": ["all"], "reason": [None]}, schema=dict.fromkeys(WHAT, pl.String)), told.select(WHAT)]).unique()
    keys = [*by, *WHAT]
    full = base.join(every, how="cross").join(_counted(told, keys), on=keys, how="left", nulls_equal=True)
    k, n = pl.col("asked").fill_null(0), pl.col("accounts")
    low, high = wilson(k, n)
    return full.with_columns(
        asked=k, share=share(k, n), low=low, high=high, tickets=pl.col("tickets").fill_null(0), blocking=pl.when("says").then("blocking"),
        status=pl.when(n < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final")),
    )  # fmt: skip


def _stuck(deepest: pl.LazyFrame, clock: Clock, stalled_after: int, trailing_days: int, asked_within: int) -> pl.LazyFrame:
    """account, from_day, to_day (exclusive): the days looked at, for each workflow in which it is stalled or has fallen."""
    holds = pl.col("last_day") >= clock.day - trailing_days
    stalled = pl.col("climbs") & (pl.col("reached_at") + stalled_after * DAY <= clock.now)
    last = pl.col("last_day").cast(pl.Int64)
    return deepest.filter(~holds | stalled).select(
        "account", from_day=pl.when(holds).then(clock.day - asked_within).otherwise(last - asked_within),
        to_day=pl.when(holds).then(clock.day).otherwise(last + trailing_days + 1),
    )  # fmt: skip


def _told(tickets: pl.LazyFrame, stuck: pl.LazyFrame) -> pl.LazyFrame:
    """Every ticket in these days, once as one of all and once under its category."""
    near = tickets.with_row_index("number").join(stuck, on="account").filter(pl.col("opened_day").is_between("from_day", "to_day", closed="left"))
    single = near.drop("from_day", "to_day").unique("number")
    named = pl.when(pl.col("category").is_null()).then(pl.lit("uncategorised")).otherwise(pl.lit("category"))
    return pl.concat([
        single.with_columns(kind=pl.lit("all"), reason=pl.lit(None, pl.String)), single.with_columns(kind=named, reason="category"),
    ])  # fmt: skip


def _counted(told: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    return told.group_by(keys).agg(
        asked=pl.col("account").n_unique().cast(pl.Int64), tickets=pl.len().cast(pl.Int64),
        blocking=pl.col("blocking").sum().cast(pl.Int64), says=pl.col("blocking").is_not_null().any(),
    )  # fmt: skip
