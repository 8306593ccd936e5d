"""Of the accounts that began in a period, how many do core work k periods later?

## Why
An account is retained when it completes a core workflow in the period, not when somebody logs in. A cell stands only when
its period is over; what cannot be known yet is empty, never 0. Before a low cell is explained by customers, look whether the
product worked in its period.

## Columns
cohort    key    first day of the period in which the accounts began; `all` pools the cells whose period is over, small cohorts too
period    key    number of periods since then
accounts  count  size of the cohort
eligible  count  of these, the accounts that the cell can be known of
retained  count  of the eligible, those active; empty: none is eligible
rate      share  retained / eligible
low       share  Wilson 95 % interval
high      share  Wilson 95 % interval
status    label  final; insufficient: fewer than min_cohort eligible accounts; provisional: the period is not over, or ended less than late_after ago; censored: it has not begun, or began more than a week before the export did
unstable_days days days of the period that lie in an unstable week (reliability stability), a mean over the eligible; empty: none is eligible, or no limits are declared

## Limits
Each cohort is followed for so many `periods` after the one in which it began.
mode: calendar counts calendar months or weeks: the first one is shorter for accounts that began late in it. mode: rolling
counts each account's own 30 (or 1, 7, 91) days, so that all have the same time. kind: unbounded counts an account as retained in
period k when it is active in k or later; its last column always looks worse than it will be, and is provisional.
anchor: created (the account's creation), activation, first_active (of accounts older than the export nobody knows when that
was: they are in no cohort), or every_active (each active period starts a cohort, as in PostHog's recurring retention; an
account then stands in several). Where one event begins a cohort and another one
keeps it (PostHog's start and return event), the first is the only activation step, with anchor: activation. One core
success makes a period active; there is no least number of them.

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Picture
triangle cohort period rate

## Account by account
engagement.frequency

## Covers
W04 K03 J14

## Example: the running month is provisional, a coming one censored
accounts:
account  created_day  observed_from
a1       2026-01-05   2026-01-05
a2       2026-01-20   2026-01-05
a3       2026-02-03   2026-01-05
activity:
account  day         core  n
a1       2026-01-06  true  1
a1       2026-02-10  true  1
a2       2026-01-21  true  1
a3       2026-02-04  true  1
activations:
account  activated_at
with as_of=2026-02-20 min_cohort=1
becomes
cohort      period  accounts  eligible  retained  rate  low       high      status       unstable_days
2026-01-01  0       2         2         2         1     0.34238   1         final        ·
2026-01-01  1       2         2         1         0.5   0.094531  0.905469  provisional  ·
2026-02-01  0       1         1         1         1     0.206549  1         provisional  ·
2026-02-01  1       1         0         ·         ·     ·         ·         censored     ·
all         0       3         2         2         1     0.34238   1         final        ·
all         1       3         0         ·         ·     ·         ·         censored     ·

## Example: a brand-new cohort does not pull the pooled row down; one account alone is too few to tell
accounts:
account  created_day  observed_from
old      2026-01-01   2026-01-01
new      2026-02-28   2026-01-01
activity:
account  day         core  n
old      2026-01-02  true  1
old      2026-02-02  true  1
activations:
account  activated_at
with as_of=2026-03-02 min_cohort=2
becomes
cohort      period  accounts  eligible  retained  rate  low       high      status        unstable_days
2026-01-01  0       1         1         1         1     0.206549  1         insufficient  ·
2026-01-01  1       1         1         1         1     0.206549  1         insufficient  ·
2026-01-01  2       1         1         0         0     0         0.793451  provisional   ·
2026-02-01  0       1         1         0         0     0         0.793451  insufficient  ·
2026-02-01  1       1         1         0         0     0         0.793451  provisional   ·
2026-02-01  2       1         0         ·         ·     ·         ·         censored      ·
all         0       2         2         1         0.5   0.094531  0.905469  final         ·
all         1       2         1         1         1     0.206549  1         insufficient  ·
all         2       2         0         ·         ·     ·         ·         censored      ·

## Example: nobody worked in February, of which two days lie in an unstable week; the pooled row has a mean
accounts:
account  created_day  observed_from
old      2025-12-01   2025-12-01
new      2026-01-05   2025-12-01
activity:
account  day         core  n
old      2025-12-02  true  1
old      2026-01-02  true  1
new      2026-01-06  true  1
activations:
account  activated_at
unstable_days:
day
2026-01-31
2026-02-01
2026-02-02
with as_of=2026-03-10 min_cohort=1 periods=1
becomes
cohort      period  accounts  eligible  retained  rate  low       high      status  unstable_days
2025-12-01  0       1         1         1         1     0.206549  1         final   0
2025-12-01  1       1         1         1         1     0.206549  1         final   1
2026-01-01  0       1         1         1         1     0.206549  1         final   1
2026-01-01  1       1         1         0         0     0         0.793451  final   2
all         0       2         2         2         1     0.34238   1         final   0.5
all         1       2         2         1         0.5   0.094531  0.905469  final   1.5

## Example: an own month that is not over counts neither as a base nor for its unstable days
accounts:
account  created_day  observed_from
a1       2026-01-05   2026-01-01
a2       2026-01-25   2026-01-01
activity:
account  day         core  n
a1       2026-02-10  true  1
activations:
account  activated_at
unstable_days:
day
2026-03-01
2026-03-08
with as_of=2026-03-10 min_cohort=1 periods=1 mode=rolling
becomes
cohort      period  accounts  eligible  retained  rate  low       high      status       unstable_days
2026-01-01  0       2         2         0         0     0         0.65762   final        0
2026-01-01  1       2         1         1         1     0.206549  1         provisional  1
all         0       2         2         0         0     0         0.65762   final        0
all         1       2         0         ·         ·     ·         ·         censored     ·
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, UNOBSERVED_DAYS, Clock, days_within
from saasmetrics.statistics import share, total, wilson


def cohorts(
    accounts: pl.LazyFrame, activity: pl.LazyFrame, activations: pl.LazyFrame, unstable_days: pl.LazyFrame | None, clock: Clock, *,
    period: Literal["day", "week", "month", "quarter"] = "month", periods: int = 12,
    kind: Literal["on", "unbounded"] = "on", mode: Literal["calendar", "rolling"] = "calendar",
    anchor: Literal["created", "activation", "first_active", "every_active"] = "created", min_cohort: int = 5, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    active = activity.filter("core").select("account", "day")
    members = _members(accounts, activations, active, clock, anchor, by).with_columns(
        cohort=clock.index(pl.col("start_day"), period)
    )
    if anchor == "every_active":
        members = members.group_by("account", "cohort", *by).agg(pl.col("start_day").min())
    seen = _seen(members, active, clock, period, mode, kind)
    grid = _grid(members, clock, period, periods, mode)
    cells = grid.join(seen, on=["account", "cohort", "period"], how="left").with_columns(
        pl.col("active").fill_null(False), unstable=_unstable(unstable_days, clock, period, mode)
    )
    start = accounts.select(pl.col("observed_from").min().cast(pl.Int64)).collect().item()
    judged = _judged(cells, clock, period, mode, kind, by, clock.first_day(clock.running(period) + 1, period) if start is None else start - UNOBSERVED_DAYS)
    dated = judged.with_columns(cohort=clock.start(pl.col("cohort"), period).dt.strftime("%Y-%m-%d"))
    every = pl.concat([dated, _pooled(judged, by)], how="diagonal_relaxed")
    k, n = pl.col("retained"), pl.col("eligible")
    low, high = wilson(k, n)
    status = pl.when((pl.col("status") == "final") & (n < min_cohort)).then(pl.lit("insufficient")).otherwise("status")
    return every.with_columns(retained=pl.when(n > 0).then(k), rate=share(k, n), low=low, high=high, status=status, unstable_days=share(pl.col("unstable"), n))


def _members(
    accounts: pl.LazyFrame, activations: pl.LazyFrame, active: pl.LazyFrame, clock: Clock, anchor: str, by: Sequence[str]
) -> pl.LazyFrame:
    """account, start_day (and segments); accounts without the anchor are in no cohort."""
    if anchor == "created":
        days = accounts.select("account", *by, start_day="created_day")
    elif anchor == "activation":
        days = accounts.join(activations, on="account").select("account", *by, start_day=clock.day_of(pl.col("activated_at")))
    elif anchor == "first_active":
        first = active.group_by("account").agg(start_day=pl.col("day").min())
        days = accounts.filter(~pl.col("left_truncated")).join(first, on="account").select("account", *by, "start_day")
    else:
        days = accounts.join(active, on="account").select("account", *by, start_day="day")
    return days.filter(pl.col("start_day").is_not_null()).with_columns(pl.col("start_day").cast(pl.Int64))


def _seen(members: pl.LazyFrame, active: pl.LazyFrame, clock: Clock, period: str, mode: str, kind: str) -> pl.LazyFrame:
    """account, cohort, period, active. Unbounded: active in that period or a later one."""
    paired = members.select("account", "cohort", "start_day").join(active, on="account")
    place = clock.index(pl.col("day"), period) - pl.col("cohort")  # type: ignore[arg-type]
    if mode == "rolling":
        place = (pl.col("day") - pl.col("start_day")).floordiv(ROLLING_DAYS[period])
    hits = paired.select("account", "cohort", period=place.cast(pl.Int64)).filter(pl.col("period") >= 0).unique()
    if kind == "unbounded":
        last = hits.group_by("account", "cohort").agg(pl.col("period").max())
        hits = last.with_columns(period=pl.int_ranges(0, pl.col("period") + 1)).explode("period")
    return hits.with_columns(active=pl.lit(True))


def _grid(members: pl.LazyFrame, clock: Clock, period: str, periods: int, mode: str) -> pl.LazyFrame:
    """account × period, from the cohort's own period up to the running one of the oldest cohort."""
    now = clock.running(period)  # type: ignore[arg-type]
    longest = members.select((now - pl.col("cohort")).max()).collect().item()
    ks = list(range(min(periods, longest if longest is not None else 0) + 1))
    return members.join(pl.LazyFrame({"period": ks}, schema={"period": pl.Int64}), how="cross")


def _unstable(days: pl.LazyFrame | None, clock: Clock, period: str, mode: str) -> pl.Expr:
    """How many of these days lie in the cell's period, of each account."""
    if mode == "rolling":
        start = pl.col("start_day") + pl.col("period") * ROLLING_DAYS[period]
        return days_within(days, start, start + ROLLING_DAYS[period])
    at = pl.col("cohort") + pl.col("period")
    return days_within(days, *(clock.start(index, period).to_physical() for index in (at, at + 1)))  # type: ignore[arg-type]


def _judged(
    cells: pl.LazyFrame, clock: Clock, period: str, mode: str, kind: str, by: Sequence[str], since: int
) -> pl.LazyFrame:
    """One row a cohort and period: counts and status. `since`: the first day whose beginnings were seen."""
    end = pl.col("start_day") + (pl.col("period") + 1) * ROLLING_DAYS[period]
    at = pl.col("cohort") + pl.col("period")
    complete, begun = clock.last_complete(period), clock.running(period)  # type: ignore[arg-type]
    ahead = 1 if kind == "unbounded" else 0  # periods that must be over too
    over = end + ahead * ROLLING_DAYS[period] <= clock.settled if mode == "rolling" else at <= complete - ahead
    whole = at > clock.index_of(since - 1, period)  # type: ignore[arg-type]
    rolled = (end - ROLLING_DAYS[period] >= since) & (end <= clock.settled)
    possible = rolled if mode == "rolling" else (whole | (pl.col("start_day") >= since)) & (at <= begun)
    counted = cells.with_columns(possible=possible, over=over).group_by(*by, "cohort", "period").agg(
        accounts=pl.len().cast(pl.Int64), eligible=pl.col("possible").sum().cast(pl.Int64),
        retained=(pl.col("possible") & pl.col("active")).sum().cast(pl.Int64), over=pl.col("over").all(),
        unstable=total(pl.col("unstable").filter("possible")),
    )  # fmt: skip
    status = pl.when(pl.col("eligible") == 0).then(pl.lit("censored")).when("over").then(pl.lit("final")).otherwise(pl.lit("provisional"))
    return counted.with_columns(status=status)


def _pooled(judged: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Σ retained / Σ eligible over the cohorts whose cell is final."""
    final = pl.col("status") == "final"
    sums = judged.group_by(*by, "period").agg(
        pl.col("accounts").sum(), pl.when(final).then("eligible").sum(), pl.when(final).then("retained").sum(),
        total(pl.col("unstable").filter(final)),
    )
    status = pl.when(pl.col("eligible") > 0).then(pl.lit("final")).otherwise(pl.lit("censored"))
    return sums.with_columns(status=status, cohort=pl.lit("all"))
