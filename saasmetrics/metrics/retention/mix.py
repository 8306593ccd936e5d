"""When retention moved from one cohort to the next: did the segments change, or only how many accounts each of them has?

## Why
A total can fall although every one of its parts rises: when the weaker part grows. Acting on such a total mends what is not
broken. Here its change is split into what the parts did and what their shares did; the two add up to it.

## Columns
segment      key    the segment's name
part         key    all: the total; value: the accounts with one value; unsaid: those of which the accounts table does not say
value        key    the value; empty otherwise
reversed     flag   the total moved against its parts; the same for all rows of a segment
finding      label  of the total: mostly the rates, mostly the mix, fell though the rates rose, rose though the rates fell, no change
before       count  accounts of the cohort before
before_rate  share  of these, those with core work `age` periods later
now          count  accounts of the last cohort that can be judged
now_rate     share  of these, those with core work `age` periods later
change       number of the rate, in percentage points
by_rate      number what the change of its own rate does to the total, in percentage points
by_mix       number what the change of its share does to the total, in percentage points
before_share share  of the accounts of its cohort
now_share    share  of the accounts of its cohort
status       label  final; insufficient: fewer than min_base accounts in a cohort; censored: a cohort's period began more than a week before the export did, or it has no accounts

## Headline
now_rate

## Limits
The cohorts and their rates are those of `retention cohorts` (calendar periods, created): the last cohort whose period is
complete, and the one before it. Kitagawa's split with the mean of both cohorts as weights: neither cohort is the norm. A
value that only one cohort has counts as mix. Small parts move a lot by chance: read their numbers. Segments are as the
accounts table lists them.
`by_mix` is the change of the share times (own mean rate less the mean total rate).

## Needs
accounts

## Order
-reversed segment -now part value

## Account by account
journey.accounts

## Covers

## Example: every part rises, the total falls
accounts:
account  created_day  observed_from
p1       2026-01-02   2026-01-02
p2       2026-01-02   2026-01-02
p3       2026-01-02   2026-01-02
f1       2026-01-02   2026-01-02
p4       2026-02-02   2026-01-02
f2       2026-02-02   2026-01-02
f3       2026-02-02   2026-01-02
f4       2026-02-02   2026-01-02
f5       2026-02-02   2026-01-02
segment_values:
account  segment  value
p1       plan     pro
p2       plan     pro
p3       plan     pro
f1       plan     free
p4       plan     pro
f2       plan     free
f3       plan     free
f4       plan     free
f5       plan     free
activity:
account  day         core
p1       2026-02-10  true
p2       2026-02-10  true
p4       2026-03-10  true
f2       2026-03-10  true
with as_of=2026-04-03 min_base=1
becomes
segment  part   value  reversed  finding                     before  before_rate  now  now_rate  change     by_rate    by_mix      before_share  now_share  status
plan     all    ·      true      fell though the rates rose  4       0.5          5    0.4       -10        28.958333  -38.958333  1             1          final
plan     value  free   true      ·                           1       0            4    0.25      25         13.125     -17.875     0.25          0.8        final
plan     value  pro    true      ·                           3       0.666667     1    1         33.333333  15.833333  -21.083333  0.75          0.2        final

## Example: without a cohort before there is nothing to compare
accounts:
account  created_day  observed_from
a1       2026-02-02   2026-02-02
segment_values:
account  segment  value
a1       plan     pro
activity:
account  day         core
a1       2026-03-10  true
with as_of=2026-04-03
becomes
segment  part   value  reversed  finding  before  before_rate  now  now_rate  change  by_rate  by_mix  before_share  now_share  status
plan     all    ·      false     ·        0       ·            1    1         ·       ·        ·       ·             1          censored
plan     value  pro    false     ·        0       ·            1    1         ·       ·        ·       ·             1          censored
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from saasmetrics.clock import UNOBSERVED_DAYS, Clock
from saasmetrics.statistics import divided, share

PARTS = 10**9  # effects are added up as whole numbers of these parts of a percentage point, so that they add up exactly
SIDES = ("before", "now")


def mix(
    accounts: pl.LazyFrame, segment_values: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, *,
    period: Literal["week", "month", "quarter"] = "month", age: int = 1, min_base: int = 10,
) -> pl.LazyFrame:  # fmt: skip
    last = clock.last_complete(period) - age
    members = _members(accounts, activity, clock, period, age, last)
    parts = _counted(segment_values.join(members, on="account"), ["segment", "value"])
    totals = parts.group_by("segment").agg(pl.col("before", "now", "before_kept", "now_kept").sum())
    split = _split(parts.join(totals, on="segment", suffix="_all")).with_columns(part=pl.when(pl.col("value").is_null()).then(pl.lit("unsaid")).otherwise(pl.lit("value")))
    effects = split.group_by("segment").agg(pl.col("by_rate", "by_mix").sum())
    whole = totals.join(effects, on="segment").with_columns(part=pl.lit("all"), value=pl.lit(None, pl.String), before_all="before", now_all="now")
    told = pl.concat([split.select(whole.collect_schema().names()), whole]).join(_findings(whole), on="segment", how="left")
    return _shown(told, min_base)


def _members(accounts: pl.LazyFrame, activity: pl.LazyFrame, clock: Clock, period: Literal["week", "month", "quarter"], age: int, last: int) -> pl.LazyFrame:
    """account, now (of the last cohort; else of the one before), kept; nobody whose period began before what was seen."""
    start = accounts.select(pl.col("observed_from").cast(pl.Int64).min()).collect().item()
    since = clock.first_day(last + age + 1, period) if start is None else start - UNOBSERVED_DAYS
    whole = pl.col("cohort") + age > clock.index_of(since - 1, period)
    cohort = accounts.select("account", "created_day", cohort=clock.index(pl.col("created_day"), period).cast(pl.Int64))
    both = cohort.filter(pl.col("cohort").is_between(last - 1, last) & (whole | (pl.col("created_day").cast(pl.Int64) >= since))).drop("created_day")
    began = activity.filter("core").select("account", cohort=clock.index(pl.col("day"), period).cast(pl.Int64) - age)
    later = began.filter(pl.col("cohort").is_between(last - 1, last)).unique().with_columns(kept=pl.lit(True))
    told = both.join(later, on=["account", "cohort"], how="left")
    return told.select("account", pl.col("kept").fill_null(False), now=pl.col("cohort") == last)


def _counted(members: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    now, kept = pl.col("now"), pl.col("kept")
    tests = {"before": ~now, "now": now, "before_kept": ~now & kept, "now_kept": now & kept}
    return members.group_by(keys).agg(**{name: test.sum().cast(pl.Int64) for name, test in tests.items()})


def _split(parts: pl.LazyFrame) -> pl.LazyFrame:
    """A value that one cohort lacks keeps the other's rate: it adds to the mix alone."""
    rates = [share(pl.col(f"{side}_kept"), pl.col(side)) for side in SIDES]
    before, now = pl.coalesce(rates), pl.coalesce(reversed(rates))
    weight_before, weight_now = (share(pl.col(side), pl.col(f"{side}_all")) for side in SIDES)
    middle = sum((share(pl.col(f"{side}_kept_all"), pl.col(f"{side}_all")) for side in SIDES), pl.lit(0.0)) * 0.5
    by_rate = (weight_before + weight_now) * 0.5 * (now - before)
    by_mix = (weight_now - weight_before) * ((before + now) * 0.5 - middle)
    whole = {name: (effect * 100 * PARTS).round().cast(pl.Int64) for name, effect in (("by_rate", by_rate), ("by_mix", by_mix))}
    return parts.with_columns(**whole)


def _findings(whole: pl.LazyFrame) -> pl.LazyFrame:
    rate, change = pl.col("by_rate"), pl.col("by_rate") + pl.col("by_mix")
    against = (rate.sign() * change.sign() == -1) & (pl.col("before") > 0) & (pl.col("now") > 0)
    finding = (
        pl.when((pl.col("before") == 0) | (pl.col("now") == 0)).then(pl.lit(None, pl.String))
        .when(against & (change < 0)).then(pl.lit("fell though the rates rose"))
        .when(against).then(pl.lit("rose though the rates fell"))
        .when(change == 0).then(pl.lit("no change"))
        .when(rate.abs() < pl.col("by_mix").abs()).then(pl.lit("mostly the mix")).otherwise(pl.lit("mostly the rates"))
    )  # fmt: skip
    return whole.select("segment", reversed=against, finding=finding)


def _shown(told: pl.LazyFrame, min_base: int) -> pl.LazyFrame:
    least = pl.min_horizontal("before_all", "now_all")
    status = pl.when(least == 0).then(pl.lit("censored")).when(least < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final"))
    known, every = pl.when(least > 0), pl.col("part") == "all"
    points = {name: known.then(divided(pl.col(name), PARTS)) for name in ("by_rate", "by_mix")}
    before, now = (share(pl.col(f"{side}_kept"), pl.col(side)) for side in SIDES)
    return told.with_columns(
        before_rate=before, now_rate=now, change=(now - before) * 100, **points,
        before_share=share(pl.col("before"), pl.col("before_all")), now_share=share(pl.col("now"), pl.col("now_all")),
        finding=pl.when(every).then("finding"), status=status,
    )  # fmt: skip
