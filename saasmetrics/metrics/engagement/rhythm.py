"""What is the natural rhythm of each workflow, declared and measured?

## Why
A job that comes up once a month, watched week by week, looks abandoned three weeks out of four. Everything that asks
whether an account still does its work needs the right cadence, so the declared one is held against the data.

## Columns
workflow       key     the workflow
declared       label   its cadence in the definition file
measured       label   the rhythm of most accounts: day (working days), week, month, quarter, or rarer
verdict        label   agrees; slower or faster: what more than half of the accounts beyond doubt are; unclear: no such majority, or fewer than min_accounts
accounts       count   accounts with enough work to have a rhythm
immature       count   accounts that did it on fewer than min_days days, or within less than min_span: not counted
agree          count   of the accounts, those whose own rhythm is the declared one
slower         count   those whose own rhythm is slower
faster         count   those whose own rhythm is faster
share          share   agree / accounts
low            share   Wilson 95 % interval
high           share   Wilson 95 % interval
weeks_active   share   of the weeks from each account's first success to its last, those with one (the first not counted)
months_active  share   the same of the months
modal_gap      days    the gap between success days in which the accounts spend the most days, each account counting alike; above 3 days to the nearest week
weekly_echo    number  autocorrelation of the success days at 7 days: 0 is chance, 1 is always
monthly_echo   number  autocorrelation of the active weeks at 4 or 5 weeks
advice         text    what to change; empty: nothing

## Limits
An account's own rhythm is the shortest period in at least every second of which it did the job. Steady work without any
rhythm echoes near 0. Days are working days here; a day off (`days_off`) counts to the one before it. In the gap and the echoes
they are days of the calendar: work on weekdays only echoes after 7 days, whatever its cadence.

## Account by account
engagement.stickiness

## Covers
H06

## Example: declared weekly, done at the turn of the month
workflows:
workflow  cadence
closing   week
activity:
account  workflow  day
a1       closing   2026-01-30
a1       closing   2026-02-27
a1       closing   2026-03-31
a2       closing   2026-01-30
a2       closing   2026-02-27
a2       closing   2026-03-31
a3       closing   2026-01-30
a3       closing   2026-02-27
a3       closing   2026-03-31
a4       closing   2026-01-30
a4       closing   2026-02-27
a4       closing   2026-03-31
with as_of=2026-06-01 min_days=3 min_accounts=4
becomes
workflow  declared  measured  verdict  accounts  immature  agree  slower  faster  share  low  high      weeks_active  months_active  modal_gap  weekly_echo  monthly_echo  advice
closing   week      month     slower   4         0         0      4       0       0      0    0.489891  0.222222      1              35         -0.051724    1             declare cadence: month (only 0 % of 4 accounts work by the week)

## Example: too little work to have a rhythm is no mismatch
workflows:
workflow  cadence
closing   week
never     week
activity:
account  workflow  day
a1       closing   2026-01-30
a1       closing   2026-02-27
with as_of=2026-06-01
becomes
workflow  declared  measured  verdict  accounts  immature  agree  slower  faster  share  low  high  weeks_active  months_active  modal_gap  weekly_echo  monthly_echo  advice
closing   week      ·         unclear  0         1         0      0       0       ·      ·    ·     ·             ·              ·          ·            ·             ·
never     week      ·         unclear  0         0         0      0       0       ·      ·    ·     ·             ·              ·          ·            ·             ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import ROLLING_DAYS, Clock, Delay, Period
from saasmetrics.sentences import sentence
from saasmetrics.statistics import divided, share, wilson

RHYTHMS = [*ROLLING_DAYS, "rarer"]
KEYS = ["account", "workflow"]
SPAN = ["days", "first", "last"]
BILLION = 1_000_000_000


def rhythm(
    workflows: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *, min_days: int = 6, min_span: Delay = 28, min_accounts: int = 5
) -> pl.LazyFrame:
    enough = (pl.col("days") >= min_days) & (pl.col("last") - pl.col("first") >= min_span)
    workflows, activity = (frame.with_columns(pl.col("workflow").cast(pl.Categorical)) for frame in (workflows, activity))  # quicker to group by
    dated = activity.select(*KEYS, "day", last_time=pl.col("day").shift(1).over(KEYS, order_by="day")).cache()
    each = _each(dated, clock).with_columns(enough=enough).with_row_index("line").cache()
    done = dated.join(each.filter("enough"), on=KEYS).select("line", "workflow", "day", "last_time", *SPAN, weeks=pl.col("week_hits") + 1).cache()
    counted = workflows.select("workflow", declared="cadence").join(_counted(each, workflows), on="workflow", how="left")
    for more in (_modal_gap(done), _echo(done, [7], "weekly_echo"), _echo(_weeks(done, clock), [4, 5], "monthly_echo")):
        counted = counted.join(more, on="workflow", how="left")
    names = ["accounts", "immature", "agree", "slower", "faster"]
    low, high = wilson(pl.col("agree"), pl.col("accounts"))
    told = counted.with_columns(pl.col(names).fill_null(0)).with_columns(share=share(pl.col("agree"), pl.col("accounts")), low=low, high=high)
    return told.with_columns(verdict=_verdict(min_accounts)).with_columns(advice=_advice())


def _each(dated: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Each account and workflow: its own rhythm, and how many steps from period to period were taken, of how many."""
    steps = {name: _step(pl.col("last_time"), pl.col("day"), clock.beat(name), clock) for name in ROLLING_DAYS}
    found = dated.group_by(KEYS).agg(
        *[(step > 0).sum().cast(pl.Int64).alias(f"{name}_hits") for name, step in steps.items()],
        *[step.sum().alias(f"{name}_steps") for name, step in steps.items()],
        days=pl.len().cast(pl.Int64), first=pl.col("day").min(), last=pl.col("day").max(),
    )  # fmt: skip
    own = pl.coalesce(pl.when(2 * pl.col(f"{name}_hits") >= pl.col(f"{name}_steps")).then(pl.lit(at)) for at, name in enumerate(ROLLING_DAYS))
    return found.with_columns(own=own.fill_null(len(ROLLING_DAYS)).cast(pl.Int64))


def _step(earlier: pl.Expr, later: pl.Expr, period: Period, clock: Clock) -> pl.Expr:
    return (clock.index(later, period) - clock.index(earlier, period)).cast(pl.Int64)


def _counted(each: pl.LazyFrame, workflows: pl.LazyFrame) -> pl.LazyFrame:
    declared = pl.col("cadence").replace_strict({name: at for at, name in enumerate(RHYTHMS)}, return_dtype=pl.Int64)
    placed = each.join(workflows.select("workflow", declared=declared), on="workflow")
    own, told, enough = pl.col("own").filter("enough"), pl.col("declared").filter("enough"), pl.col("enough")
    sums = {name: (pl.col(f"{name}_hits").filter(enough).sum(), pl.col(f"{name}_steps").filter(enough).sum()) for name in ("week", "month")}
    return placed.group_by("workflow").agg(
        accounts=enough.sum().cast(pl.Int64), immature=(~enough).sum().cast(pl.Int64), agree=(own == told).sum().cast(pl.Int64),
        slower=(own > told).sum().cast(pl.Int64), faster=(own < told).sum().cast(pl.Int64),
        measured=own.mode().min().replace_strict(dict(enumerate(RHYTHMS)), return_dtype=pl.String),
        **{f"{name}s_active": share(hits, steps) for name, (hits, steps) in sums.items()},
    )  # fmt: skip


def _modal_gap(done: pl.LazyFrame) -> pl.LazyFrame:
    """The gap with the most days in it: many short gaps within a burst weigh less than the long one after it."""
    gaps = done.with_columns(exact=(pl.col("day") - pl.col("last_time")).cast(pl.Int64)).filter(pl.col("exact").is_not_null())
    near = pl.when(pl.col("exact") <= 3).then("exact").otherwise((pl.col("exact") + 3).floordiv(7) * 7)
    parts = gaps.group_by("workflow", "line", gap=near).agg(pl.col("first", "last").min(), spent=pl.col("exact").sum())
    # a part of its account's span in whole millionths, so that the order of the sum does not show
    weights = parts.with_columns(weight=(pl.col("spent") * 1_000_000).floordiv(pl.col("last") - pl.col("first")))
    sums = weights.group_by("workflow", "gap").agg(pl.col("weight").sum())
    return sums.sort("workflow", "weight", "gap", descending=[False, True, False]).group_by("workflow", maintain_order=True).agg(modal_gap=pl.col("gap").first())


def _weeks(done: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """Active weeks as if they were days."""
    fresh = _step(pl.col("last_time"), pl.col("day"), "week", clock).fill_null(1) > 0
    week = [clock.index(pl.col(name), "week").alias(name) for name in ("day", "first", "last")]
    return done.filter(fresh).select("line", "workflow", *week, days="weeks")


def _echo(done: pl.LazyFrame, lags: Sequence[int], name: str) -> pl.LazyFrame:
    """How much likelier than by chance an active day is followed by another at one of the lags."""
    seen = done.filter(pl.col("day") + max(lags) <= pl.col("last"))
    place = pl.col("line").cast(pl.Int64) * 10**6 + pl.col("day")  # one number is quicker to look for than two
    again = [done.select(place=place - lag) for lag in lags]
    hits = seen.select("workflow", place=place).join(pl.concat(again), on="place", how="semi").group_by("workflow").agg(hits=pl.len().cast(pl.Int64))
    chance = 1 - (1 - pl.col("days") / (pl.col("last") - pl.col("first") + 1)) ** len(lags)
    base = seen.group_by("workflow", "line").agg(pl.col(SPAN).min(), n=pl.len().cast(pl.Int64))
    # whole billionths: the order of the sum must not show
    billionths = base.with_columns(chance=(pl.col("n") * chance * BILLION).round().cast(pl.Int64))
    sums = billionths.group_by("workflow").agg(pl.col("n").sum(), chance=divided(pl.col("chance").sum(), BILLION))
    echo = (pl.col("hits").fill_null(0) - pl.col("chance")) / (pl.col("n") - pl.col("chance"))
    return sums.join(hits, on="workflow", how="left").select("workflow", pl.when(pl.col("n") - pl.col("chance") > 1e-9).then(echo).alias(name))


def _verdict(min_accounts: int) -> pl.Expr:
    enough = pl.col("accounts") >= min_accounts
    told = {"agree": "agrees", "slower": "slower", "faster": "faster"}
    sure = [pl.when(enough & (wilson(pl.col(name), pl.col("accounts"))[0] > 0.5)).then(pl.lit(word)) for name, word in told.items()]
    return pl.coalesce(*sure, pl.lit("unclear"))


def _advice() -> pl.Expr:
    known = pl.col("verdict").is_in(["slower", "faster"]) & (pl.col("measured") != "rarer")
    percent = (pl.col("share") * 100 + 0.5).floor().cast(pl.Int64)
    return pl.when(known).then(sentence("declare cadence: {} (only {} % of {} accounts work by the {})", "measured", percent, "accounts", "declared"))
