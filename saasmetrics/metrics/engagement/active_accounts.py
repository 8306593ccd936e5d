"""Weekly and monthly active accounts, and how they came and went.

## Why
An account is active in a period when it completes a core workflow in it. Splitting the number shows whether it stands
because accounts stay or because new ones hide those that fell silent.

## Columns
period       key    first day of the week or month
active       count  accounts with a core success
new          count  of these, those active for the first time
returning    count  of these, those active in the period before too
resurrected  count  of these, those active before, but not in the period before
unclear      count  of these, those seen for the first time although they are older than the export
dormant      count  accounts active in the period before and not in this one; empty while the period is provisional, and where the export begins within it or the one before
existing     count  accounts created before the end of the period
share        share  active / existing
status       label  final; partial: the export begins within the period; provisional: it is not over, or ended less than late_after ago

## Limits
A rise in `new` beside a rise in `dormant` is a leak. `new` goes by first core work, not by creation.

## Better with
accounts  the accounts that never did anything

## Account by account
engagement.movers

## Covers
W02 W03 S04 H07 H08 J04

## Example: leaving and coming back
accounts:
account  created_day  left_truncated  observed_from
a1       2026-01-05   false           2020-01-01
a2       2026-01-05   false           2020-01-01
activity:
account  day         core  n
a1       2026-01-05  true  2
a2       2026-01-06  true  1
a1       2026-01-19  true  1
with as_of=2026-01-28
becomes
period      active  new  returning  resurrected  unclear  dormant  existing  share  status
2026-01-05  2       2    0          0            0        0        2         1      final
2026-01-12  0       0    0          0            0        2        2         0      final
2026-01-19  1       0    0          1            0        0        2         0.5    final
2026-01-26  0       0    0          0            0        ·        2         0      provisional

## Example: the running week shows no dormant accounts, an old account is not new
accounts:
account  created_day  left_truncated  observed_from
old      2020-01-01   true            2020-01-01
activity:
account  day         core   n
old      2026-01-06  true   1
old      2026-01-07  false  9
with as_of=2026-01-13
becomes
period      active  new  returning  resurrected  unclear  dormant  existing  share  status
2026-01-05  1       0    0          0            1        0        1         1      final
2026-01-12  0       0    0          0            0        ·        1         0      provisional

## Example: the export begins on a Wednesday: its first week was not seen in full
accounts:
account  created_day  left_truncated  observed_from
a1       2020-01-01   true            2026-01-07
a2       2026-01-08   false           2026-01-07
activity:
account  day         core  n
a1       2026-01-07  true  1
a1       2026-01-13  true  1
a2       2026-01-13  true  1
with as_of=2026-01-20
becomes
period      active  new  returning  resurrected  unclear  dormant  existing  share  status
2026-01-05  1       0    0          0            1        ·        2         0.5    partial
2026-01-12  2       1    1          0            0        ·        2         1      final
2026-01-19  0       0    0          0            0        ·        2         0      provisional
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock, Period
from saasmetrics.statistics import share


def active_accounts(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "week", by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    kept = accounts.select("account", "left_truncated", *by)
    core, index = activity.filter("core"), clock.index(pl.col("day"), period).cast(pl.Int64)
    placed = _placed(core.select("account", index=index).unique().join(kept, on="account")).cache()
    keys = [*by, "index"]
    came = placed.group_by(keys).agg(active=pl.len(), **{name: (pl.col("way") == name).sum() for name in WAYS})
    gone = placed.filter(pl.col("index") + 1 != pl.col("next").fill_null(0)).group_by(keys).agg(dormant=pl.len())
    left = gone.with_columns(pl.col("index") + 1)
    first = core.select(index.min()).collect().item()
    told = clock.onwards(first, period, kept, by).join(came, on=keys, how="left", nulls_equal=True)
    told = told.join(left, on=keys, how="left", nulls_equal=True).join(_existing(accounts, clock, period, by), on=keys, how="left", nulls_equal=True)
    begins = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    over, cut = pl.col("index") <= clock.last_complete(period), partial(clock.cut, period=period, begins=begins)
    counts = ["active", *WAYS, "dormant", "existing"]
    return told.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64)).with_columns(
        period=clock.start(pl.col("index"), period), dormant=pl.when(over & ~cut(pl.col("index")) & ~cut(pl.col("index") - 1)).then("dormant"),
        share=share(pl.col("active"), pl.col("existing")),
        status=clock.standing(pl.col("index"), period, begins),
    )  # fmt: skip


WAYS = ["new", "returning", "resurrected", "unclear"]


def _placed(work: pl.LazyFrame) -> pl.LazyFrame:
    """Each active period of an account, how it came to it (`way`) and which active period comes next."""
    before = pl.col("index").shift(1).over("account", order_by="index")
    first = pl.when("left_truncated").then(pl.lit("unclear")).otherwise(pl.lit("new"))
    way = pl.when(before.is_null()).then(first).when(before + 1 == pl.col("index")).then(pl.lit("returning")).otherwise(pl.lit("resurrected"))
    return work.with_columns(way=way, next=pl.col("index").shift(-1).over("account", order_by="index"))


def _existing(accounts: pl.LazyFrame, clock: Clock, period: Period, by: Sequence[str]) -> pl.LazyFrame:
    born = accounts.filter(pl.col("created_day").is_not_null()).select(*by, index=clock.index(pl.col("created_day"), period).cast(pl.Int64))
    counts = born.group_by(*by, "index").len("born")
    first = counts.select(pl.col("index").min()).collect().item()
    filled = clock.onwards(first, period, counts, by).join(counts, on=[*by, "index"], how="left", nulls_equal=True).with_columns(pl.col("born").fill_null(0)).sort(*by, "index")
    total = pl.col("born").cum_sum()
    return filled.with_columns(existing=total.over(*by, order_by="index") if by else total).drop("born")
