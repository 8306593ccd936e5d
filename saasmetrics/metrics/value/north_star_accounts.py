"""Which accounts got less of the successful work done than usual, and which ones more?

## Why
A steady total hides accounts that fall silent behind others that grow. The accounts that are furthest below their own usual
amount stand first.

## Columns
account   key    the account
n         count  successes (or things, as the north star counts) in the last complete week, or month (star_period)
usual     number the mean of the four complete periods before, or of those that it was there for; empty: fewer than two
change    number n − usual
trend     share  change / usual
series    list   n in each of the last twelve complete periods, oldest first; empty before its creation or the export
value     money  its value in the last complete period; empty: none declared
failed    count  failures in the last complete period
running   count  successes so far in the period that is not complete yet
last_day  date   last day with a success; empty: never

## Limits
One period is a small number for most accounts: read `series`. Accounts without any success since the export began have a
row as well, at the end. What was taken back (`unless`) is not in n.

## Order
change -n account

## Better with
accounts  the accounts that never did anything, and the segments to filter by

## Covers
S07

## Example: less than usual comes first, a young account has no usual amount
accounts:
account  created_day  observed_from
falls    2025-06-01   2025-12-01
grows    2025-06-01   2025-12-01
young    2026-01-20   2025-12-01
never    2025-06-01   2025-12-01
star:
account  day         n  value  failed
falls    2026-01-01  6  ·      0
falls    2026-01-08  6  ·      0
falls    2026-01-27  1  ·      2
grows    2026-01-01  1  ·      0
grows    2026-01-27  4  ·      0
young    2026-01-28  5  ·      0
grows    2026-02-02  2  ·      0
star_terms:
workflow   priced  period
invoicing  false   week
with as_of=2026-02-04
becomes
account  n  usual  change  trend      series                                                   value  failed  running  last_day
falls    1  3      -2      -0.666667  [None,None,None,0,0,0,0,6,6,0,0,1]                       ·      2       0        2026-01-27
never    0  0      0       ·          [None,None,None,0,0,0,0,0,0,0,0,0]                       ·      0       0        ·
grows    4  0.25   3.75    15         [None,None,None,0,0,0,0,1,0,0,0,4]                       ·      0       2        2026-02-02
young    5  ·      ·       ·          [None,None,None,None,None,None,None,None,None,None,0,5]  ·      0       0        2026-01-28

## Example: the running week is not the headline, and weeks before the export are unknown
accounts:
account  created_day  observed_from
a1       2025-06-01   2026-01-12
star:
account  day         n  value  failed
a1       2026-01-20  2  20.00  0
a1       2026-01-27  2  30.00  0
a1       2026-02-02  1  5.00   0
star_terms:
workflow   priced  period
invoicing  true    week
with as_of=2026-02-03
becomes
account  n  usual  change  trend  series                                                value  failed  running  last_day
a1       2  ·      ·       ·      [None,None,None,None,None,None,None,None,None,0,2,2]  30.00  0       1        2026-02-02
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import share

BEFORE, SHOWN = 4, 12


def north_star_accounts(
    accounts: pl.LazyFrame, star: pl.LazyFrame, star_terms: pl.LazyFrame, clock: Clock, *, star_period: Literal["rhythm", "week", "month"] = "rhythm"
) -> pl.LazyFrame:
    terms = star_terms.collect().row(0, named=True)
    period = terms["period"] if star_period == "rhythm" else star_period
    last = clock.last_complete(period)
    ago = last - clock.index(pl.col("day"), period).cast(pl.Int64)
    since = last - clock.index(pl.max_horizontal("created_day", "observed_from"), period).cast(pl.Int64)
    every = accounts.select("account", since=since).join(_counted(star.with_columns(ago=ago)), on="account", how="left")
    filled = every.with_columns(pl.col(COUNTS).fill_null(0), value=pl.col("value").fill_null(0) if terms["priced"] else pl.lit(None, pl.Int64))
    lived = (pl.col("since") - 1).clip(0, BEFORE)
    before = pl.sum_horizontal(pl.when(lived >= k).then(f"ago_{k}") for k in range(1, BEFORE + 1))
    usual = pl.when(lived >= 2).then(before / lived)
    series = pl.concat_list(pl.when(pl.col("since") >= ago).then(name) for name, ago in SERIES.items())
    told = filled.with_columns(usual=usual, series=series).with_columns(change=pl.col("n") - pl.col("usual"))
    return told.with_columns(trend=share(pl.col("change"), pl.col("usual")))


SERIES = {f"ago_{k}": k for k in reversed(range(SHOWN))}
COUNTS = ["n", "failed", "running", *SERIES]


def _counted(star: pl.LazyFrame) -> pl.LazyFrame:
    now = pl.col("ago") == 0
    return star.group_by("account").agg(
        *(pl.when(pl.col("ago") == k).then("n").sum().alias(name) for name, k in SERIES.items()),
        n=pl.when(now).then("n").sum(),
        value=pl.when(now).then("value").sum(), failed=pl.when(now).then("failed").sum(),
        running=pl.when(pl.col("ago") < 0).then("n").sum(), last_day=pl.when(pl.col("n") > 0).then("day").max(),
    )  # fmt: skip
