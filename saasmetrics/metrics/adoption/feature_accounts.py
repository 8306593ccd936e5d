"""Which accounts leave what they pay for unused, and which have taken up premium features?

## Why
A feature that is paid for and not used is an argument lost at the next renewal.

## Columns
account        key    the account
unused         count  watched features (high-value or premium) that its plan includes and that it did not use in the last trailing_days
unused_names   text   their names
used           count  features used in the last trailing_days
used_names     text   their names
premium        count  different premium features ever used
premium_names  text   their names
premium_since  date   the first day on which a premium feature was used
premium_uses   count  uses of premium features in the last trailing_days
outside        text   features used in the last trailing_days though the plan does not include them
plan_known     flag   whether the plan is known; if not, features bound to plans are neither unused nor outside it
older          flag   older than the export, or of unknown age: it may have used premium features earlier
mrr            money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency       label  its currency

## Limits
Accounts younger than min_age are not listed, nor those that no longer pay; those of unknown age are. One successful use is use; see `adoption features` for the depth. A feature
that names no plans is in every plan.

## Order
-unused -mrr account

## Better with
accounts       the accounts that never did anything
subscriptions  the plan at T and the money at stake

## Covers
Z05

## Example: a feature of every plan says nothing about the plan
accounts:
account  created_at        left_truncated
dim      2026-01-01 00:00  false
features:
feature    high_value  premium
approvals  true        false
entitlements:
account  kind     name       entitled
dim      feature  approvals  true
account_plans:
account  plan
feature_days:
account  feature  day  n
contract_state:
account  mrr  currency  ended_day
with as_of=2026-06-05
becomes
account  unused  unused_names  used  used_names  premium  premium_names  premium_since  premium_uses  outside  plan_known  older  mrr  currency
dim      1       approvals     0     ·           0        ·              ·              0             ·        false       false  ·    ·

## Example: paid for and unused, used, and used outside the plan
accounts:
account  created_at        left_truncated
lazy     2026-01-01 00:00  false
keen     2026-01-01 00:00  false
gone     2026-01-01 00:00  false
features:
feature    high_value  premium
api        false       false
approvals  true        true
history    true        false
entitlements:
account  kind     name       entitled
lazy     feature  api        true
lazy     feature  approvals  true
lazy     feature  history    true
keen     feature  api        true
keen     feature  approvals  false
keen     feature  history    true
account_plans:
account  plan
lazy     business
keen     team
feature_days:
account  feature    day         n
lazy     approvals  2026-01-20  1
lazy     history    2026-05-20  5
keen     approvals  2026-05-02  2
keen     history    2026-05-02  1
keen     approvals  2026-05-09  4
contract_state:
account  mrr    currency  ended_day
lazy     90.00  EUR       ·
gone     0.00   ·         2026-04-01
with as_of=2026-06-05
becomes
account  unused  unused_names  used  used_names          premium  premium_names  premium_since  premium_uses  outside    plan_known  older  mrr    currency
lazy     1       approvals     1     history             1        approvals      2026-01-20     0             ·          true        false  90.00  EUR
keen     0       ·             2     approvals, history  1        approvals      2026-05-02     6             approvals  true        false  ·      ·

## Example: an unknown plan is neither unused nor outside; a young account is not listed, one of unknown age is
accounts:
account  created_at        left_truncated
dim      2026-01-01 00:00  true
young    2026-06-01 00:00  false
payer    ·                 true
features:
feature    high_value  premium
approvals  true        true
entitlements:
account  kind     name       entitled
dim      feature  approvals  ·
young    feature  approvals  true
payer    feature  approvals  true
account_plans:
account  plan
young    business
payer    business
feature_days:
account  feature  day  n
contract_state:
account  mrr  currency  ended_day
with as_of=2026-06-05
becomes
account  unused  unused_names  used  used_names  premium  premium_names  premium_since  premium_uses  outside  plan_known  older  mrr  currency
payer    1       approvals     0     ·           0        ·              ·              0             ·        true        true   ·    ·
dim      0       ·             0     ·           0        ·              ·              0             ·        false       true   ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import DAY, Clock, Days, Delay


def feature_accounts(
    accounts: pl.LazyFrame, features: pl.LazyFrame, entitlements: pl.LazyFrame, account_plans: pl.LazyFrame, feature_days: pl.LazyFrame,
    contract_state: pl.LazyFrame, clock: Clock, *, trailing_days: Days = 90, min_age: Delay = 30,
) -> pl.LazyFrame:  # fmt: skip
    gone = contract_state.filter(pl.col("ended_day").is_not_null())
    aged = (pl.col("created_at") + min_age * DAY <= clock.now).fill_null(True)
    stays = accounts.filter(aged).join(gone, on="account", how="anti")
    lately = pl.col("day") >= clock.day - trailing_days
    uses = feature_days.group_by("account", "feature").agg(first_day=pl.col("day").min(), n=pl.when(lately).then("n").sum())
    allowed = entitlements.filter(pl.col("kind") == "feature").select("account", "entitled", feature="name")
    each = allowed.join(features, on="feature").join(uses, on=["account", "feature"], how="left").with_columns(pl.col("n").fill_null(0))
    told = each.sort("feature").group_by("account", maintain_order=True).agg(
        **_named("unused", ~_used() & pl.col("entitled") & (pl.col("high_value") | pl.col("premium"))),
        **_named("used", _used()),
        **_named("premium", pl.col("premium") & pl.col("first_day").is_not_null()),
        premium_since=pl.when("premium").then("first_day").min(),
        premium_uses=pl.when("premium").then("n").sum(),
        outside=_names(_used() & ~pl.col("entitled")),
    )
    full = stays.select("account", older="left_truncated")
    for more in (told, contract_state.select("account", "mrr", "currency"), account_plans.select("account", plan_known=pl.lit(True)).unique()):
        full = full.join(more, on="account", how="left")
    return full.with_columns(pl.col("unused", "used", "premium", "premium_uses").fill_null(0), pl.col("plan_known").fill_null(False))


def _used() -> pl.Expr:
    return pl.col("n") > 0


def _named(name: str, where: pl.Expr) -> dict[str, pl.Expr]:
    """How many, and which."""
    return {name: where.fill_null(False).sum(), f"{name}_names": _names(where)}


def _names(where: pl.Expr) -> pl.Expr:
    found = pl.col("feature").filter(where.fill_null(False))
    return pl.when(found.len() > 0).then(found.str.join(", "))
