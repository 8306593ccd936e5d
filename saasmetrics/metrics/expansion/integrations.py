"""Which accounts have connected other systems, which are new, and which fell silent?

## Why
A product that other systems depend on stays. The next integration is often the next module; one that fell silent is work
that went elsewhere.

## Columns
account    key    the account
live       count  integrations with a successful use in the integration_days before T
started    count  of these, those first used in these days; empty: the account is older than the export
silent     count  integrations used in the days before these, as many, and not since
open       count  declared integrations never used as far as the export goes
names      text   the live ones; empty: none
new_names  text   of these, the new ones; empty: none, or unknown
lost_names text   the silent ones; empty: none
last_day   date   the last day with a use of any; empty: none
mrr        money  monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency   label  its currency

## Limits
Integrations are the features declared as such; what the definition does not name is not seen. One that syncs once a month looks silent
in a shorter window. Accounts that no longer pay are left out. How many accounts use each one: `adoption features`.

## Better with
subscriptions  the money at stake

## Order
-started -live -mrr account

## Covers
E07

## Example: new, live and silent ones
accounts:
account  left_truncated
a1       false
a2       true
a3       false
features:
feature  integration
api      true
bank     true
hooks    true
macros   false
feature_days:
account  feature  day         n
a1       api      2026-05-20  1
a1       bank     2026-01-20  1
a1       bank     2026-05-21  1
a1       hooks    2026-04-20  1
a1       macros   2026-05-20  1
a2       api      2026-05-20  1
contract_state:
account  mrr    currency  ended_day
a1       90.00  EUR       ·
with as_of=2026-06-01
becomes
account  live  started  silent  open  names      new_names  lost_names  last_day    mrr    currency
a1       2     1        1       0     api, bank  api        hooks       2026-05-21  90.00  EUR
a3       0     0        0       3     ·          ·          ·           ·           ·      ·
a2       1     ·        0       2     api        ·          ·           2026-05-20  ·      ·

## Example: without a declared integration nothing is open
accounts:
account  left_truncated
a1       false
features:
feature  integration
macros   false
feature_days:
account  feature  day         n
a1       macros   2026-05-20  1
contract_state:
account  mrr  currency  ended_day
with as_of=2026-06-01
becomes
account  live  started  silent  open  names  new_names  lost_names  last_day  mrr  currency
a1       0     0        0       0     ·      ·          ·           ·         ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days


def integrations(
    accounts: pl.LazyFrame, features: pl.LazyFrame, feature_days: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *, integration_days: Days = 28
) -> pl.LazyFrame:
    paid = contract_state.select("account", "mrr", "currency", "ended_day")
    stays = accounts.select("account", "left_truncated").join(paid, on="account", how="left").filter(pl.col("ended_day").is_null())
    used = feature_days.join(features.filter("integration").select("feature"), on="feature", how="semi").group_by("account", "feature").agg(
        first=pl.col("day").min(), last=pl.col("day").max(), before=(pl.col("day") < clock.day - integration_days).any(),
        halfway=pl.col("day").is_between(clock.day - 2 * integration_days, clock.day - integration_days - 1).any(),
    )  # fmt: skip
    live = pl.col("last") >= clock.day - integration_days
    kinds = {"live": live, "started": live & ~pl.col("before"), "silent": ~live & pl.col("halfway")}
    names = {"names": "live", "new_names": "started", "lost_names": "silent"}
    told = used.group_by("account").agg(
        tried=pl.len().cast(pl.Int64), last_day=pl.col("last").max(), **{name: which.sum().cast(pl.Int64) for name, which in kinds.items()},
        **{name: pl.col("feature").filter(kinds[kind]).sort().str.join(", ") for name, kind in names.items()},
    )  # fmt: skip
    declared = features.select(declared=pl.col("integration").sum().cast(pl.Int64))
    full = stays.join(declared, how="cross").join(told, on="account", how="left").with_columns(pl.col("live", "started", "silent", "tried").fill_null(0))
    seen = ~pl.col("left_truncated").fill_null(False)
    return full.with_columns(
        open=pl.col("declared") - pl.col("tried"), started=pl.when(seen).then("started"),
        **{name: pl.when((pl.col(name) != "") & (seen | (kind != "started"))).then(name) for name, kind in names.items()},
    )
