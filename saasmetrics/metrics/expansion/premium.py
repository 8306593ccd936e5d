"""Who reaches for features above their plan?

## Why
Who runs into a paywall three times a month has written the reason for the next plan already. Who uses a premium feature
without having its plan is a gift, or a mistake in the contract.

## Columns
account   key    the account
feature   key    the feature's name in the definition
pull      count  uses + hits
hits      count  times in the 28 days before T that somebody wanted it and was told that the plan lacks it; empty: the feature declares no paywall
uses      count  successful uses in these days
before    count  pull of the 28 days before them; empty: the export does not hold them
state     label  above: the plan lacks it; included: it has it, and there were hits all the same; unsaid: it is premium, and no plans are named; unknown: the account's plan is unknown
plan      label  the account's plan or plans at T; empty: unknown
plans     label  the plans that include it; empty: none named
last_day  date   the last day with a use or a hit before T; empty: none
mrr       money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency  label  its currency

## Limits
Features that are premium, name plans or declare a paywall. Plans are those at T, also for what came before. A hit shows
interest, not a budget. Features that a plan includes are left out unless there were hits. Accounts that no longer pay are left out.

## Better with
subscriptions  the plan at T
accounts       the segments to filter by

## Order
-pull -hits -mrr account feature

## Covers
E06 Z11

## Example: a wall that is hit counts like a use, and what a plan includes is no pull
accounts:
account  observed_from
small    2020-01-01
large    2020-01-01
features:
feature  premium  walled  plans
chains   true     true    business
exports  false    false   ·
entitlements:
account  kind     name     entitled
small    feature  chains   false
small    feature  exports  true
large    feature  chains   true
account_plans:
account  plan
small    team
large    business
feature_days:
account  feature  day         n
small    chains   2026-05-20  1
large    chains   2026-05-20  9
paywall_days:
account  feature  day         n
small    chains   2026-05-25  2
small    chains   2026-04-25  1
contract_state:
account  mrr    currency  ended_day
small    90.00  EUR       ·
with as_of=2026-06-01
becomes
account  feature  pull  hits  uses  before  state  plan  plans     last_day    mrr    currency
small    chains   3     2     1     1       above  team  business  2026-05-25  90.00  EUR

## Example: premium without a plan named, and a plan that nobody knows
accounts:
account  observed_from
known    2020-01-01
blank    2020-01-01
features:
feature  premium  walled  plans
chains   true     false   ·
reports  false    false   business
entitlements:
account  kind     name     entitled
known    feature  chains   true
known    feature  reports  true
blank    feature  chains   true
blank    feature  reports  ·
account_plans:
account  plan
known    business
feature_days:
account  feature  day         n
known    chains   2026-05-31  2
blank    reports  2026-03-01  2
paywall_days:
account  feature  day         n
contract_state:
account  mrr    currency  ended_day
with as_of=2026-06-01
becomes
account  feature  pull  hits  uses  before  state    plan      plans     last_day    mrr  currency
known    chains   2     ·     2     0       unsaid   business  ·         2026-05-31  ·    ·
blank    chains   0     ·     0     0       unsaid   ·         ·         ·           ·    ·
blank    reports  0     ·     0     0       unknown  ·         business  2026-03-01  ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

DAYS = 28
KEYS = ["account", "feature"]


def premium(
    accounts: pl.LazyFrame, features: pl.LazyFrame, entitlements: pl.LazyFrame, account_plans: pl.LazyFrame, feature_days: pl.LazyFrame,
    paywall_days: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    sold = features.filter(pl.col("premium") | pl.col("walled") | pl.col("plans").is_not_null())
    granted = entitlements.filter(pl.col("kind") == "feature").select("account", "entitled", feature="name")
    planned = account_plans.group_by("account").agg(plan=pl.col("plan").cast(pl.String).sort().str.join(" + "))
    held = (pl.col("observed_from").cast(pl.Int64) <= clock.day - 2 * DAYS).fill_null(True)
    told = accounts.select("account", held=held).join(sold, how="cross").join(granted, on=KEYS, how="left").join(planned, on="account", how="left")
    for part, keys in ((_counted(feature_days, paywall_days, clock), KEYS), (contract_state.select("account", "mrr", "currency", "ended_day"), ["account"])):
        told = told.join(part, on=keys, how="left")
    filled = told.filter(pl.col("ended_day").is_null()).with_columns(pl.col("uses", "hits", "before").fill_null(0))
    state = (
        pl.when(pl.col("plans").is_null() & pl.col("premium")).then(pl.lit("unsaid")).when(pl.col("entitled").is_null()).then(pl.lit("unknown"))
        .when("entitled").then(pl.lit("included")).otherwise(pl.lit("above"))
    )  # fmt: skip
    judged = filled.with_columns(state=state, before=pl.when("held").then("before"), pull=pl.col("uses") + pl.col("hits"))
    kept = judged.filter((pl.col("state") != "included") | (pl.col("hits") > 0))
    return kept.with_columns(hits=pl.when("walled").then("hits"))


def _counted(feature_days: pl.LazyFrame, paywall_days: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    both = pl.concat([feature_days.with_columns(hit=pl.lit(False)), paywall_days.with_columns(hit=pl.lit(True))], how="diagonal")
    age, n = clock.day - pl.col("day"), pl.col("n")
    return both.group_by(KEYS).agg(
        uses=n.filter((age <= DAYS) & ~pl.col("hit")).sum(), hits=n.filter((age <= DAYS) & pl.col("hit")).sum(),
        before=n.filter(age.is_between(DAYS + 1, 2 * DAYS)).sum(), last_day=pl.col("day").max(),
    )  # fmt: skip
