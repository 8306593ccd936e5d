"""Which accounts are ready to grow, and through what: seats, volume, modules or tier.

## Why
Growth follows adoption. The readiness of an account is the sum of declared signals; an account at high churn risk is not
called ready, whatever else it does.

## Columns
account        key    the account
band           label  ready, warm, not yet; at risk: would be ready or warm, but may leave; unknown: too little data; left: no longer pays
entered_at     date   since when it has been in this band, judged once a week on the weekday of T; empty: longer than expansion.weeks, or this is 0, as it is unless set
readiness      score  the sum of the contributions, 0 to 100; empty: too little data to judge
reason         label  what it would grow through: where most of its points come from, of equal ones that of the first signal
contributions  list   points and signal; they add up to the readiness exactly; (unknown): what expansion.missing gives for it
evidence       text   the numbers behind each fired signal
coverage       share  of the points, those that the data could judge, or could but for too little use
headroom       count  paid seats without core work in the last 28 days; empty: seats unknown
priority       money  readiness × MRR / 100: what to work on first; empty: MRR unknown
active_users   count  people with core successes in the last 28 days
seats          count  seats at T of who pays: those of all its subscriptions but modules and usage; empty: one of them does not say
tiers          text   the depth reached in each workflow
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency
model          label  the model of its segment that judged it (expansion.segments), such as `size small`; empty: what holds for all others

## Limits
A readiness orders accounts, it is no probability. Each week of expansion.weeks is a run of its own, so none is followed unless asked. With expansion.weeks a better band begins when its border was passed by
expansion.margin points expansion.settle weeks in a row. Points and thresholds are in the definition file; with `pricing_basis` only
the signals of growth through what the price follows weigh. No headroom is a reason
to talk about seats, much headroom one to talk about use.

## Judged
seats_filled     people with core work in the last 28 days, `share` of the paid seats or more
users_growing    they are `min_growth` more than in the 28 days before, and more by `growth`; too few to tell where nobody worked before. Unknown where the account was created, or the export
                 begins, less than 56 days before T
volume_growing   core work by the last `weeks` complete weeks that account and export were there for in full, six at least: the slope of
                 log(1 + successes) is beyond doubt above 0 (Theil–Sen), and in `min_weeks` of them work was done
second_workflow  a tier ever reached in two workflows
advanced_depth   the deepest tier of a core workflow ever reached
teams_spreading  `teams` teams of people with core work in the last 28 days
inviting         `invites` people invited in the last 28 days, and more than in the 28 before
premium_pull     any successful use of a premium feature in the last 28 days

## Order
-readiness -mrr account

## Better with
users          teams, invitations and active people
subscriptions  paid seats, headroom and the money at stake
accounts       the segments to filter by

## Covers
E08 E09 X03 J09 Z12

## Example: an account at high risk is not ready
snapshot:
account  ended_day  users  seats  tiers               mrr     currency
a1       ·          9      10     invoicing advanced  200.00  EUR
growth:
account  readiness  coverage  band     entered_day  reason  contributions                        evidence            model
a1       60         1         at risk  2025-12-18   seats   [40 seats_filled,20 volume_growing]  9 of 10 paid seats  ·
becomes
account  band     entered_at  readiness  reason  contributions                        evidence            coverage  headroom  priority  active_users  seats  tiers               mrr     currency  model
a1       at risk  2025-12-18  60         seats   [40 seats_filled,20 volume_growing]  9 of 10 paid seats  1         1         120.00    9             10     invoicing advanced  200.00  EUR       ·

## Example: more users than seats leave no headroom, unknown money no priority
snapshot:
account  ended_day   users  seats  tiers  mrr   currency
a1       ·           12     10     none   ·     ·
gone     2025-01-01  0      ·      none   0.00  ·
growth:
account  readiness  coverage  band     entered_day  reason  contributions      evidence             model
a1       20         0.5       not yet  ·            seats   [20 seats_filled]  12 of 10 paid seats  ·
becomes
account  band     entered_at  readiness  reason  contributions      evidence             coverage  headroom  priority  active_users  seats  tiers  mrr   currency  model
a1       not yet  ·           20         seats   [20 seats_filled]  12 of 10 paid seats  0.5       0         ·         12            10     none   ·     ·         ·
gone     left     ·           ·          ·       ·                  ·                    ·         ·         ·         0             ·      none   0.00  ·         ·
"""

from __future__ import annotations

import polars as pl


def accounts(snapshot: pl.LazyFrame, growth: pl.LazyFrame) -> pl.LazyFrame:
    left = pl.col("ended_day").is_not_null()
    return snapshot.join(growth, on="account", how="left").with_columns(
        band=pl.when(left).then(pl.lit("left")).otherwise("band"),
        headroom=(pl.col("seats") - pl.col("users")).clip(lower_bound=0),
        priority=(pl.col("mrr") * pl.col("readiness")).floordiv(100),
        active_users=pl.col("users"), entered_at="entered_day",
    )
