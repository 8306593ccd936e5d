"""How healthy is every account, since when, and what costs it its points?

## Why
One number is easy to sort by and easy to distrust. This one is the sum of declared parts; each stands here with its numbers, so
that anyone can check it, and what the data cannot show is said and not guessed.

## Columns
account        key    the account
band           label  poor, watch, healthy; unknown: too little data to judge; left: no longer pays
score          score  the sum of the contributions, 0 to 100; empty: too little data to judge
before         score  the score four weeks earlier; empty: none
entered_at     date   the day since which it has been in this band, judged once a week on the weekday of T; empty: longer than health.weeks
weakest        label  the part that costs the most points; empty: none does
contributions  list   points and part; they add up to the score exactly; (unknown): what health.missing gives for it
evidence       text   the numbers of each part that the data can judge
coverage       share  of the points that the data could judge
weekly         list   the score at T and in each of the 11 weeks before, oldest first, of those that health.weeks look at and the account was there for
renews_in      count  days to the renewal; empty: unknown
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency
priority       money  (100 − score) × MRR / 100: what to look at first; empty: healthy, or the score or the MRR is unknown
model          label  the model of its segment that judged it (health.segments), such as `size small`; empty: what holds for all others

## Limits
A score orders accounts, it is no probability: `saasmetrics backtest health` says what it was worth. A part without data counts as
health.missing says (exclude: the others count for more; neutral: half its points; worst: none) and lowers the coverage. A worse band holds
at once; a better one begins when its border was passed by health.margin points health.settle weeks in a row, so the band of an account
may be worse than its score alone. Below health.full_coverage the best band is not given. The weeks before are judged by what is known
at T: roles, and dates of subscriptions, as they stand now. A month of a workflow's cadence counts as five weeks here, a quarter as thirteen.
How far each part is met is rounded down to thousandths; between nothing and full in proportion.

## Judged
activation    full when all required steps are done, else half when some are; of who has not done them all unknown until activation.within is over, and
              where the account is older than the export
core_use      the share of its last `periods`, these counted back from T, in which the core workflow with most periods done (of equals the first by
              name) was done; no more whole periods than account and export were there for, and one begun only where it was done in it. One of every
              day is judged by weeks
trend         core successes of the last 28 days over those of the 28 before: 1 is full; unknown below `min_base`, and in the first 56 days of
              account or export
active_users  people with core work in the last 28 days over seats; where these are unknown over the people of the 28 days before, after the first 56
admins        whole days since an administrator was seen; of one never seen, nothing once `days` are over
feature_use   different features used in the last 28 days
support       tickets opened in the last 28 days for 100 core successes; nothing when there are only tickets
renewal       full when it is more than `within` days off, else as trend

## Order
-priority score account

## Better with
users          active people and administrators
subscriptions  paid seats, renewals, and the money at stake
tickets        how much help they need
accounts       the accounts that never did anything

## Covers
Y01 Y02 Y03 Y04 Y05 Y06 Y07 Y08 Y09

## Example: the parts add up to the score, and the most money at stake stands first
snapshot:
account  ended_day   renews_in  mrr     currency
good     ·           200        100.00  EUR
bad      ·           40         50.00   EUR
gone     2025-12-01  ·          0       ·
health:
account  score  coverage  band     entered_day  before  weekly   contributions               evidence                                  weakest  model
good     80     1         healthy  ·            80      [80,80]  [40 core_use,40 trend]      invoicing: done in 4 of the last 4 weeks  ·        ·
bad      30     1         poor     2025-12-18   55      [55,30]  [25 core_use,5 activation]  invoicing: done in 1 of the last 4 weeks  trend    ·
becomes
account  band     score  before  entered_at  weakest  contributions               evidence                                  coverage  weekly   renews_in  mrr     currency  priority  model
bad      poor     30     55      2025-12-18  trend    [25 core_use,5 activation]  invoicing: done in 1 of the last 4 weeks  1         [55,30]  40         50.00   EUR       35.00     ·
good     healthy  80     80      ·           ·        [40 core_use,40 trend]      invoicing: done in 4 of the last 4 weeks  1         [80,80]  200        100.00  EUR       ·         ·
gone     left     ·      ·       ·           ·        ·                           ·                                         ·         ·        ·          0.00    ·         ·         ·

## Example: too little data give no score, not a bad one
snapshot:
account  ended_day  renews_in  mrr  currency
new      ·          ·          ·    ·
health:
account  score  coverage  band     entered_day  before  weekly  contributions  evidence  weakest  model
new      ·      0.25      unknown  2025-12-30   ·       [0]     [25 core_use]  ·         ·        ·
becomes
account  band     score  before  entered_at  weakest  contributions  evidence  coverage  weekly  renews_in  mrr  currency  priority  model
new      unknown  ·      ·       2025-12-30  ·        ·              ·         0.25      [0]     ·          ·    ·         ·         ·
"""

from __future__ import annotations

import polars as pl


def accounts(snapshot: pl.LazyFrame, health: pl.LazyFrame) -> pl.LazyFrame:
    left, judged = pl.col("ended_day").is_not_null(), pl.col("score").is_not_null()
    known = snapshot.select("account", "ended_day", "renews_in", "mrr", "currency")
    return known.join(health, on="account", how="left").with_columns(
        band=pl.when(left).then(pl.lit("left")).otherwise("band"),
        entered_at="entered_day",
        contributions=pl.when(judged).then("contributions"),
        weakest=pl.when(judged).then("weakest"),
        priority=pl.when(pl.col("band") != "healthy").then(((100 - pl.col("score")) * pl.col("mrr")).floordiv(100)),
    )
