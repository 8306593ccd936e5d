"""Which accounts does the product fail, and which of them have stopped since?

## Why
Behind a rate of two in a hundred stands an account for which nothing works. Those that did a job, saw it fail and have not done
it since come first: they are being lost in silence.

## Columns
account       key    the account
kind          key    workflow, endpoint, job, form
name          key    its name in the definition
lost          flag   of workflows: its last success lies before or in a complete period with a failure, and none came in the `reliability.lost_after` complete periods after that, or later; empty: no failure or timeout, ever, or no workflow
attempts      count  logical attempts begun in the last attempt_days whose time is over
failed        count  of these, those with a failure or a timeout in their time
failure_rate  share  failed / attempts
low           share  Wilson 95 % interval
high          share  Wilson 95 % interval
abandoned     count  of the failed, those without a success in time; empty: no success is declared
failures      count  failures and timeouts in these days, as events
last_failure  date   day of the last one, ever; empty: none
last_success  date   day of the last success, ever, of workflows; empty: none
days_since    count  days from that to T

## Limits
An account-operation stands here when it was attempted or failed in the last attempt_days, or is lost; what works stands last. `lost` needs one
success in the `reliability.prior` periods before the failure: an account that never got the job done has not lost trust in it.
A timeout alone makes none `lost`. That it stopped after a failure does not say why: compare with reliability trust-loss. Operations that declare neither a failure
nor a timeout have no row.

## Order
-lost -failed -failures account kind name

## Better with
accounts  the segments to filter by

## Covers

## Example: who stopped after a failure stands before who fails more often
operations:
position  kind      name       ends  fails
1         workflow  invoicing  true  true
tries:
account  position  at                due_at            failures  timeouts  outcome
busy     1         2026-01-05 10:00  2026-01-06 10:00  1         0         completed
busy     1         2026-01-06 10:00  2026-01-07 10:00  0         1         lost
mishaps:
account  position  day         failures
busy     1         2026-01-05  1
busy     1         2026-01-06  1
gone     1         2025-06-01  3
outcomes:
account  workflow   day         successes
busy     invoicing  2026-01-05  1
gone     invoicing  2025-05-30  1
landmarks:
account  workflow   failed  known  stopped  last
busy     invoicing  true    false  ·        true
gone     invoicing  true    true   true     true
with as_of=2026-01-13
becomes
account  kind      name       lost   attempts  failed  failure_rate  low      high     abandoned  failures  last_failure  last_success  days_since
gone     workflow  invoicing  true   0         0       ·             ·        ·        0          0         2025-06-01    2025-05-30    228
busy     workflow  invoicing  false  2         2       1             0.34238  1        1          2         2026-01-06    2026-01-05    8

## Example: work that went on is no loss, and an old failure alone no row
operations:
position  kind      name       ends   fails
1         workflow  invoicing  true   true
2         endpoint  api        false  true
tries:
account  position  at                due_at            failures  timeouts  outcome
a1       2         2026-01-05 10:00  2026-01-05 10:05  0         0         untold
a1       2         2026-01-12 10:00  2026-01-13 10:00  1         0         open
mishaps:
account  position  day         failures
a1       1         2025-06-01  1
a1       2         2026-01-12  1
outcomes:
account  workflow   day         successes
a1       invoicing  2025-07-30  1
landmarks:
account  workflow   failed  known  stopped  last
a1       invoicing  true    true   true     false
with as_of=2026-01-13
becomes
account  kind      name  lost  attempts  failed  failure_rate  low  high      abandoned  failures  last_failure  last_success  days_since
a1       endpoint  api   ·     1         0       0             0    0.793451  ·          1         2026-01-12    ·             ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson

KEYS = ["account", "position"]
WORKS = ["account", "kind", "name"]
COUNTS = ["attempts", "failed", "failures", "abandoned"]


def accounts(
    operations: pl.LazyFrame, tries: pl.LazyFrame, mishaps: pl.LazyFrame, outcomes: pl.LazyFrame, landmarks: pl.LazyFrame, clock: Clock, *,
    attempt_days: Days = 90,
) -> pl.LazyFrame:  # fmt: skip
    since, named = clock.day - attempt_days, operations.filter("fails").select("position", "kind", "name", "ends")
    work = pl.concat([_tried(tries, clock, since), _failed(mishaps, since)], how="diagonal").group_by(KEYS).agg(
        pl.col(COUNTS).sum(), pl.col("last_failure").max(), pl.col("recent").any()
    )
    told = work.join(named, on="position").join(_worked(outcomes, landmarks), on=WORKS, how="left")
    low, high = wilson(pl.col("failed"), pl.col("attempts"))
    ever = (pl.col("kind") == "workflow") & pl.col("last_failure").is_not_null()
    return told.filter(pl.col("recent") | pl.col("lost").fill_null(False)).with_columns(
        lost=pl.when(ever).then(pl.col("lost").fill_null(False)), abandoned=pl.when("ends").then("abandoned"),
        failure_rate=share(pl.col("failed"), pl.col("attempts")), low=low, high=high, days_since=clock.day - pl.col("last_success"),
    )  # fmt: skip


def _tried(tries: pl.LazyFrame, clock: Clock, since: int) -> pl.LazyFrame:
    begun = tries.filter((pl.col("outcome") != "unpaired") & (pl.col("at") >= clock.midnight(since)))
    over, failed = pl.col("due_at") <= clock.final, pl.col("failures") + pl.col("timeouts") > 0
    tests = {"attempts": over, "failed": over & failed, "abandoned": over & failed & (pl.col("outcome") != "completed")}
    return begun.group_by(KEYS).agg(*(test.sum().cast(pl.Int64).alias(name) for name, test in tests.items()), recent=pl.lit(True))


def _failed(mishaps: pl.LazyFrame, since: int) -> pl.LazyFrame:
    late = pl.col("day") >= since
    return mishaps.group_by(KEYS).agg(failures=pl.when(late).then("failures").sum(), last_failure=pl.col("day").max(), recent=late.any())


def _worked(outcomes: pl.LazyFrame, landmarks: pl.LazyFrame) -> pl.LazyFrame:
    """account, kind, name, last_success, lost: of the workflows."""
    done = outcomes.filter(pl.col("successes") > 0).group_by("account", "workflow").agg(last_success=pl.col("day").max())
    gone = landmarks.group_by("account", "workflow").agg(lost=(pl.col("failed") & pl.col("stopped").fill_null(False) & pl.col("last")).any())
    both = done.join(gone, on=["account", "workflow"], how="full", coalesce=True)
    return both.select("account", "last_success", "lost", kind=pl.lit("workflow"), name="workflow")
