"""What made customers pay more or less: seats, volume, modules, plan, price or currency?

## Why
Expansion by seats says that the product spreads, expansion by price says that the vendor asked for more. Both are in net
retention; only the first is a reason for joy.

## Columns
period     key    first day of the month (or week, quarter)
currency   key    of the amounts; empty: the subscriptions do not say
driver     key    seats, volume, modules, plan, price, currency; unexplained: the subscriptions do not tell
net        money  what it did to the MRR of accounts that paid and pay
up         money  of that, where it raised an account's MRR on a day
down       money  where it lowered it; not negative
accounts   count  whose MRR it changed
start      money  MRR on the eve of the period
points     number net / start in percentage points: what it adds to net retention; empty where that was nothing
status     label  final; provisional: the period is not over, or ended less than late_after and revenue.gap_grace ago

## Limits
The last `periods` periods are shown, the running one among them.
The drivers of one period add up to expansion less contraction of `revenue movements`; new, reactivated and churned revenue
has no driver, changed exchange rates are no driver. Subscriptions of one account, currency, kind and plan are one item.
An item that was there on the eve and is there on the day moved by its seats: (seats after − seats before) × amount before /
seats before, rounded half away from zero to a ten-thousandth; the rest is its price. Without its seats (or with none before)
all of it is unexplained, and without a plan the rest is. Items of kind usage are volume. Plans that end and plans that begin
on one day are taken together: their seats in the same way, the rest is the plan. Plans that only end or only begin, and
modules that do, are modules; where such a plan has no name, unexplained. Where an account's amount in one currency ends on the day on
which one in another begins, both changes are currency. Foreign amounts are converted one driver after the other, in the order
seats, volume, modules, plan, price, unexplained, each as what it adds to the converted amount. So one change can have a
driver up and another down. Each amount is rounded to the cent for itself; points are of unrounded amounts. The rows begin
with the period of the first movement of all.

## Needs
subscriptions

## Order
status -period currency -net driver

## Account by account
revenue.accounts

## Covers
R11

## Example: more seats at a lower price
ledger:
account  currency  day         before  after  by_seats  by_volume  by_modules  by_plan  by_price  by_currency  unexplained
a1       EUR       2025-12-05  0       30     0         0          0           0        0         0            0
a1       EUR       2026-01-05  30      38.5   10        0          0           0        -1.5      0            0
a2       EUR       2026-01-07  0       20     0         0          0           0        0         0            0
accounts:
account
a1
a2
settling:
final_until
20486
with as_of=2026-02-01 periods=1
becomes
period      currency  driver       net    up     down  accounts  start  points     status
2026-01-01  EUR       seats        10.00  10.00  0.00  1         30.00  33.333333  final
2026-01-01  EUR       currency     0.00   0.00   0.00  0         30.00  0          final
2026-01-01  EUR       modules      0.00   0.00   0.00  0         30.00  0          final
2026-01-01  EUR       plan         0.00   0.00   0.00  0         30.00  0          final
2026-01-01  EUR       unexplained  0.00   0.00   0.00  0         30.00  0          final
2026-01-01  EUR       volume       0.00   0.00   0.00  0         30.00  0          final
2026-01-01  EUR       price        -1.50  0.00   1.50  1         30.00  -5         final

## Example: up and down of one driver; nothing to compare with in the first month
ledger:
account  currency  day         before  after  by_seats  by_volume  by_modules  by_plan  by_price  by_currency  unexplained
a1       EUR       2026-01-05  0       30     0         0          0           0        0         0            0
a1       EUR       2026-01-15  30      38     0         8          0           0        0         0            0
a1       EUR       2026-01-25  38      36     0         -2         0           0        0         0            0
accounts:
account
a1
settling:
final_until
20486
with as_of=2026-02-01 periods=1
becomes
period      currency  driver       net   up    down  accounts  start  points  status
2026-01-01  EUR       volume       6.00  8.00  2.00  1         0.00   ·       final
2026-01-01  EUR       currency     0.00  0.00  0.00  0         0.00   ·       final
2026-01-01  EUR       modules      0.00  0.00  0.00  0         0.00   ·       final
2026-01-01  EUR       plan         0.00  0.00  0.00  0         0.00   ·       final
2026-01-01  EUR       price        0.00  0.00  0.00  0         0.00   ·       final
2026-01-01  EUR       seats        0.00  0.00  0.00  0         0.00   ·       final
2026-01-01  EUR       unexplained  0.00  0.00  0.00  0         0.00   ·       final
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import levels

DRIVERS = {f"by_{name}": name for name in ("seats", "volume", "modules", "plan", "price", "currency")} | {"unexplained": "unexplained"}


def drivers(
    ledger: pl.LazyFrame, accounts: pl.LazyFrame, settling: pl.LazyFrame, clock: Clock, *,
    period: Literal["week", "month", "quarter"] = "month", periods: int = 4, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    keys = [*by, "currency"]
    rows = ledger.join(accounts.select("account", *by), on="account").with_columns(index=clock.index(pl.col("day"), period).cast(pl.Int64))
    starts = levels(rows.select(*keys, "index", change=pl.col("after") - pl.col("before")), keys, clock.running(period), periods)
    moved = rows.unpivot(list(DRIVERS), index=[*keys, "account", "index"], variable_name="driver", value_name="net").filter(pl.col("net") != 0)
    net = pl.col("net")
    sums = moved.group_by(*keys, "index", "driver").agg(
        net.sum(), up=net.filter(net > 0).sum(), down=-net.filter(net < 0).sum(), accounts=pl.col("account").n_unique().cast(pl.Int64)
    )
    grid = starts.select(*keys, "index", "start").join(pl.LazyFrame({"driver": list(DRIVERS)}), how="cross")
    told = grid.join(sums, on=[*keys, "index", "driver"], how="left", nulls_equal=True).join(settling, how="cross")
    return _shown(told.with_columns(pl.col("net", "up", "down", "accounts").fill_null(0)), clock, period)


def _shown(told: pl.LazyFrame, clock: Clock, period: Literal["week", "month", "quarter"]) -> pl.LazyFrame:
    over = clock.start(pl.col("index") + 1, period).to_physical() <= pl.col("final_until")
    return told.with_columns(
        period=clock.start(pl.col("index"), period), driver=pl.col("driver").replace_strict(DRIVERS, return_dtype=pl.String),
        points=pl.when(pl.col("start") > 0).then(pl.col("net") * 100 / pl.col("start")),
        status=pl.when(over).then(pl.lit("final")).otherwise(pl.lit("provisional")),
    )  # fmt: skip
