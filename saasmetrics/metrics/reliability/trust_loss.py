"""Do accounts stop doing a job after it failed them, more than others stop?

## Why
Nobody writes a ticket about the third failed save; they go back to the spreadsheet. Some would have stopped anyway, so each
period with a failure is held against periods without one: the same workflow, the same period of the calendar, and accounts
that had done it as often before.

## Columns
workflow    key    the workflow, of those that declare a failure and of which any account-period is looked at
failed      count  account-periods with a failure that have a counterpart
accounts    count  accounts in these
stopped     count  of the failed, those with no success in the next `reliability.lost_after` periods
rate        share  stopped / failed
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
others      count  their counterparts: account-periods without a failure
others_rate share  of these, those with no success afterwards, weighted as the failed ones are distributed
difference  number rate − others_rate, in percentage points
diff_low    number 95 % interval, each account counted as one: the lower end; empty: insufficient
diff_high   number the upper end
unmatched   count  account-periods with a failure and no counterpart: not counted above
immature    count  account-periods with a failure whose time afterwards is not over
verdict     label  associated with stopping; associated with staying; not shown; insufficient: fewer than min_failed

## Limits
A period is one of the workflow's cadence, and complete; the periods before it must all lie after the one in which the data
begin. Days are working days; a day off (`days_off`) counts to the one before it. A timeout alone is no failure here. An account-period is looked at when the account did the job, or failed at it, in that
period and had a success in the `reliability.prior` periods before it; counterparts had done it as often in these: once, 2 or 3
times, 4 to 7, 8 to 15, and so on. With p = stopped / all among the counterparts of one workflow, period and number, and f failed ones
there, others_rate = q = Σ f·p / Σ f. The interval is difference ± 1.96·√Σ uₐ² / Σ f; uₐ adds up, over the account's own account-
periods, y − p − d for a failed one (y: 1 if it stopped; d: rate − others_rate) and −(y − q)·f / m for a counterpart, m being
their number there. It is rather too wide than too narrow. One who fails, succeeds in the same period and then stops counts
as stopped. An association is no proof.

## Order
-failed workflow

## Account by account
reliability.accounts

## Covers
Q11

## Example: those without a failure say how many would have stopped anyway
landmarks:
account  workflow   period  often  failed  known  stopped
a1       invoicing  10      4      true    true   true
a2       invoicing  10      4      true    true   false
a3       invoicing  10      4      false   true   true
a4       invoicing  10      4      false   true   false
a5       invoicing  10      4      false   true   false
a6       invoicing  10      4      false   true   false
with min_failed=2
becomes
workflow   failed  accounts  stopped  rate  low       high      others  others_rate  difference  diff_low    diff_high   unmatched  immature  verdict
invoicing  2       2         1        0.5   0.094531  0.905469  4       0.25         25          -56.255814  106.255814  0          0         not shown

## Example: another week, another habit and an unfinished time are no counterparts
landmarks:
account  workflow   period  often  failed  known  stopped
a1       invoicing  10      4      true    true   true
a2       invoicing  11      4      false   true   false
a3       invoicing  10      1      false   true   false
a4       invoicing  14      4      true    false  ·
with as_of=2026-02-02
becomes
workflow   failed  accounts  stopped  rate  low  high  others  others_rate  difference  diff_low  diff_high  unmatched  immature  verdict
invoicing  0       0         0        ·     ·    ·     0       ·            ·           ·         ·          1          1         insufficient
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import Z95, share, wilson

GROUP = ["workflow", "period", "often"]
FINE = 10**9  # parts of an account-period: sums of whole numbers do not depend on the order of the rows
COUNTS = ["failed", "accounts", "stopped", "others"]


def trust_loss(landmarks: pl.LazyFrame, *, min_failed: int = 30) -> pl.LazyFrame:
    groups = _groups(landmarks.filter("known"))
    matched = groups.filter((pl.col("f") > 0) & (pl.col("m") > 0))
    placed = landmarks.filter("known").join(matched, on=GROUP)
    sides = placed.group_by("workflow").agg(
        failed=pl.col("failed").sum().cast(pl.Int64), accounts=pl.col("account").filter("failed").n_unique().cast(pl.Int64),
        stopped=(pl.col("failed") & pl.col("stopped")).sum().cast(pl.Int64), others=(~pl.col("failed")).sum().cast(pl.Int64),
    )  # fmt: skip
    alone = groups.group_by("workflow").agg(unmatched=pl.col("f").filter(pl.col("m") == 0).sum())
    young = landmarks.group_by("workflow").agg(immature=(pl.col("failed") & ~pl.col("known")).sum().cast(pl.Int64))
    expected = matched.group_by("workflow").agg(expected=_fine(pl.col("f") * pl.col("y") / pl.col("m")).sum())
    told = young.join(alone, on="workflow", how="left").join(sides, on="workflow", how="left").join(expected, on="workflow", how="left")
    rated = told.with_columns(pl.col(*COUNTS, "unmatched").fill_null(0)).with_columns(*_rates())
    return rated.join(_spread(placed, rated), on="workflow", how="left").with_columns(*_compared(min_failed))


def _groups(known: pl.LazyFrame) -> pl.LazyFrame:
    """f failed ones, x of them stopped; m others, y of them stopped."""
    failed, stopped = pl.col("failed"), pl.col("stopped")
    sides = {"f": failed, "x": failed & stopped, "m": ~failed, "y": ~failed & stopped}
    return known.group_by(GROUP).agg(side.sum().cast(pl.Int64).alias(name) for name, side in sides.items())


def _fine(value: pl.Expr) -> pl.Expr:
    return (value * FINE).round(0).cast(pl.Int64)


def _spread(placed: pl.LazyFrame, rated: pl.LazyFrame) -> pl.LazyFrame:
    """workflow, spread: the square root of what the accounts add up to, each squared."""
    y, p, q = pl.col("stopped").cast(pl.Int64), pl.col("y") / pl.col("m"), pl.col("others_rate")
    own = pl.when("failed").then(y - p - (pl.col("rate") - q)).otherwise((q - y) * pl.col("f") / pl.col("m"))
    told = placed.join(rated.select("workflow", "rate", "others_rate"), on="workflow").with_columns(own=_fine(own))
    each = told.group_by("workflow", "account").agg(own=pl.col("own").sum().cast(pl.Int128))
    return each.group_by("workflow").agg(spread=(pl.col("own") * pl.col("own")).sum().cast(pl.Float64).sqrt())


def _rates() -> list[pl.Expr]:
    k, n = pl.col("stopped"), pl.col("failed")
    low, high = wilson(k, n)
    others = pl.when(n > 0).then(pl.col("expected") / (n * FINE))
    return [share(k, n).alias("rate"), low.alias("low"), high.alias("high"), others.alias("others_rate")]


def _compared(min_failed: int) -> list[pl.Expr]:
    difference = 100 * (pl.col("rate") - pl.col("others_rate"))
    few = pl.col("failed") < max(min_failed, 1)
    half = pl.when(~few).then(100 * Z95 * pl.col("spread") / (pl.col("failed") * FINE))
    verdict = (
        pl.when(few).then(pl.lit("insufficient")).when(difference - half > 0).then(pl.lit("associated with stopping"))
        .when(difference + half < 0).then(pl.lit("associated with staying")).otherwise(pl.lit("not shown"))
    )  # fmt: skip
    return [difference.alias("difference"), (difference - half).alias("diff_low"), (difference + half).alias("diff_high"), verdict.alias("verdict")]
