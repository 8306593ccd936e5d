"""How often does each workflow, endpoint, job and form fail, time out and need a retry?

## Why
People forgive a missing function sooner than a save that fails. A retry that works is still a bad minute; a failure after
which nothing follows is lost work.

## Columns
kind            key    workflow, endpoint, job, form
name            key    its name in the definition
attempts        count  logical attempts begun in the last complete weeks whose time (`within`) is over, late events included
failed          count  of these, those with a failure or a timeout in their time; empty: neither is declared
failure_rate    share  failed / attempts
low             share  Wilson 95 % interval
high            share  Wilson 95 % interval
per_1000        number 1000 × failed / attempts
failures        count  failures and timeouts in these weeks, as events, also those that belong to no attempt
per_day         number failures / days of these weeks, days without a failure included
worst_day       number failures on the worst day
timed_out       count  attempts with a timeout; empty: none is declared
timeout_rate    share  timed_out / attempts
retries         count  attempts at the same thing after the first, and retry events, in their time
retry_rate      number retries / attempts
retried         count  attempts with a retry
recovered       count  of the retried, those that succeeded in time; empty: no success is declared
recovered_share share  recovered / retried
abandoned       count  of the failed, those without a success in time; empty: no success is declared
abandoned_share share  abandoned / failed
accounts        count  accounts with an attempt
affected        count  of these, those with a failed one
immature        count  attempts whose time is not over: not counted, not failed
unpaired        count  attempts whose event does not name its thing: not counted
status          label  final; insufficient: fewer than min_attempts; no attempts; no attempt declared; no failure declared

## Limits
Workflows come by themselves; endpoints, jobs and forms are declared under `reliability`. With an `entity` all attempts at one
thing are one: the first begins it. Without one each attempt stands for itself: a failure is put to the account's last attempt
before it, and any success of the account in its time ends it, so that of two things under way at once one may be taken for
the other. Two failures in one attempt are one failed attempt. Failures that the product does not report are not seen. The weeks are the last complete ones, `weeks` of them.
Of several begun at one moment each counts: the first trouble is put to the first, the second to the second, and round again. A missing failure is told before a missing attempt.

## Order
-low kind name

## Better with
accounts  the segments to split by

## Picture
bars failure_rate

## Account by account
reliability.accounts

## Covers
Q02 Q03 Q04 Q05 Q06 Q08 Q09

## Example: a retry that works is a failed attempt, and not an abandoned one
accounts:
account
a1
a2
operations:
position  kind      name       tried  ends  fails  timed
1         workflow  invoicing  true   true  true   false
tries:
account  position  entity  at                due_at            failures  timeouts  retries  outcome
a1       1         i1      2026-01-05 10:00  2026-01-06 10:00  1         0         1        completed
a1       1         i2      2026-01-06 10:00  2026-01-07 10:00  2         0         1        lost
a2       1         i3      2026-01-07 10:00  2026-01-08 10:00  0         0         0        completed
a2       1         i4      2026-01-08 10:00  2026-01-09 10:00  0         0         0        lost
mishaps:
account  position  day         failures
a1       1         2026-01-05  1
a1       1         2026-01-06  2
with as_of=2026-01-13 weeks=1
becomes
kind      name       attempts  failed  failure_rate  low       high      per_1000  failures  per_day   worst_day  timed_out  timeout_rate  retries  retry_rate  retried  recovered  recovered_share  abandoned  abandoned_share  accounts  affected  immature  unpaired  status
workflow  invoicing  4         2       0.5           0.150039  0.849961  500       3         0.428571  2          ·          ·             2        0.5         2        1          0.5              1          0.5              2         1         0         0         insufficient

## Example: what is not declared is unknown, and what is not over is no failure
accounts:
account
a1
operations:
position  kind      name    tried  ends   fails  timed
1         workflow  buying  true   true   false  false
2         endpoint  api     true   false  true   true
3         job       import  false  true   true   false
tries:
account  position  entity  at                due_at            failures  timeouts  retries  outcome
a1       1         ·       2026-01-05 10:00  2026-01-06 10:00  0         0         0        completed
a1       2         ·       2026-01-05 10:00  2026-01-05 11:00  1         1         0        untold
a1       2         ·       2026-01-11 10:00  2026-01-12 10:00  0         0         0        open
mishaps:
account  position  day         failures
a1       2         2026-01-05  2
a1       3         2026-01-11  1
a1       3         2026-01-12  5
with as_of=2026-01-13 weeks=1 min_attempts=1
becomes
kind      name    attempts  failed  failure_rate  low       high  per_1000  failures  per_day   worst_day  timed_out  timeout_rate  retries  retry_rate  retried  recovered  recovered_share  abandoned  abandoned_share  accounts  affected  immature  unpaired  status
endpoint  api     1         1       1             0.206549  1     1000      2         0.285714  2          1          1             0        0           0        ·          ·                ·          ·                1         1         1         0         final
job       import  0         0       ·             ·         ·     ·         1         0.142857  1          ·          ·             0        ·           0        0          ·                0          ·                0         0         0         0         no attempt declared
workflow  buying  1         ·       ·             ·         ·     ·         ·         ·         ·          ·          ·             0        0           0        0          ·                ·          ·                1         ·         0         0         no failure declared
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import divided, share, wilson

COUNTS = ["attempts", "failed", "timed_out", "retries", "retried", "recovered", "abandoned", "accounts", "affected", "immature", "unpaired", "failures", "worst_day"]
UNTOLD = {"fails": ["failed", "affected", "failures", "worst_day", "abandoned"], "timed": ["timed_out"], "ends": ["recovered", "abandoned"]}


def failures(
    accounts: pl.LazyFrame, operations: pl.LazyFrame, tries: pl.LazyFrame, mishaps: pl.LazyFrame, clock: Clock, *,
    weeks: int = 4, min_attempts: int = 20, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    end = clock.first_day(clock.last_complete("week") + 1, "week")
    start, keys = end - 7 * weeks, [*by, "position"]
    inside = (pl.col("day") >= start) & (pl.col("day") < end)
    then = pl.col("at").is_between(clock.midnight(start), clock.midnight(end), closed="left")
    segments = accounts.select("account", *by)
    begun = tries.filter(then).join(segments, on="account")
    over = pl.col("due_at") <= clock.final
    rows = operations.join(accounts.select(by).unique(), how="cross") if by else operations
    for told in (_counted(begun.with_columns(over=over), keys), _daily(mishaps.filter(inside).join(segments, on="account"), keys)):
        rows = rows.join(told, on=keys, how="left", nulls_equal=True)
    filled = rows.with_columns(pl.col(COUNTS).fill_null(0))
    hidden = [pl.when(test).then(name).alias(name) for name in COUNTS if (test := _told(name)) is not None]
    return filled.with_columns(hidden).with_columns(*_rates(7 * weeks, min_attempts))


def _told(name: str) -> pl.Expr | None:
    """Whether the definition says enough for a count."""
    needed = [flag for flag, names in UNTOLD.items() if name in names]
    return pl.all_horizontal(needed) if needed else None


def _counted(begun: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    paired = pl.col("outcome") != "unpaired"
    over, done = paired & pl.col("over"), pl.col("outcome") == "completed"
    failed, retried = over & (pl.col("failures") + pl.col("timeouts") > 0), over & (pl.col("retries") > 0)
    tests = {
        "attempts": over, "failed": failed, "timed_out": over & (pl.col("timeouts") > 0), "retried": retried, "recovered": retried & done,
        "abandoned": failed & ~done, "immature": paired & ~pl.col("over"), "unpaired": ~paired,
    }  # fmt: skip
    return begun.group_by(keys).agg(
        *(test.sum().cast(pl.Int64).alias(name) for name, test in tests.items()), retries=pl.col("retries").filter(over).sum(),
        accounts=pl.col("account").filter(over).n_unique().cast(pl.Int64), affected=pl.col("account").filter(failed).n_unique().cast(pl.Int64),
    )  # fmt: skip


def _daily(mishaps: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    days = mishaps.group_by(*keys, "day").agg(pl.col("failures").sum())
    return days.group_by(keys).agg(worst_day=pl.col("failures").max(), failures=pl.col("failures").sum())


def _rates(days: int, min_attempts: int) -> list[pl.Expr]:
    k, n = pl.col("failed"), pl.col("attempts")
    low, high = wilson(k, n)
    status = (
        pl.when(~pl.col("fails")).then(pl.lit("no failure declared")).when(~pl.col("tried")).then(pl.lit("no attempt declared"))
        .when(n == 0).then(pl.lit("no attempts")).when(n < min_attempts).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    )  # fmt: skip
    rates = {
        "failure_rate": share(k, n), "low": low, "high": high, "per_1000": share(1000 * k, n), "per_day": divided(pl.col("failures"), days),
        "timeout_rate": share(pl.col("timed_out"), n), "retry_rate": share(pl.col("retries"), n),
        "recovered_share": share(pl.col("recovered"), pl.col("retried")), "abandoned_share": share(pl.col("abandoned"), k),
    }  # fmt: skip
    return [*(value.alias(name) for name, value in rates.items()), status.alias("status")]
