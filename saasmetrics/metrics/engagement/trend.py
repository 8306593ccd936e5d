"""Whose usage rises or falls over 7, 30, 60, 90 days?

## Why
A fall that shows in revenue is months old. Each account's core work is held against its own work in the window before, day
for day that it was there; noise, single big days and too little work are told apart from change.

## Columns
account         key     the account
moves           flag    its state is up or down
state           label   up, flat, down over `days`; insufficient: fewer than min_base successes; new: not there for half of the window before; left: no longer pays; unknown: no date of creation
trend           share   change of the successes per day that it was there; empty: none before
difference      number  successes more or fewer than the window before would give
n               count   core successes in the last `days` (30) days
n_before        count   in the `days` days before
all_windows     text    the state over each of the windows
weekly          list    core successes in each of the last 12 blocks of 7 days, oldest first; empty: the export does not hold the block
percent_a_week  number  robust growth a week in percent: Theil–Sen slope of the blocks that it was there for; empty: fewer than 4
percent_low     number  Sen's 95 % interval
percent_high    number  Sen's 95 % interval
note            text    why a change that catches the eye is not called one

## Limits
Windows end where late rows may still change the numbers (late_after before T). Up and down ask for a change of min_change
and one beyond doubt (Wilson), with the busiest day of each window left out: an import on one day is no trend. A week of
holidays is a fall over 7 days, and rarely one over 30. Nothing is corrected for season.

## Order
-moves state difference account

## Better with
accounts       the true dates of creation, and the accounts that never did anything
subscriptions  which accounts left

## Covers
H12 J06 J07

## Example: one big day is no trend, a steady fall is one
accounts:
account  created_day  observed_from
falls    2025-01-01   2025-01-01
import   2025-01-01   2025-01-01
contract_state:
account  ended_day
activity:
account  day         core  n
falls    2026-01-05  true  9
falls    2026-01-06  true  9
falls    2026-01-07  true  9
falls    2026-01-13  true  2
falls    2026-01-14  true  2
import   2026-01-05  true  5
import   2026-01-06  true  5
import   2026-01-13  true  5
import   2026-01-14  true  99
with as_of=2026-01-20 days=7 windows=[7]
becomes
account  moves  state  trend      difference  n    n_before  all_windows      weekly                        percent_a_week  percent_low  percent_high  note
falls    true   down   -0.851852  -23         4    27        7 d down −85 %   [0,0,0,0,0,0,0,0,0,0,27,4]    0               0            19.581317     ·
import   false  flat   9.4        94          104  10        7 d flat +940 %  [0,0,0,0,0,0,0,0,0,0,10,104]  0               0            40.854389     within chance once the busiest day of each window is left out

## Example: a young account is new, little work is insufficient, and half a window before counts day for day
accounts:
account  created_day  observed_from
baby     2026-01-11   2025-01-01
few      2025-01-01   2025-01-01
half     2026-01-08   2025-01-01
contract_state:
account  ended_day
activity:
account  day         core  n
baby     2026-01-12  true  9
few      2026-01-12  true  1
half     2026-01-09  true  6
half     2026-01-10  true  6
half     2026-01-13  true  6
half     2026-01-14  true  6
half     2026-01-15  true  6
with as_of=2026-01-20 days=7 windows=[7]
becomes
account  moves  state         trend      difference  n   n_before  all_windows       weekly                       percent_a_week  percent_low  percent_high  note
half     false  flat          -0.142857  -3          18  12        7 d flat −14 %    [0,0,0,0,0,0,0,0,0,0,12,18]  ·               ·            ·             ·
few      false  insufficient  ·          1           1   0         7 d insufficient  [0,0,0,0,0,0,0,0,0,0,0,1]    0               0            0             ·
baby     false  new           ·          9           9   0         7 d new           [0,0,0,0,0,0,0,0,0,0,0,9]    ·               ·            ·             ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import share, theil_sen, wilson

BLOCKS = 12
EDGE = 1e-9


def trend(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *,
    days: Days = 30, windows: Sequence[Days] = (7, 30, 60, 90), min_base: int = 8, min_change: float = 0.2,
) -> pl.LazyFrame:  # fmt: skip
    work = activity.filter("core").group_by("account", "day").agg(pl.col("n").sum())
    aged = work.with_columns(age=(clock.settled - pl.col("day")).cast(pl.Int64)).filter(pl.col("age") > 0).cache()
    every = accounts.select("account", lived=_lived(clock), seen=clock.settled - pl.col("observed_from").cast(pl.Int64)).join(contract_state.select("account", "ended_day"), on="account", how="left")
    judged = _judged(_windows(every, aged, sorted({days, *windows})), min_base, min_change).cache()
    head = judged.filter(pl.col("days") == days).with_columns(moves=pl.col("state").is_in(["up", "down"]))
    for more in (_every_window(judged.filter(pl.col("days").is_in(list(windows)))), _weekly(every, aged)):
        head = head.join(more, on="account", how="left")
    return head.with_columns((100 * pl.col(name).exp() - 100).alias(f"percent_{shown}") for name, shown in SLOPE.items())


SLOPE = {"slope": "a_week", "low": "low", "high": "high"}


def _lived(clock: Clock) -> pl.Expr:
    """Days that it was there and seen, up to the last settled one."""
    start = pl.when(pl.col("created_day").is_not_null()).then(pl.max_horizontal("created_day", "observed_from"))
    return (clock.settled - start).clip(lower_bound=0).cast(pl.Int64)


def _windows(every: pl.LazyFrame, aged: pl.LazyFrame, lengths: Sequence[int]) -> pl.LazyFrame:
    """Each account and window: successes now and before, those of the busiest day, and the days that it was there."""
    spans = pl.LazyFrame({"days": lengths}, schema={"days": pl.Int64})
    edges = sorted({edge for days in lengths for edge in (days, 2 * days)})
    upto = pl.coalesce(pl.when(pl.col("age") <= edge).then(edge) for edge in edges).cast(pl.Int64)
    bands = aged.filter(pl.col("age") <= edges[-1]).group_by("account", upto=upto).agg(pl.col("n").sum(), peak=pl.col("n").max())
    now = pl.when(pl.col("upto") <= pl.col("days"))
    before = pl.when(pl.col("upto").is_between(pl.col("days") + 1, 2 * pl.col("days")))
    sums = bands.join(spans, how="cross").group_by("account", "days").agg(
        n=now.then("n").sum(), n_before=before.then("n").sum(), peak=now.then("peak").max(), peak_before=before.then("peak").max()
    )
    told = every.join(spans, how="cross").join(sums, on=["account", "days"], how="left")
    return told.with_columns(
        pl.col("n", "n_before", "peak", "peak_before").fill_null(0),
        there=pl.min_horizontal("lived", "days"), there_before=(pl.col("lived") - pl.col("days")).clip(0, pl.col("days")),
    )  # fmt: skip


def _judged(windows: pl.LazyFrame, min_base: int, min_change: float) -> pl.LazyFrame:
    there, there_before = pl.col("there"), pl.col("there_before")
    usual = share(pl.col("n_before") * there, there_before)
    told = windows.with_columns(difference=pl.col("n") - usual, trend=pl.when(pl.col("n_before") > 0).then(pl.col("n") / usual - 1))
    calm, calm_before = pl.col("n") - pl.col("peak"), pl.col("n_before") - pl.col("peak_before")
    low, high = wilson(calm, calm + calm_before)
    even = there / (there + there_before)
    rises = (pl.col("difference") >= min_change * usual - EDGE) & (pl.col("difference") > 0)
    falls = (pl.col("difference") <= -min_change * usual + EDGE) & (pl.col("difference") < 0)
    sure_up, sure_down = (low > even + EDGE).fill_null(False), (high < even - EDGE).fill_null(False)
    state = (
        pl.when(pl.col("ended_day").is_not_null()).then(pl.lit("left"))
        .when(pl.col("lived").is_null()).then(pl.lit("unknown"))
        .when(2 * there_before < pl.col("days")).then(pl.lit("new"))
        .when(pl.col("n") + pl.col("n_before") < min_base).then(pl.lit("insufficient"))
        .when(rises & sure_up).then(pl.lit("up")).when(falls & sure_down).then(pl.lit("down"))
        .otherwise(pl.lit("flat"))
    )  # fmt: skip
    note = pl.when((pl.lit("flat") == state) & (rises | falls)).then(pl.lit("within chance once the busiest day of each window is left out"))
    return told.with_columns(state=state, note=note)


def _every_window(judged: pl.LazyFrame) -> pl.LazyFrame:
    """The states of all windows as one text."""
    percent = (pl.col("trend") * 100).round().cast(pl.Int64)
    signed = pl.when(percent >= 0).then(sentence(" +{} %", percent)).otherwise(sentence(" −{} %", -percent)).fill_null("")
    counted = pl.col("state").is_in(["up", "flat", "down"])
    told = judged.with_columns(text=sentence("{} d {}{}", "days", "state", pl.when(counted).then(signed).otherwise(pl.lit(""))))
    return told.sort("account", "days").group_by("account", maintain_order=True).agg(all_windows=pl.col("text").str.join(", "))


def _weekly(every: pl.LazyFrame, aged: pl.LazyFrame) -> pl.LazyFrame:
    """The successes of blocks of 7 days, and the robust slope of their logarithms over the time that the account was there."""
    blocks, block = range(BLOCKS), BLOCKS - 1 - (pl.col("age") - 1).floordiv(7)
    counted = aged.filter(pl.col("age") <= 7 * BLOCKS).group_by("account").agg(pl.when(block == x).then("n").sum().alias(f"{x}") for x in blocks)
    listed = pl.concat_list(pl.when(((BLOCKS - x) * 7 <= pl.col("seen")).fill_null(True)).then(pl.col(f"{x}").fill_null(0)) for x in blocks)
    weekly = every.join(counted, on="account", how="left").select("account", "lived", weekly=listed).cache()
    grid = weekly.with_columns(x=pl.lit([*blocks])).explode("x", "weekly").rename({"weekly": "n"})
    whole = grid.filter((BLOCKS - pl.col("x")) * 7 <= pl.col("lived"))
    slopes = theil_sen(whole.select("account", "x", y=(pl.col("n") + 1).log()), "account").filter(pl.col("n") >= 4)
    return weekly.drop("lived").join(slopes.drop("n"), on="account", how="left")
