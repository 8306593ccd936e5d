"""Which accounts are at risk, how much, and why.

## Why
By the time churn shows in revenue, the product problem is old. Each account's score is the sum of declared signals; every
signal that fired stands here with its numbers, so that anyone can check it.

## Columns
account        key    the account
band           label  high, medium, low; unknown: too little data to judge; left: no longer pays
entered_at     date   since when it has been in this band, judged once a week on the weekday of T; empty: longer than churn_risk.weeks, or this is 0, as it is unless set
score          score  the sum of the contributions, 0 to 100; empty: too little data to judge
mainly         label  the signal that adds the most points; empty: none does
contributions  list   points and signal; they add up to the score exactly; (unknown): what churn_risk.missing gives for it
evidence       text   the numbers behind each fired signal
coverage       share  of the points, those that the data could judge, or could but for too little use
trend          share  core successes of the last 28 days against the 28 before; empty: none before, or the export does not hold these days
weekly         list   core successes in each of the last 12 blocks of 7 days, oldest first; empty: the export does not hold all of these days
last_success   date   last day with a core success, ever
active_users   count  people with core successes in the last 28 days
top_share      share  the top person's share of these successes; empty below 5
renews_in      count  days to the renewal; empty: unknown
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency
model          label  the model of its segment that judged it (churn_risk.segments), such as `size small`; empty: what holds for all others

## Limits
A score orders accounts, it is no probability; `backtest churn-risk` says what it was worth in your data. A signal whose data are missing counts as the setting churn_risk.missing
says, and lowers the coverage: `exclude` scales up the points of the others to those of all, `neutral` gives it half its points, `worst` all. How each signal is judged: `explain churn-risk.signals`.
The score is rounded half up, and a contribution is what it grows by with its signal, in their order. Each week of churn_risk.weeks is a run of its own as of that day,
so none is followed unless asked; `account ID --since DAY` shows any earlier day beside today. With churn_risk.weeks a worse band holds at once, and a better one when its border was passed by
churn_risk.margin points churn_risk.settle weeks in a row: the band may be worse than the points of today. Points and thresholds are in the definition file.

## Order
-score -mrr account

## Better with
users          signals on administrators, seats and people (fewer active users, single user)
subscriptions  renewals, seats, and the money at stake
accounts       the accounts that never did anything

## Covers
X04 C10 J10

## Example: the parts add up to the score
snapshot:
account  ended_day   n  n_before  last_success_day  users  top_share  renews_in  mrr      currency  weekly
a1       ·           2  10        2026-01-20        1      1          40         1000.50  EUR       [5,5,2,0]
gone     2025-12-01  0  0         ·                 0      ·          ·          0        ·         [0,0,0,0]
risk:
account  score  coverage  band  entered_day  mainly              contributions                                  evidence           model
a1       45     0.8       high  2025-12-11   declining_workflow  [25 declining_workflow,20 fewer_active_users]  fell from 10 to 2  ·
becomes
account  band  entered_at  score  mainly              contributions                                  evidence           coverage  trend  weekly     last_success  active_users  top_share  renews_in  mrr      currency  model
a1       high  2025-12-11  45     declining_workflow  [25 declining_workflow,20 fewer_active_users]  fell from 10 to 2  0.8       -0.8   [5,5,2,0]  2026-01-20    1             1          40         1000.50  EUR       ·
gone     left  ·           ·      ·                   ·                                              ·                  ·         ·      [0,0,0,0]  ·             0             ·          ·          0.00     ·         ·

## Example: no base gives no trend, not a rise from zero
snapshot:
account  ended_day  n  n_before  last_success_day  users  top_share  renews_in  mrr  currency  weekly
new      ·          3  0         2026-01-20        1      ·          ·          ·    ·         [0,0,0,3]
risk:
account  score  coverage  band     entered_day  mainly  contributions  evidence  model
new      ·      0.1       unknown  ·            ·       ·              ·         ·
becomes
account  band     entered_at  score  mainly  contributions  evidence  coverage  trend  weekly     last_success  active_users  top_share  renews_in  mrr  currency  model
new      unknown  ·           ·      ·       ·              ·         0.1       ·      [0,0,0,3]  2026-01-20    1             ·          ·          ·    ·         ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.statistics import share


def accounts(snapshot: pl.LazyFrame, risk: pl.LazyFrame) -> pl.LazyFrame:
    left = pl.col("ended_day").is_not_null()
    return snapshot.join(risk, on="account", how="left").with_columns(
        band=pl.when(left).then(pl.lit("left")).otherwise("band"),
        trend=share(pl.col("n") - pl.col("n_before"), pl.col("n_before")),
        last_success=pl.col("last_success_day"),
        active_users=pl.col("users"), entered_at="entered_day",
    )
