"""Which behaviours predict buying: of the accounts that showed a sign early, how many bought afterwards?

## Why
A sign is worth its place when accounts that show it buy more often than those that do not. Each sign is judged as it stood
on one day of the account's life (the landmark), on accounts that had not paid by then, by what they did afterwards.

## Columns
position     key    order of the sign in the definition
signal       label  its name in the definition file
ident        label  its number in the catalogue
verdict      label  goes with buying, goes with not buying, not shown, insufficient (fewer than min_base with or without the sign), no data
precision    share  hits / fired: of those that showed it, the share that bought
base         share  bought / eligible: what anybody does
lift         number precision / base; 1: the sign tells nothing
fired        count  of the eligible, those for which the sign held at the end of the landmark day
hits         count  those with both
bought       count  of the eligible, those that paid within paid_within days after it
eligible     count  accounts on trial at the landmark that could be watched for the whole time; 0 where the data cannot show the sign
low          share  Wilson 95 % interval of the precision
high         share  Wilson 95 % interval of the precision
difference   number precision − share of buyers among those without the sign, in percentage points
diff_low     number 95 % interval of the difference (Newcombe)
diff_high    number 95 % interval of the difference (Newcombe)
q            share  how likely chance alone makes such a difference, all signs together (Benjamini–Hochberg); empty: not tested
recall       share  hits / bought: of those that bought, the share that had shown it
recall_low   share  Wilson 95 % interval of the recall
recall_high  share  Wilson 95 % interval of the recall
immature     count  those on trial at the landmark whose time is not over: not counted, not failed
why          text   what the sign means

## Headline
precision

## Limits
A sign that goes with buying need not bring it about: who means to buy also sets up more. Only what happened up to the
landmark judges an account, only what came after it counts as bought; accounts older than the export, and those that paid
up to the landmark, are in no count. Landmark and time are counted in local days.

## Needs
subscriptions

## Order
-diff_low position

## Better with
users     the people invited
accounts  the true dates of creation, and the accounts that never did anything

## Account by account
qualification.accounts

## Covers
P12

## Example: a sign that came after the landmark, and a purchase before it, judge nothing
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
a3       2026-01-01   false
paid     2026-01-01   false
old      2026-01-01   true
qualified:
account  paid_day
a1       2026-01-20
a2       ·
a3       2026-01-25
paid     2026-01-08
old      2026-01-20
qualifying:
position  signal  ident  why           known
1         weeks   P06    They return.  true
sign_spells:
account  signal  day         until_day
a1       weeks   2026-01-10  ·
a2       weeks   2026-01-12  ·
paid     weeks   2026-01-05  ·
with as_of=2026-03-01 min_base=1
becomes
position  signal  ident  verdict    precision  base      lift  fired  hits  bought  eligible  low       high  difference  diff_low    diff_high  q         recall  recall_low  recall_high  immature  why
1         weeks   P06    not shown  1          0.666667  1.5   1      1     2       3         0.206549  1     50          -39.104934  90.546879  0.386476  0.5     0.094531    0.905469     0         They return.

## Example: what the data cannot show is not judged, a sign that was lost before the landmark does not hold
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
young    2026-02-10   false
qualified:
account  paid_day
a1       ·
young    ·
qualifying:
position  signal      ident  why         known
1         invited     P03    They grow.  false
2         low_errors  P07    It works.   true
sign_spells:
account  signal      day         until_day
a1       low_errors  2026-01-05  2026-01-11
with as_of=2026-03-01
becomes
position  signal      ident  verdict       precision  base  lift  fired  hits  bought  eligible  low  high  difference  diff_low  diff_high  q  recall  recall_low  recall_high  immature  why
1         invited     P03    no data       ·          ·     ·     0      0     0       0         ·    ·     ·           ·         ·          ·  ·       ·           ·            0         They grow.
2         low_errors  P07    insufficient  ·          0     ·     0      0     0       1         ·    ·     ·           ·         ·          ·  ·       ·           ·            1         It works.
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days, Delay
from saasmetrics.statistics import held_against, share, wilson


def signals(
    accounts: pl.LazyFrame, qualified: pl.LazyFrame, qualifying: pl.LazyFrame, sign_spells: pl.LazyFrame, clock: Clock, *,
    landmark: Days = 10, paid_within: Delay = 30, min_base: int = 5,
) -> pl.LazyFrame:  # fmt: skip
    trials = _trials(accounts, qualified, clock, landmark, paid_within)
    holding = sign_spells.join(trials.select("account", "mark"), on="account").filter(
        (pl.col("day") <= pl.col("mark")) & (pl.col("until_day").is_null() | (pl.col("until_day") > pl.col("mark")))
    )
    shown = holding.select("account", "signal").unique().with_columns(holds=pl.lit(True))
    grid = trials.join(qualifying.filter("known").select("signal"), how="cross").join(shown, on=["account", "signal"], how="left")
    over, holds = pl.col("over"), pl.col("holds").fill_null(False)
    tests = {"eligible": over, "immature": ~over, "fired": over & holds, "bought": over & pl.col("bought"), "hits": over & holds & pl.col("bought")}
    counted = grid.group_by("signal").agg(test.sum().cast(pl.Int64).alias(name) for name, test in tests.items())
    told = qualifying.join(counted, on="signal", how="left").with_columns(pl.col(list(tests)).fill_null(0))
    return _judged(told, min_base)


def _trials(accounts: pl.LazyFrame, qualified: pl.LazyFrame, clock: Clock, landmark: int, paid_within: int) -> pl.LazyFrame:
    """account, mark, over, bought: the accounts that lived until the landmark without paying."""
    known = accounts.filter(pl.col("created_day").is_not_null() & ~pl.col("left_truncated"))
    mark, paid = pl.col("created_day").cast(pl.Int64) + landmark, pl.col("paid_day")
    dated = known.select("account", mark=mark).join(qualified.select("account", "paid_day"), on="account", how="left")
    waiting = dated.filter((pl.col("mark") < clock.settled) & (paid.is_null() | (paid > pl.col("mark"))))
    end = pl.col("mark") + paid_within
    return waiting.with_columns(over=end < clock.settled, bought=(paid <= end).fill_null(False))


def _judged(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n, bought, every = pl.col("hits"), pl.col("fired"), pl.col("bought"), pl.col("eligible")
    tested = held_against(told, (k, n, bought - k, every - n), min_base, "goes with buying", "goes with not buying")
    (low, high), (recall_low, recall_high) = wilson(k, n), wilson(k, bought)
    return tested.with_columns(
        precision=share(k, n), low=low, high=high, recall=share(k, bought), recall_low=recall_low, recall_high=recall_high,
        base=share(bought, every), lift=share(k * every, n * bought),
        verdict=pl.when("known").then("verdict").otherwise(pl.lit("no data")),
    )  # fmt: skip
