"""How many people, roles, teams and workflows does an account use the product with, typically and at the edges?

## Why
A mean of six people an account may be three large accounts and many of one person. The distribution says which.

## Columns
position  key     order of the measure
measure   label   active users, roles, teams, workflows, successes per active user; each an account, in the last 28 days
accounts  count   accounts of which it is known
unknown   count   accounts of which it is not: no role or team is given, or the events name no users
none      count   of the accounts, those with 0
one       count   with exactly 1 (successes per active user: up to 1)
few       count   with 2 to 4 (more than 1, up to 4)
many      count   with 5 or more (more than 4)
mean      number  over the accounts
p25       number  a quarter of the accounts have at most so many; between two values by linear interpolation
median    number  half of them
p75       number  three quarters
p90       number  nine in ten
most      number  the largest

## Headline
median

## Limits
Accounts younger than min_age, or of unknown age, do not count, nor those that no longer pay; accounts that did nothing count with 0. Successes
per active user are known only of accounts with an active user.

## Better with
accounts       the accounts that never did anything
users          roles and teams, and which of the users are service users
subscriptions  which accounts have left

## Account by account
adoption.breadth_accounts

## Covers
S05

## Example: one large account moves the mean and not the median
accounts:
account  created_at
a1       2026-01-01 00:00
a2       2026-01-01 00:00
a3       2026-01-01 00:00
young    2026-05-30 00:00
contract_state:
account  ended_day
breadth:
account  users  roles  teams  workflows  successes
a1       1      ·      1      1          3
a2       1      ·      1      1          9
a3       10     2      ·      2          40
young    1      1      1      1          1
with as_of=2026-06-01
becomes
position  measure                    accounts  unknown  none  one  few  many  mean      p25  median  p75  p90  most
1         active users               3         0        0     2    0    1     4         1    1       5.5  8.2  10
2         roles                      1         2        0     0    1    0     2         2    2       2    2    2
3         teams                      2         1        0     2    0    0     1         1    1       1    1    1
4         workflows                  3         0        0     2    1    0     1.333333  1    1       1.5  1.8  2
5         successes per active user  3         0        0     0    2    1     5.333333  3.5  4       6.5  8    9

## Example: who does nothing counts with nought, who has left does not count
accounts:
account  created_at
silent   2026-01-01 00:00
gone     2026-01-01 00:00
contract_state:
account  ended_day
gone     2026-04-01
breadth:
account  users  roles  teams  workflows  successes
silent   0      0      0      0          0
gone     0      0      0      0          0
with as_of=2026-06-01
becomes
position  measure                    accounts  unknown  none  one  few  many  mean  p25  median  p75  p90  most
1         active users               1         0        1     0    0    0     0     0    0       0    0    0
2         roles                      1         0        1     0    0    0     0     0    0       0    0    0
3         teams                      1         0        1     0    0    0     0     0    0       0    0    0
4         workflows                  1         0        1     0    0    0     0     0    0       0    0    0
5         successes per active user  0         1        0     0    0    0     ·     ·    ·       ·    ·    ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Delay
from saasmetrics.statistics import share

FEW = 4
SHARP = 60
PARTS = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "most": 1.0}


def breadth(
    accounts: pl.LazyFrame, breadth: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *, min_age: Delay = 30, by: Sequence[str] = ()
) -> pl.LazyFrame:
    gone = contract_state.filter(pl.col("ended_day").is_not_null()).select("account")
    old = accounts.filter(pl.col("created_at") + min_age * DAY <= clock.now).join(gone, on="account", how="anti")
    there = old.select("account", *by).join(breadth, on="account")
    values = {
        "active users": pl.col("users"), "roles": pl.col("roles"), "teams": pl.col("teams"), "workflows": pl.col("workflows"),
        "successes per active user": share(pl.col("successes"), pl.col("users")),
    }  # fmt: skip
    rows = [
        there.select(*by, position=pl.lit(at, pl.Int64), measure=pl.lit(name), value=value.cast(pl.Float64))
        for at, (name, value) in enumerate(values.items(), 1)
    ]
    value = pl.col("value")
    return pl.concat(rows).group_by(*by, "position", "measure").agg(
        accounts=value.count(), unknown=value.is_null().sum(), none=(value == 0).sum(),
        one=((value > 0) & (value <= 1)).sum(), few=((value > 1) & (value <= FEW)).sum(), many=(value > FEW).sum(),
        mean=_mean(value), **{name: value.quantile(q, "linear") for name, q in PARTS.items()},
    )  # fmt: skip


def _mean(value: pl.Expr) -> pl.Expr:
    """The same to the last digit however the rows come in batches: every double from 1/256 on is whole in units of 2⁻⁶⁰."""
    return share((value * 2.0**SHARP).cast(pl.Int128).sum().cast(pl.Float64) * 2.0**-SHARP, value.count())
