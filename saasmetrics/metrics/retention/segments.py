"""Which segments behave differently: who gets activated, who stays, who comes back week after week?

## Why
An average hides two halves that go opposite ways. Every declared segment is held against all other accounts, and only what
chance does not explain is called different.

## Columns
segment      key    the segment's name
value        key    its value; empty: the accounts table does not say
measure      key    activated: by the landmark; frequent: core work in at least half of the `weeks` weeks after it; retained: core work in the `window` days that begin `presence` days after it
verdict      label  higher, lower, not shown, insufficient (fewer than min_base accounts here or elsewhere)
eligible     count  accounts with this value whose time is over
did          count  of these, those that did it
rate         share  did / eligible
others       count  eligible accounts with another value
others_rate  share  their rate
difference   number rate − others_rate, in percentage points
diff_low     number 95 % interval of the difference (Newcombe)
diff_high    number 95 % interval of the difference (Newcombe)
q            share  how likely chance alone makes such a difference, all rows together (Benjamini–Hochberg); empty: not tested
low          share  Wilson 95 % interval of the rate
high         share  Wilson 95 % interval of the rate
immature     count  accounts with this value whose time is not over: not counted, not failed

## Limits
The segment is the one that the accounts table lists. Where it lists what is true today, such as the plan after an upgrade,
it lists what became of the account, and the difference may only say so: export the value at the start. All accounts count,
those that were never activated too. Accounts older than the export are left out. Days are local days since the creation.

## Needs
accounts

## Order
q segment value measure

## Account by account
journey.accounts

## Covers
K11 X05

## Example: a segment is held against all others, each measure with its own time
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
a2       2026-01-01   false
b1       2026-01-01   false
young    2026-05-01   false
segment_values:
account  segment  value
a1       plan     pro
a2       plan     pro
b1       plan     free
young    plan     free
activations:
account  activated_at
a1       2026-01-14 23:59
a2       2026-01-15 00:00
b1       ·
young    2026-05-02 00:00
activity:
account  day         core  n
a1       2026-01-15  true  1
a1       2026-01-23  true  1
a1       2026-03-20  true  1
a2       2026-01-15  true  9
with as_of=2026-06-01 weeks=4 min_base=1
becomes
segment  value  measure    verdict    eligible  did  rate  others  others_rate  difference  diff_low    diff_high  q         low       high      immature
plan     free   frequent   not shown  1         0    0     2       0.5          -50         -90.546879  39.104934  0.579714  0         0.793451  1
plan     free   retained   not shown  1         0    0     2       0.5          -50         -90.546879  39.104934  0.579714  0         0.793451  1
plan     pro    frequent   not shown  2         1    0.5   1       0            50          -39.104934  90.546879  0.579714  0.094531  0.905469  0
plan     pro    retained   not shown  2         1    0.5   1       0            50          -39.104934  90.546879  0.579714  0.094531  0.905469  0
plan     free   activated  not shown  2         1    0.5   2       0.5          0           -57.341947  57.341947  1         0.094531  0.905469  0
plan     pro    activated  not shown  2         1    0.5   2       0.5          0           -57.341947  57.341947  1         0.094531  0.905469  0

## Example: without a declared activation nobody is called not activated
accounts:
account  created_day  left_truncated
a1       2026-01-01   false
old      2026-01-01   true
segment_values:
account  segment  value
a1       plan     pro
old      plan     free
activations:
account  activated_at
activity:
account  day         core  n
a1       2026-03-20  true  1
with as_of=2026-06-01
becomes
segment  value  measure   verdict       eligible  did  rate  others  others_rate  difference  diff_low  diff_high  q  low       high      immature
plan     pro    frequent  insufficient  1         0    0     0       ·            ·           ·         ·          ·  0         0.793451  0
plan     pro    retained  insufficient  1         1    1     0       ·            ·           ·         ·          ·  0.206549  1         0
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import held_against, share, wilson


def segments(
    accounts: pl.LazyFrame, segment_values: pl.LazyFrame, activations: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    landmark: Days = 14, presence: Days = 60, window: Days = 30, weeks: int = 8, min_base: int = 10,
) -> pl.LazyFrame:  # fmt: skip
    mark = pl.col("created_day").cast(pl.Int64) + landmark
    known = accounts.filter(pl.col("created_day").is_not_null() & ~pl.col("left_truncated")).select("account", mark=mark)
    days = activity.filter("core").select("account", "day").unique().join(known, on="account")
    measures = [
        _activated(known, activations, clock),
        _worked(known, days.with_columns(part=(pl.col("day") - pl.col("mark")).floordiv(7)), "frequent", 0, weeks, (weeks + 1) // 2, 7, clock),
        _worked(known, days.with_columns(part=pl.col("day") - pl.col("mark")), "retained", presence, presence + window, 1, 1, clock),
    ]
    placed = segment_values.join(pl.concat(measures), on="account").group_by("segment", "value", "measure").agg(
        eligible=pl.col("over").sum().cast(pl.Int64), immature=(~pl.col("over")).sum().cast(pl.Int64), did=(pl.col("over") & pl.col("hit")).sum().cast(pl.Int64)
    )  # fmt: skip
    rest = {other: pl.col(name).sum().over("segment", "measure") - pl.col(name) for other, name in (("others", "eligible"), ("others_did", "did"))}
    return _judged(placed.with_columns(**rest), min_base)


def _activated(known: pl.LazyFrame, activations: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Where no activation is declared there is no row."""
    day = clock.day_of(pl.col("activated_at"))
    told = known.join(activations.select("account", "activated_at"), on="account")
    return told.select("account", measure=pl.lit("activated"), over=pl.col("mark") <= clock.settled, hit=(day < pl.col("mark")).fill_null(False))


def _worked(known: pl.LazyFrame, days: pl.LazyFrame, measure: str, first: int, end: int, needed: int, length: int, clock: Clock) -> pl.LazyFrame:
    """Whether an account worked in at least `needed` of the parts first..end−1 after the landmark, each `length` days long."""
    within = days.filter(pl.col("part").is_between(first, end - 1)).group_by("account").agg(parts=pl.col("part").n_unique())
    told = known.join(within, on="account", how="left")
    hit = (pl.col("parts") >= needed).fill_null(False)
    return told.select("account", measure=pl.lit(measure), over=pl.col("mark") + end * length <= clock.settled, hit=hit)


def _judged(placed: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    k, n, other_k, other_n = sides = [pl.col(name) for name in ("did", "eligible", "others_did", "others")]
    low, high = wilson(k, n)
    rated = placed.with_columns(rate=share(k, n), low=low, high=high, others_rate=share(other_k, other_n))
    return held_against(rated, sides, min_base, "higher", "lower")
