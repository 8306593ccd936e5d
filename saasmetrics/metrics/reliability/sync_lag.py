"""How many minutes does it take until what happens elsewhere arrives here?

## Why
A bank line that arrives tomorrow is a wrong balance today. Whoever looks only at what arrived praises the sync that loses
half of it.

## Columns
name          key    the sync, as in the definition
week          key    first day of the week in which the changes happened
changes       count  things that changed, each from its first change on
synced        count  of these, those that arrived by T
missing       count  of these, those that did not
synced_share  share  synced / changes
low           share  Wilson 95 % interval
high          share  Wilson 95 % interval
p50_minutes   number half of all changes had arrived after so many minutes (Kaplan–Meier); empty: not reached
p95_minutes   number 19 of 20 had; empty: not reached
oldest_hours  number how long the oldest one that is missing has been waiting at T
unpaired      count  changes whose event does not name its thing: not counted
status        label  final; insufficient: fewer than min_changes

## Limits
A change that has not arrived is waited for, not left out: the quantiles stand on all of them, and a lost one keeps them from
being reached. The lag is counted from the first change of a thing to its first arrival at or after that; later changes of the
same thing are not seen. Clocks of two systems that disagree show as lag. Only complete weeks stand here, `weeks` of them.

## Needs
syncs

## Order
-week -p95_minutes name

## Account by account
reliability.accounts

## Covers
Q10

## Example: what has not arrived is not left out
syncs:
account  sync  entity  at                synced_at
a1       bank  l1      2026-01-05 10:00  2026-01-05 10:05
a1       bank  l2      2026-01-06 10:00  2026-01-06 11:00
a1       bank  l3      2026-01-07 10:00  ·
a1       bank  ·       2026-01-07 11:00  ·
with as_of=2026-01-13
becomes
name  week        changes  synced  missing  synced_share  low       high      p50_minutes  p95_minutes  oldest_hours  unpaired  status
bank  2026-01-05  3        2       1        0.666667      0.20766   0.938508  60           ·            134           1         insufficient

## Example: each week stands alone, the running one nowhere
syncs:
account  sync  entity  at                synced_at
a1       bank  l1      2025-12-30 10:00  2025-12-30 10:01
a1       bank  l2      2026-01-06 10:00  2026-01-06 10:30
a1       bank  l3      2026-01-12 10:00  ·
with as_of=2026-01-13 min_changes=1
becomes
name  week        changes  synced  missing  synced_share  low       high  p50_minutes  p95_minutes  oldest_hours  unpaired  status
bank  2026-01-05  1        1       0        1             0.206549  1     30           30           ·             0         final
bank  2025-12-29  1        1       0        1             0.206549  1     1            1            ·             0         final
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import SECOND, Clock
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson

KEYS = ["sync", "week"]
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def sync_lag(syncs: pl.LazyFrame, clock: Clock, *, weeks: int = 4, min_changes: int = 20) -> pl.LazyFrame:
    last, week = clock.last_complete("week"), pl.col("week")
    placed = syncs.with_columns(week=clock.index(clock.day_of(pl.col("at")), "week").cast(pl.Int64)).filter((week > last - weeks) & (week <= last))
    named, came = pl.col("entity").is_not_null(), pl.col("synced_at").is_not_null()
    told = placed.group_by(KEYS).agg(
        changes=named.sum().cast(pl.Int64), synced=(named & came).sum().cast(pl.Int64), missing=(named & ~came).sum().cast(pl.Int64),
        unpaired=(~named).sum().cast(pl.Int64), oldest=pl.col("at").filter(named & ~came).min(),
    )  # fmt: skip
    waits = placed.filter(named).with_columns(observed=came, duration=pl.coalesce("synced_at", pl.lit(clock.now)) - pl.col("at"))
    curve = kaplan_meier(waits, KEYS)
    for name, reached in {"p50_minutes": 0.5, "p95_minutes": 0.95}.items():
        found = survival_quantile(curve, reached, KEYS, name).with_columns(divided(pl.col(name), MINUTE))
        told = told.join(found, on=KEYS, how="left")
    return told.with_columns(*_judged(clock, min_changes)).with_columns(name="sync", week=clock.start(week, "week"))


def _judged(clock: Clock, min_changes: int) -> list[pl.Expr]:
    k, n = pl.col("synced"), pl.col("changes")
    low, high = wilson(k, n)
    status = pl.when(n < min_changes).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    told = {"synced_share": share(k, n), "low": low, "high": high, "oldest_hours": divided(clock.now - pl.col("oldest"), HOUR), "status": status}
    return [value.alias(name) for name, value in told.items()]
