"""How much recurring revenue is there, from how many accounts?

## Why
Recurring revenue comes after value: it tells late what use told early. It is worth looking at beside what moved it (`revenue
movements`) and what of it stays (`revenue retention`).

## Columns
period     key    first day of the month (or week, quarter, day)
currency   key    of the amounts; empty: the subscriptions do not say
mrr        money  monthly recurring revenue after the period's last day; of the running one, at T
arr        money  12 × mrr: a rate, not what is contracted
paying     count  accounts with MRR after the period's last day
arpa       money  mrr / paying
change     money  mrr less that after the period before
growth     ratio  change / the MRR after the period before; empty where that was nothing
committed  money  only of the running period: what of its mrr comes from subscriptions without an end date
status     label  final; provisional: the period is not over, or ended less than late_after and revenue.gap_grace ago

## Limits
The last `periods` periods are shown, the running one among them.
MRR is the sum of all subscriptions that run through the last day of the period, each by its amount of one month: an amount
for a quarter, half-year or year is divided by 3, 6 or 12 and rounded half away from zero to a ten-thousandth. An end date is
the first day no longer covered. One-time items are left out, trials and discounts counted as the `revenue` block says; the
row ledger counts what was left out. Currencies are added only where sources.rates converts them into revenue.currency, at
the rate of the first day of each month; otherwise each has its own rows, and an account that pays in two is in both. An end
date after T is known today and was perhaps not known then: only `committed` looks at it. arpa is rounded once, half away from
zero to the cent; arr and growth are of the unrounded amounts, change of the amounts as they are shown. A currency is converted only if it has a rate for every month from the first in which anybody pays in it; each
account's amount in it is rounded half away from zero to a ten-thousandth. The rows begin with the period of the first
movement of all, also for a currency that came later.

## Needs
subscriptions

## Order
status -period currency

## Account by account
revenue.accounts

## Covers
G01 R01 R02 R03

## Example: an account that moves up, one that leaves
ledger:
account  currency  day         before  after
a1       EUR       2025-11-05  0       100
a1       EUR       2026-01-01  100     160
a2       EUR       2025-12-01  0       50
a2       EUR       2026-01-31  50      0
accounts:
account
a1
a2
committed:
account  currency  committed  ends_day
a1       EUR       0          2026-03-01
settling:
final_until
20485
with as_of=2026-02-03 periods=3
becomes
period      currency  mrr     arr      paying  arpa    change  growth    committed  status
2026-01-01  EUR       160.00  1920.00  1       160.00  10.00   0.066667  ·          final
2025-12-01  EUR       150.00  1800.00  2       75.00   50.00   0.5       ·          final
2026-02-01  EUR       160.00  1920.00  1       160.00  0.00    0         0.00       provisional

## Example: two currencies are not added
ledger:
account  currency  day         before  after
a1       EUR       2026-01-05  0       100
a1       USD       2026-01-05  0       10
accounts:
account
a1
committed:
account  currency  committed  ends_day
a1       EUR       100        ·
settling:
final_until
20485
with as_of=2026-02-03 periods=2
becomes
period      currency  mrr     arr      paying  arpa    change  growth  committed  status
2026-01-01  EUR       100.00  1200.00  1       100.00  100.00  ·       ·          final
2026-01-01  USD       10.00   120.00   1       10.00   10.00   ·       ·          final
2026-02-01  EUR       100.00  1200.00  1       100.00  0.00    0       100.00     provisional
2026-02-01  USD       10.00   120.00   1       10.00   0.00    0       0.00       provisional

## Example: a mean of 10.004967 is 10.00, not 10.01 by way of 10.0050
ledger:
account  currency  day         before  after
a1       EUR       2026-01-05  0       10.0049
a2       EUR       2026-01-05  0       10.0050
a3       EUR       2026-01-05  0       10.0050
accounts:
account
a1
a2
a3
committed:
account  currency  committed  ends_day
settling:
final_until
20485
with as_of=2026-02-03 periods=1
becomes
period      currency  mrr    arr     paying  arpa   change  growth  committed  status
2026-02-01  EUR       30.01  360.18  3       10.00  0.00    0       0.00       provisional
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import cents, levels, proportion


def mrr(
    ledger: pl.LazyFrame, accounts: pl.LazyFrame, committed: pl.LazyFrame, settling: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "month", periods: int = 13, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys, now = [*by, "currency"], clock.running(period)
    rows = ledger.join(accounts.select("account", *by), on="account")
    there = [(pl.col(name) > 0).cast(pl.Int64) for name in ("before", "after")]
    flows = rows.select(
        *keys, index=clock.index(pl.col("day"), period).cast(pl.Int64), change=pl.col("after") - pl.col("before"), paying=there[1] - there[0]
    )
    told = levels(flows, keys, now, periods)
    paying = levels(flows.drop("change").rename({"paying": "change"}), keys, now, periods).select(*keys, "index", paying="end")
    sure = committed.join(accounts.select("account", *by), on="account").group_by(keys).agg(pl.col("committed").sum())
    both = told.drop("paying").join(paying, on=[*keys, "index"], nulls_equal=True).join(sure, on=keys, how="left", nulls_equal=True)
    return _shown(both.join(settling, how="cross"), clock, period, now)


def _shown(told: pl.LazyFrame, clock: Clock, period: Literal["day", "week", "month", "quarter"], now: int) -> pl.LazyFrame:
    over = clock.start(pl.col("index") + 1, period).to_physical() <= pl.col("final_until")
    return told.with_columns(
        period=clock.start(pl.col("index"), period), mrr="end", arr=pl.col("end") * 12,
        change=cents(pl.col("end")) - cents(pl.col("start")), arpa=proportion(pl.lit(1), pl.col("end"), pl.col("paying") * 100) * 100,
        growth=pl.when(pl.col("start") > 0).then(pl.col("change") / pl.col("start")),
        committed=pl.when(pl.col("index") == now).then(pl.col("committed").fill_null(0)),
        status=pl.when(over).then(pl.lit("final")).otherwise(pl.lit("provisional")),
    )  # fmt: skip
