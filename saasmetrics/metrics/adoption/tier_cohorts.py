"""Does each cohort of new accounts get deeper than the ones before it?

## Why
The stock of accounts at a tier grows by itself as accounts grow old. Cohorts compared after the same time show whether
adoption gets better.

## Columns
cohort    key    first day of the month in which the accounts were created; `all`: every cohort together
workflow  key    the workflow
level     key    number of the tier
tier      label  its name
eligible  count  accounts of the cohort at least within_days old at T
immature  count  younger ones: not counted, not failed
reached   count  of the eligible, those that did all that the tier asks for within within_days of their creation
rate      share  reached / eligible; `all` pools the counts, it is no mean of rates
low       share  Wilson 95 % interval
high      share  upper end of the interval
status    label  final; provisional: some of the cohort are still too young, or late events may change it; censored: all are
unstable_days days of the within_days days from the creation on, those in an unstable week (reliability stability), a mean over the eligible; empty: none is eligible, or no limits are declared

## Limits
Accounts older than the export are in no cohort: what they did first was not seen. Accounts whose plan lacks the workflow
are in the base.
`all` is final as soon as any account is eligible.

## Better with
accounts  the true dates of creation, and the accounts that never did anything

## Picture
triangle cohort level rate

## Account by account
adoption.accounts

## Covers

## Example: the same time for everybody; late is not in time
accounts:
account  created_at        created_day  left_truncated
a1       2026-01-01 00:00  2026-01-01   false
a2       2026-01-05 00:00  2026-01-05   false
b1       2026-02-01 00:00  2026-02-01   false
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  reached_at
a1       invoicing  1      2026-01-05 00:00
a2       invoicing  1      2026-05-05 00:00
b1       invoicing  1      2026-02-05 00:00
unstable_days:
day
2026-01-04
with as_of=2026-06-01
becomes
cohort      workflow   level  tier   eligible  immature  reached  rate      low       high      status  unstable_days
2026-01-01  invoicing  1      basic  2         0         1        0.5       0.094531  0.905469  final   0.5
2026-02-01  invoicing  1      basic  1         0         1        1         0.206549  1         final   0
all         invoicing  1      basic  3         0         2        0.666667  0.20766   0.938508  final   0.333333

## Example: a young cohort is empty, not nought
accounts:
account  created_at        created_day  left_truncated
young    2026-05-01 00:00  2026-05-01   false
old      2020-05-01 00:00  2020-05-01   true
ladder:
workflow   level  tier
invoicing  1      basic
tiers:
account  workflow   level  reached_at
with as_of=2026-06-01
becomes
cohort      workflow   level  tier   eligible  immature  reached  rate  low  high  status    unstable_days
2026-05-01  invoicing  1      basic  0         1         0        ·     ·    ·     censored  ·
all         invoicing  1      basic  0         1         0        ·     ·    ·     censored  ·
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, days_within
from saasmetrics.statistics import share, total, wilson


def tier_cohorts(
    accounts: pl.LazyFrame, tiers: pl.LazyFrame, ladder: pl.LazyFrame, unstable_days: pl.LazyFrame | None, clock: Clock, *,
    within_days: Days = 90, by: Sequence[str] = (),
) -> pl.LazyFrame:  # fmt: skip
    known = accounts.filter(pl.col("created_at").is_not_null() & ~pl.col("left_truncated"))
    end = pl.col("created_at") + within_days * DAY
    unstable = days_within(unstable_days, pl.col("created_day"), pl.col("created_day") + within_days)
    members = known.select("account", *by, end=end, unstable=unstable, cohort=clock.start(clock.index(pl.col("created_day"), "month"), "month").dt.strftime("%Y-%m-%d"))
    reached = tiers.select("account", "workflow", "level", at="reached_at")
    grid = members.join(ladder, how="cross").join(reached, on=["account", "workflow", "level"], how="left")
    counted = pl.concat([grid, grid.with_columns(cohort=pl.lit("all"))]).group_by(*by, "cohort", "workflow", "level", "tier").agg(
        eligible=(pl.col("end") <= clock.now).sum().cast(pl.Int64), immature=(pl.col("end") > clock.now).sum().cast(pl.Int64),
        reached=((pl.col("end") <= clock.now) & (pl.col("at") <= pl.col("end"))).fill_null(False).sum().cast(pl.Int64),
        fresh=(pl.col("end") > clock.final).any(), unstable=total(pl.col("unstable").filter(pl.col("end") <= clock.now)),
    )  # fmt: skip
    k, n = pl.col("reached"), pl.col("eligible")
    low, high = wilson(k, n)
    open_ = pl.when(pl.col("fresh") & (pl.col("cohort") != "all")).then(pl.lit("provisional")).otherwise(pl.lit("final"))
    status = pl.when(n == 0).then(pl.lit("censored")).otherwise(open_)
    return counted.with_columns(rate=share(k, n), low=low, high=high, status=status, unstable_days=share(pl.col("unstable"), n))
