"""Which work did customers get done, workflow by workflow, in the last complete period of its own rhythm?

## Why
Each workflow is a signal of value: invoices processed, shipments delivered, tickets resolved. What matters is how much of it
succeeds, for how many accounts, each in its natural rhythm: a monthly job is not judged by the week.

## Columns
workflow         key    the workflow
core             flag   whether it is a core one
cadence          label  day (working days: a day off counts to the one before it), week, month, quarter
period           date   first day of the last complete period of that length
n                count  successes in it, by people and by service users
before           count  successes in the period before
trend            share  n against before; empty: nothing before
value            money  their value; empty: the workflow declares none
accounts         count  accounts with at least one
accounts_before  count  accounts with at least one in the period before
existing         count  accounts created before the end of the period
reach            share  accounts / existing
per_account      number n / accounts
median           number what the median one of these accounts got done
series           list   n in each of the last twelve complete periods, oldest first; empty before the export
status           label  final; partial: the export does not hold the period before; no data: nor this one

## Limits
Successes of different workflows are different things: don't add them up. Values of several workflows may be money or minutes.

## Order
-core -n workflow

## Better with
accounts  the accounts that never did anything

## Account by account
value.consistency

## Covers
S01

## Example: each workflow in its own rhythm
accounts:
account  created_day  observed_from
a1       2025-01-01   2025-01-01
a2       2026-01-20   2025-01-01
workflows:
workflow   core   cadence  priced
invoicing  true   week     true
closing    true   month    false
claims     false  month    false
activity:
account  workflow   day         n  value
a1       invoicing  2026-01-20  3  300000
a1       invoicing  2026-01-27  2  200000
a2       invoicing  2026-01-28  4  400000
a1       invoicing  2026-02-03  9  900000
a1       closing    2026-01-05  1  0
with as_of=2026-02-04
becomes
workflow   core   cadence  period      n  before  trend  value  accounts  accounts_before  existing  reach  per_account  median  series                     status
invoicing  true   week     2026-01-26  6  3       1      60.00  2         1                2         1      3            3       [0,0,0,0,0,0,0,0,0,0,3,6]  final
closing    true   month    2026-01-01  1  0       ·      ·      1         0                2         0.5    1            1       [0,0,0,0,0,0,0,0,0,0,0,1]  final
claims     false  month    2026-01-01  0  0       ·      ·      0         0                2         0      ·            ·       [0,0,0,0,0,0,0,0,0,0,0,0]  final

## Example: before the export began nothing is known, not nought
accounts:
account  created_day  observed_from
a1       2025-01-01   2026-01-28
workflows:
workflow   core  cadence  priced
invoicing  true  week     false
activity:
account  workflow   day         n  value
a1       invoicing  2026-01-28  3  0
a1       invoicing  2026-02-02  3  0
with as_of=2026-02-10
becomes
workflow   core  cadence  period      n  before  trend  value  accounts  accounts_before  existing  reach  per_account  median  series                                                      status
invoicing  true  week     2026-02-02  3  ·       ·      ·      1         ·                1         1      3            3       [None,None,None,None,None,None,None,None,None,None,None,3]  partial
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock
from saasmetrics.statistics import share

SHOWN = 12


def signals(accounts: pl.LazyFrame, workflows: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    workflows, activity = (frame.with_columns(pl.col("workflow").cast(pl.Categorical)) for frame in (workflows, activity))  # quicker to group by
    known = workflows.join(_periods(accounts, clock), on="cadence").with_row_index("order")
    work = activity.join(known.select("workflow", "cadence", "last", "first"), on="workflow").with_columns(ago=_ago(clock))
    told = known.join(_series(work), on="workflow", how="left").join(_now(work), on="workflow", how="left")
    counts = ["n", "before", "accounts", "accounts_before", *SERIES]
    filled = told.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64), value=pl.when("priced").then(pl.col("value").fill_null(0)))
    for name, ago in UNSEEN.items():
        filled = filled.with_columns(pl.when(pl.col("last") - ago >= pl.col("first")).then(name).alias(name))
    return filled.with_columns(
        trend=share(pl.col("n") - pl.col("before"), pl.col("before")), reach=share(pl.col("accounts"), pl.col("existing")),
        per_account=share(pl.col("n"), pl.col("accounts")), series=pl.concat_list(SERIES), status=STATUS,
    )  # fmt: skip


SERIES = [f"ago_{k}" for k in reversed(range(SHOWN))]
UNSEEN = {"n": 0, "value": 0, "accounts": 0, "median": 0, "before": 1, "accounts_before": 1, **{f"ago_{k}": k for k in range(SHOWN)}}
STATUS = (
    pl.when(pl.col("last") < pl.col("first")).then(pl.lit("no data"))
    .when(pl.col("last") - 1 < pl.col("first")).then(pl.lit("partial"))
    .otherwise(pl.lit("final"))
)  # fmt: skip


def _periods(accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """cadence → number and first day of its last complete period, the first one that the export holds whole, accounts by its end."""
    told = accounts.select(begins=pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    rows = []
    for cadence in ROLLING_DAYS:
        beat = clock.beat(cadence)
        last, first = clock.last_complete(beat), clock.index_of(clock.day if told is None else told, beat)
        whole = told is not None and clock.first_day(first, beat) == told
        rows.append((cadence, last, clock.first_day(last, beat), first if whole else first + 1, clock.first_day(last + 1, beat)))
    frame = pl.LazyFrame(rows, schema={"cadence": pl.String, "last": pl.Int64, "period": pl.Int64, "first": pl.Int64, "end": pl.Int64}, orient="row")
    born = accounts.select("created_day").join(frame, how="cross").group_by("cadence").agg(existing=(pl.col("created_day") < pl.col("end")).sum().cast(pl.Int64))
    return frame.join(born, on="cadence", how="left").with_columns(pl.col("existing").fill_null(0))


def _ago(clock: Clock) -> pl.Expr:
    """How many complete periods of its rhythm lie between the last one and that of the row."""
    index = pl.lit(None, pl.Int64)
    for cadence in ROLLING_DAYS:
        index = pl.when(pl.col("cadence") == cadence).then(clock.index(pl.col("day"), clock.beat(cadence)).cast(pl.Int64)).otherwise(index)
    return pl.col("last") - index


def _series(work: pl.LazyFrame) -> pl.LazyFrame:
    return work.group_by("workflow").agg(pl.when(pl.col("ago") == k).then("n").sum().alias(f"ago_{k}") for k in range(SHOWN))


def _now(work: pl.LazyFrame) -> pl.LazyFrame:
    each = work.group_by("workflow", "account").agg(
        n=pl.when(pl.col("ago") == 0).then("n").sum(), before=pl.when(pl.col("ago") == 1).then("n").sum(),
        value=pl.when(pl.col("ago") == 0).then("value").sum(),
    )  # fmt: skip
    there = pl.col("n") > 0
    return each.group_by("workflow").agg(
        pl.col("n", "before", "value").sum(), accounts=there.sum(), accounts_before=(pl.col("before") > 0).sum(),
        median=pl.col("n").filter(there).median(),
    )  # fmt: skip
