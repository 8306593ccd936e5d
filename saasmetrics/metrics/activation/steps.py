"""Which onboarding step stops accounts, and how many are stuck there now.

## Why
One step usually loses more accounts than all the others together; that is where onboarding has to be mended. Only
accounts that had the whole time (`within`) count.

## Columns
position     key    number of the step
step         label  its name in the definition
required     flag   needed to be activated
entered      count  accounts at least `within` old that did all required steps before this one within it
reached      count  of these, those that did this one in time too
lost         count  entered − reached
of_entered   share  reached / entered
of_all       share  reached / all accounts old enough
median_days  days   half of those who got here did this step within so many days of the one before (Kaplan–Meier); empty: not reached
p90_days     days   nine in ten did
stuck_now    count  accounts of any age waiting at this step at T
worst        flag   the required step that loses the most accounts

## Headline
of_entered

## Limits
With order: any a step counts whenever it was done, so an account can be through step 3 before step 2; a row then says who
did this step and all required ones before it. Activation counts finished steps only: what else happened in between does
not reset anything (a strict funnel, an exclusion step or strict_deduplication in other tools). The time begins with the
account, not with its first step, and a first step that is done again begins no new time: tools that try every start find
more. One event is one step, and events of one moment may follow each other, whatever their order in the file
(strict_increase wants them apart). How many steps an account did in any order, whichever they were, is `done` in
`activation accounts`.

## Needs
activation

## Better with
accounts  the accounts that signed up and never did anything

## Picture
funnel step of_all worst

## Account by account
activation.accounts

## Covers
A06

## Example: the second step loses most
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
a2       2026-01-01 00:00  false
a3       2026-01-01 00:00  false
steps:
account  position  step   required  at                through
a1       1         setup  true      2026-01-02 00:00  2026-01-02 00:00
a1       2         post   true      2026-01-04 00:00  2026-01-04 00:00
a2       1         setup  true      2026-01-03 00:00  2026-01-03 00:00
a2       2         post   true      ·                 ·
a3       1         setup  true      2026-01-03 00:00  2026-01-03 00:00
a3       2         post   true      ·                 ·
with as_of=2026-03-01
becomes
position  step   required  entered  reached  lost  of_entered  of_all    median_days  p90_days  stuck_now  worst
1         setup  true      3        3        0     1           1         2            2         0          false
2         post   true      3        1        2     0.333333    0.333333  ·            ·         2          true

## Example: done after the time does not count, a young account is only counted as stuck
accounts:
account  created_at        left_truncated
a1       2026-01-01 00:00  false
young    2026-02-28 00:00  false
steps:
account  position  step   required  at                through
a1       1         setup  true      2026-02-01 00:00  2026-02-01 00:00
young    1         setup  true      ·                 ·
with as_of=2026-03-01
becomes
position  step   required  entered  reached  lost  of_entered  of_all  median_days  p90_days  stuck_now  worst
1         setup  true      1        0        1     0           0       31           31        1          true
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Duration
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile


def steps(
    accounts: pl.LazyFrame, steps: pl.LazyFrame, clock: Clock, *, within: Duration = 1_209_600_000_000, by: Sequence[str] = ()
) -> pl.LazyFrame:
    known = accounts.filter(pl.col("created_at").is_not_null() & ~pl.col("left_truncated"))
    placed = _placed(steps).join(known.select("account", "created_at", *by), on="account")
    old, end = pl.col("created_at") + within <= clock.now, pl.col("created_at") + within
    keys = [*by, "position", "step", "required"]
    told = placed.group_by(keys).agg(
        all=old.sum(),
        entered=(old & (pl.col("previous") <= end)).sum(),
        reached=(old & (pl.col("through") <= end)).fill_null(False).sum(),
        stuck_now=(pl.col("required") & pl.col("previous").is_not_null() & pl.col("at").is_null()).sum(),
    )
    lost = pl.col("entered") - pl.col("reached")
    most = pl.when(pl.col("required")).then(lost).max().over(*by) if by else pl.when(pl.col("required")).then(lost).max()
    judged = told.with_columns(
        lost=lost, worst=pl.col("required") & (lost == most) & (lost > 0),
        of_entered=share(pl.col("reached"), pl.col("entered")), of_all=share(pl.col("reached"), pl.col("all")),
    )  # fmt: skip
    for name, frame in _lags(placed, clock, [*by, "position"]).items():
        judged = judged.join(frame.with_columns(divided(pl.col(name), DAY)), on=[*by, "position"], how="left", nulls_equal=True)
    return judged


def _placed(steps: pl.LazyFrame) -> pl.LazyFrame:
    """With `previous`: when all required steps before were done; the account's creation stands before the first."""
    needed = pl.when(pl.col("required")).then(pl.coalesce("through", pl.lit(2**62)))
    before = needed.cum_max().shift(1).forward_fill().over("account", order_by="position")
    return steps.with_columns(previous=pl.when(before != 2**62).then(before).otherwise(pl.when(before.is_null()).then(0)))


def _lags(placed: pl.LazyFrame, clock: Clock, keys: list[str]) -> dict[str, pl.LazyFrame]:
    start = pl.max_horizontal("previous", "created_at")
    watched = placed.filter(pl.col("previous").is_not_null()).with_columns(
        observed=pl.col("through").is_not_null(),
        duration=(pl.coalesce("through", pl.lit(clock.now)) - start).clip(lower_bound=0),
    )
    curve = kaplan_meier(watched, keys)
    return {name: survival_quantile(curve, q, keys, name) for name, q in (("median_days", 0.5), ("p90_days", 0.9))}
