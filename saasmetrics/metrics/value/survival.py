"""Do accounts that are further on their way to value stay?

## Why
Value has to show where revenue renews. Each account is put on the stage that it had reached on one day, the landmark, and
only what came after that day decides whether it stayed: no account is sorted by what it did later.

## Columns
position    key    order of the stage
stage       label  none, adopted, repeating, spreading, fading, unknown (see `value trajectory`); all
landmark    date   the day after the last complete period that lies at least `horizon` days before T
paying      count  accounts on that stage that paid on the landmark
not_paying  count  accounts on that stage that did not: not counted, not lost
stayed      count  of those that paid, those that went on paying without a break for `horizon` days
rate        share  stayed / paying
low         share  Wilson 95 % interval
high        share  Wilson 95 % interval
status      label  final; insufficient: fewer than min_base paid

## Limits
The stage goes with staying; that does not show that it is the reason. Whether the days held a renewal is not asked: the
subscriptions name only the next one. A landmark before the periods that `value trajectory` looks at has no rows.

## Needs
subscriptions

## Picture
bars rate

## Account by account
value.trajectory

## Covers
V19

## Example: the stage counts as it was on the landmark, and a gap is a loss
stages:
account  period  ago  end  stage
a1       100     0    120  fading
a1       90      10   100  spreading
a2       100     0    120  spreading
a2       90      10   100  fading
a3       90      10   100  fading
trial    90      10   100  fading
paying:
account  start_day   end_day
a1       1970-03-02  ·
a2       1970-03-02  1970-04-21
a2       1970-04-22  ·
a3       1970-03-02  1970-04-11
accounts:
account  plan
a1       pro
a2       pro
a3       pro
trial    pro
with as_of=1970-05-01 horizon=20 min_base=1
becomes
position  stage      landmark    paying  not_paying  stayed  rate  low       high      status
4         spreading  1970-04-11  1       0           1       1     0.206549  1         final
5         fading     1970-04-11  1       2           0       0     0         0.793451  final
7         all        1970-04-11  2       2           1       0.5   0.094531  0.905469  final

## Example: who began to pay after the landmark does not count as having stayed
stages:
account  period  ago  end  stage
late     90      10   100  adopted
stays    90      10   100  adopted
paying:
account  start_day   end_day
late     1970-04-20  ·
stays    1970-04-11  1970-05-01
accounts:
account  plan
late     pro
stays    pro
with as_of=1970-05-01 horizon=20
becomes
position  stage    landmark    paying  not_paying  stayed  rate  low       high  status
2         adopted  1970-04-11  1       1           1       1     0.206549  1     insufficient
7         all      1970-04-11  1       1           1       1     0.206549  1     insufficient
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson

STAGES = ["none", "adopted", "repeating", "spreading", "fading", "unknown", "all"]


def survival(
    stages: pl.LazyFrame, paying: pl.LazyFrame, accounts: pl.LazyFrame, clock: Clock, *, horizon: Days = 90, min_base: int = 5, by: Sequence[str] = ()
) -> pl.LazyFrame:
    past = stages.filter(pl.col("end") <= clock.day - horizon)
    then = past.filter(pl.col("end") == pl.col("end").max()).select("account", "stage", landmark="end").join(accounts.select("account", *by), on="account")
    both = pl.concat([then, then.with_columns(stage=pl.lit("all"))])
    told = both.join(_spells(then, paying, horizon), on="account", how="left").group_by(*by, "stage", "landmark").agg(
        paying=pl.col("stays").is_not_null().sum(), not_paying=pl.col("stays").is_null().sum(), stayed=pl.col("stays").sum()
    )
    low, high = wilson(pl.col("stayed"), pl.col("paying"))
    return told.with_columns(
        position=pl.col("stage").replace_strict({name: at for at, name in enumerate(STAGES, 1)}, return_dtype=pl.Int64),
        rate=share(pl.col("stayed"), pl.col("paying")), low=low, high=high,
        status=pl.when(pl.col("paying") < min_base).then(pl.lit("insufficient")).otherwise(pl.lit("final")),
    )  # fmt: skip


def _spells(then: pl.LazyFrame, paying: pl.LazyFrame, horizon: int) -> pl.LazyFrame:
    """account, stays: of the accounts that paid on the landmark, whether that spell lasted."""
    spells = paying.join(then.select("account", "landmark"), on="account")
    covering = spells.filter((pl.col("start_day") <= pl.col("landmark")) & (pl.col("end_day").is_null() | (pl.col("end_day") > pl.col("landmark"))))
    return covering.select("account", stays=pl.col("end_day").is_null() | (pl.col("end_day") >= pl.col("landmark") + horizon))
