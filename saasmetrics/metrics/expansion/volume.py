"""Whose work grows beyond doubt, in which job, and how fast?

## Why
A busy month is not growth. The slope over all complete weeks, with its interval, tells whom the product is becoming more
important to.

## Columns
account    key    the account
workflow   key    the workflow; empty: all core workflows together
measure    key    successes; value: what the successes are worth, by the workflow's value
state      label  rising (low > 0), falling (high < 0), steady: neither beyond doubt; insufficient: fewer than min_weeks busy weeks, or fewer than 6 weeks (fewer have no such interval)
growth     number change a week: exp(slope) − 1, where the slope is the median of all pairwise slopes of log(1 + amount) (Theil–Sen); empty: fewer than min_weeks busy weeks
low        number lower end of Sen's 95 % interval, in the same terms; empty: insufficient
high       number upper end
weeks      count  complete weeks looked at: the last volume_weeks, of them those that began no earlier than the days on which the account and the export did
busy       count  of these, those with any
lately     number the amount (successes, or their value in its own unit) in the last 4 of the complete weeks
before     number the amount in the 4 weeks before them; empty: fewer than 8 complete weeks
mrr        money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency   label  its currency

## Limits
A workflow without a declared `value` has successes only; a week whose value is not above 0 counts as 0, and without
any other there is no row for it. Seasons look like growth when the weeks cover only half of
one. A straight line through logarithms: growth that has just begun moves it little. Rows are the jobs with any success in these
weeks, and for every account one for all core workflows. Accounts that no longer pay are left out.

## Better with
subscriptions  the money at stake
accounts       accounts that never did anything

## Order
-low -lately account workflow measure

## Covers
E03 Z04 Z08 Z13

## Example: steady growth is found, and one good week is none
accounts:
account  created_day  observed_from
grows    2025-01-01   2025-01-01
spike    2025-01-01   2025-01-01
workflows:
workflow   core   priced
invoicing  true   false
activity:
account  workflow   day         core  n   value
grows    invoicing  2026-01-05  true  1   0
grows    invoicing  2026-01-12  true  2   0
grows    invoicing  2026-01-19  true  4   0
grows    invoicing  2026-01-26  true  8   0
grows    invoicing  2026-02-02  true  16  0
grows    invoicing  2026-02-09  true  33  0
spike    invoicing  2026-01-05  true  5   0
spike    invoicing  2026-01-12  true  5   0
spike    invoicing  2026-01-19  true  5   0
spike    invoicing  2026-01-26  true  50  0
spike    invoicing  2026-02-02  true  5   0
spike    invoicing  2026-02-09  true  5   0
contract_state:
account  mrr     currency  ended_day
grows    100.00  EUR       ·
with as_of=2026-02-20 volume_weeks=6 min_weeks=4
becomes
account  workflow   measure    state   growth    low        high      weeks  busy  lately  before  mrr     currency
grows    invoicing  successes  rising  0.782827  0.581139   0.943651  6      6     61      ·       100.00  EUR
grows    ·          successes  rising  0.782827  0.581139   0.943651  6      6     61      ·       100.00  EUR
spike    invoicing  successes  steady  0         -0.657003  1.915476  6      6     65      ·       ·       ·
spike    ·          successes  steady  0         -0.657003  1.915476  6      6     65      ·       ·       ·

## Example: weeks before the export are not weeks without work
accounts:
account  created_day  observed_from
old      2020-01-01   2026-01-21
workflows:
workflow   core   priced
invoicing  true   true
activity:
account  workflow   day         core  n  value
old      invoicing  2026-01-26  true  5  50000
old      invoicing  2026-02-02  true  5  50000
old      invoicing  2026-02-09  true  5  70000
contract_state:
account  mrr  currency  ended_day
with as_of=2026-02-20 volume_weeks=12 min_weeks=3
becomes
account  workflow   measure    state         growth    low  high  weeks  busy  lately  before  mrr  currency
old      invoicing  value      insufficient  0.154701  ·    ·     3      3     17      ·       ·    ·
old      invoicing  successes  insufficient  0         ·    ·     3      3     15      ·       ·    ·
old      ·          successes  insufficient  0         ·    ·     3      3     15      ·       ·    ·

## Example: a job that was done before the first whole week only has no row
accounts:
account  created_day  observed_from
new      2026-02-04   2025-01-01
workflows:
workflow   core   priced
invoicing  true   false
claims     false  false
activity:
account  workflow   day         core   n  value
new      claims     2026-02-05  false  3  0
new      invoicing  2026-02-09  true   2  0
contract_state:
account  mrr  currency  ended_day
with as_of=2026-02-20
becomes
account  workflow   measure    state         growth  low  high  weeks  busy  lately  before  mrr  currency
new      invoicing  successes  insufficient  ·       ·    ·     1      1     2       ·       ·    ·
new      ·          successes  insufficient  ·       ·    ·     1      1     2       ·       ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.statistics import theil_sen

SERIES, RECENT = ["account", "workflow", "measure"], 4


def volume(
    accounts: pl.LazyFrame, workflows: pl.LazyFrame, activity: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *, volume_weeks: int = 12, min_weeks: int = 6
) -> pl.LazyFrame:
    last = clock.last_complete("week")
    paid = accounts.join(contract_state.select("account", "mrr", "currency", "ended_day"), on="account", how="left")
    first = clock.index(pl.max_horizontal("created_day", "observed_from") - 1, "week") + 1  # the first that account and export saw whole
    stays = paid.filter(pl.col("ended_day").is_null()).with_columns(first=first)
    dated = activity.with_columns(week=clock.index(pl.col("day"), "week")).join(stays.select("account", "first"), on="account")
    recent = pl.col("week").is_between(last - volume_weeks + 1, last) & (pl.col("week") >= pl.col("first"))
    amounts = _amounts(dated.filter(recent), workflows)
    whole = stays.select("account", workflow=pl.lit(None, pl.String), measure=pl.lit("successes"))
    series = pl.concat([whole, amounts.select(SERIES)]).unique().with_row_index("series").collect().lazy()  # numbered once
    grid = _grid(stays, series, range(last - volume_weeks + 1, last + 1)).join(amounts, on=[*SERIES, "week"], how="left", nulls_equal=True)
    points = grid.with_columns(pl.col("amount").fill_null(0), ago=last - pl.col("week"))
    counted = points.group_by("series").agg(
        weeks=pl.len(), busy=(pl.col("amount") > 0).sum(), lately=pl.col("amount").filter(pl.col("ago") < RECENT).sum(),
        before=pl.when(pl.len() >= 2 * RECENT).then(pl.col("amount").filter(pl.col("ago").is_between(RECENT, 2 * RECENT - 1)).sum()),
    )  # fmt: skip
    enough = counted.filter(pl.col("busy") >= min_weeks).select("series")
    slopes = theil_sen(points.join(enough, on="series").select("series", x=pl.col("week"), y=(pl.col("amount") / _unit() + 1).log()), "series")
    told = series.join(counted, on="series", how="left").join(slopes, on="series", how="left").join(stays.select("account", "mrr", "currency"), on="account")
    return _judged(told.with_columns(pl.col("weeks", "busy", "lately").fill_null(0)))


def _amounts(dated: pl.LazyFrame, workflows: pl.LazyFrame) -> pl.LazyFrame:
    """account, workflow, measure, week, amount: of each workflow, of what it is worth, and of all core work together."""
    keys, priced = ["account", "workflow", "week"], workflows.filter("priced").select("workflow")
    each = dated.group_by(keys).agg(amount=pl.col("n").sum()).with_columns(measure=pl.lit("successes"))
    worth = dated.join(priced, on="workflow", how="semi").group_by(keys).agg(amount=pl.col("value").sum()).with_columns(measure=pl.lit("value"))
    core = dated.filter("core").with_columns(workflow=pl.lit(None, pl.String)).group_by(keys).agg(amount=pl.col("n").sum()).with_columns(measure=pl.lit("successes"))
    return pl.concat([each, worth.filter(pl.col("amount") > 0), core])


def _grid(stays: pl.LazyFrame, series: pl.LazyFrame, weeks: range) -> pl.LazyFrame:
    """Every series with each week that began when the account and the export were there."""
    every = pl.LazyFrame({"week": weeks}, schema={"week": pl.Int32})
    return series.join(stays.select("account", "first"), on="account").join(every, how="cross").filter(pl.col("week") >= pl.col("first"))


def _unit() -> pl.Expr:
    """Values come in ten-thousandths."""
    return pl.when(pl.col("measure") == "value").then(10_000).otherwise(1)


def _judged(told: pl.LazyFrame) -> pl.LazyFrame:
    state = (
        pl.when(pl.col("low").is_null()).then(pl.lit("insufficient")).when(pl.col("low") > 0).then(pl.lit("rising"))
        .when(pl.col("high") < 0).then(pl.lit("falling")).otherwise(pl.lit("steady"))
    )  # fmt: skip
    growth = {"growth": "slope", "low": "low", "high": "high"}
    return told.with_columns(
        state=state, **{name: pl.col(slope).exp() - 1 for name, slope in growth.items()}, **{name: pl.col(name) / _unit() for name in ("lately", "before")}
    )
