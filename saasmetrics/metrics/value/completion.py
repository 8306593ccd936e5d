"""Of the attempts at each workflow, how many succeed, and how long does it take?

## Why
A click on "post" is an attempt; the posted invoice is the value. What lies between the two is where the product fails its
customers. An attempt is completed by the success of the same thing only: invoice 2 does not finish invoice 1.

## Columns
workflow        key    the workflow
attempts        count  logical attempts begun in the last attempt_days whose time (`within`) is over, late events included
completed       count  of these, those that succeeded in time
failed          count  of these, those with a failure and no success in time
abandoned       count  of these, those with neither
rate            share  completed / attempts, all accounts pooled
low             share  Wilson 95 % interval
high            share  Wilson 95 % interval
accounts        count  accounts with such attempts
account_median  share  the median account's own rate; far from `rate` when a few large accounts make it
ended           share  (completed + failed) / attempts: of surveys, the response rate
of_ended        share  completed / (completed + failed): of surveys, the satisfied
median_hours    number half of all attempts had succeeded after so many hours (Kaplan–Meier); empty: not reached
p90_hours       number nine in ten had; empty: not reached
immature        count  attempts whose time is not over: not counted, not failed
unpaired        count  attempts whose event does not name its thing: not counted
status          label  final; insufficient: fewer than min_attempts; no attempts

## Limits
All attempts at one thing are one: a retry that succeeds completes it. Without a declared `entity` an attempt lasts until the
account's next one, so that of two under way at once the first counts as abandoned: declare `entity`. The times stand
on all attempts, those still open included, and a failed one never gets there (a competing end, not a lost one). A rate of
accepted offers, of satisfied answers, a time to fill or to first response is a workflow with that attempt and that success.
Delivery on time is one too: promised (the column with the promised time `exists`) against on time (it is `met`).
Of several begun at one moment each counts: the first has the first success that comes before the next moment, the last the
first failure.

## Better with
accounts  the segments to split by

## Order
-attempts workflow

## Picture
bars rate

## Account by account
value.completion_accounts

## Covers
M01 N10 N13 N14 N16 N17

## Example: failed, abandoned, and still open
accounts:
account
a1
a2
workflows:
position  workflow   tried
1         invoicing  true
attempts:
account  workflow   at                outcome    success_at        due_at
a1       invoicing  2026-01-01 00:00  completed  2026-01-01 12:00  2026-01-02 00:00
a1       invoicing  2026-01-02 00:00  failed     2026-01-05 00:00  2026-01-03 00:00
a2       invoicing  2026-01-02 00:00  abandoned  ·                 2026-01-03 00:00
a2       invoicing  2026-01-02 06:00  completed  2026-01-02 18:00  2026-01-03 06:00
a2       invoicing  2026-01-31 12:00  open       ·                 2026-02-01 12:00
with as_of=2026-02-01
becomes
workflow   attempts  completed  failed  abandoned  rate  low       high      accounts  account_median  ended  of_ended  median_hours  p90_hours  immature  unpaired  status
invoicing  4         2          1       1          0.5   0.150039  0.849961  2         0.5             0.75   0.666667  72            ·          1         0         insufficient

## Example: one large account does not speak for the others, and what cannot be paired is no failure
accounts:
account
big
s1
s2
workflows:
position  workflow   tried
1         invoicing  true
2         claims     true
3         untried    false
attempts:
account  workflow   at                outcome    success_at        due_at
big      invoicing  2026-01-01 00:00  completed  2026-01-01 00:00  2026-01-02 00:00
big      invoicing  2026-01-01 01:00  completed  2026-01-01 01:00  2026-01-02 01:00
big      invoicing  2026-01-01 02:00  completed  2026-01-01 02:00  2026-01-02 02:00
s1       invoicing  2026-01-01 00:00  abandoned  ·                 2026-01-02 00:00
s2       invoicing  2026-01-01 00:00  abandoned  ·                 2026-01-02 00:00
s2       invoicing  2026-01-01 00:00  unpaired   ·                 2026-01-02 00:00
with as_of=2026-02-01 min_attempts=5
becomes
workflow   attempts  completed  failed  abandoned  rate  low       high      accounts  account_median  ended  of_ended  median_hours  p90_hours  immature  unpaired  status
invoicing  5         3          0       2          0.6   0.230724  0.882379  3         0               0.6    1         0             ·          0         1         final
claims     0         0          0       0          ·     ·         ·         0         ·               ·      ·         ·             ·          0         0         no attempts
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import divided, kaplan_meier, share, survival_quantile, wilson

HOUR = 3_600_000_000
OUTCOMES = ["completed", "failed", "abandoned"]


def completion(
    accounts: pl.LazyFrame, workflows: pl.LazyFrame, attempts: pl.LazyFrame, clock: Clock, *,
    attempt_days: Days = 90, min_attempts: int = 20, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    rows = workflows.filter("tried").select("position", "workflow")
    rows = rows.join(accounts.select(by).unique(), how="cross") if by else rows
    begun = attempts.filter(pl.col("at") >= clock.midnight(clock.day - attempt_days))
    recent = begun.join(accounts.select("account", *by), on="account").with_columns(over=pl.col("due_at") <= clock.final)
    keys = [*by, "workflow"]
    told = rows
    for frame in (_counts(recent, keys), _accounts(recent, keys), _times(recent, keys, clock)):
        told = told.join(frame, on=keys, how="left", nulls_equal=True)
    counts = ["attempts", *OUTCOMES, "accounts", "immature", "unpaired"]
    return told.with_columns(pl.col(counts).fill_null(0)).with_columns(*_judged(min_attempts))


def _judged(min_attempts: int) -> list[pl.Expr]:
    k, n, ended = pl.col("completed"), pl.col("attempts"), pl.col("completed") + pl.col("failed")
    low, high = wilson(k, n)
    status = (
        pl.when(n == 0).then(pl.lit("no attempts")).when(n < min_attempts).then(pl.lit("insufficient"))
        .otherwise(pl.lit("final"))
    )  # fmt: skip
    rates = {"rate": share(k, n), "low": low, "high": high, "ended": share(ended, n), "of_ended": share(k, ended)}
    return [*(value.alias(name) for name, value in rates.items()), status.alias("status")]


def _counts(recent: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    paired = pl.col("outcome") != "unpaired"
    counted = paired & pl.col("over")
    return recent.group_by(keys).agg(
        attempts=counted.sum().cast(pl.Int64), immature=(paired & ~pl.col("over")).sum().cast(pl.Int64),
        unpaired=(~paired).sum().cast(pl.Int64),
        **{name: (counted & (pl.col("outcome") == name)).sum().cast(pl.Int64) for name in OUTCOMES},
    )  # fmt: skip


def _accounts(recent: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    counted = recent.filter(pl.col("over") & (pl.col("outcome") != "unpaired"))
    each = counted.group_by(*keys, "account").agg(rate=(pl.col("outcome") == "completed").mean())
    return each.group_by(keys).agg(accounts=pl.len().cast(pl.Int64), account_median=pl.col("rate").median())


def _times(recent: pl.LazyFrame, keys: Sequence[str], clock: Clock) -> pl.LazyFrame:
    paired = recent.filter(pl.col("outcome") != "unpaired")
    watched = paired.with_columns(
        observed=pl.col("success_at").is_not_null(), duration=pl.coalesce("success_at", pl.lit(clock.now)) - pl.col("at")
    )
    curve, told = kaplan_meier(watched, keys), recent.select(keys).unique()
    for name, reached in {"median_hours": 0.5, "p90_hours": 0.9}.items():
        found = survival_quantile(curve, reached, keys, name).with_columns(divided(pl.col(name), HOUR))
        told = told.join(found, on=keys, how="left", nulls_equal=True)
    return told
