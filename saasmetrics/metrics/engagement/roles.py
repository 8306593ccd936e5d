"""Who in the account uses it, by role?

## Why
A product that only one role uses is easy to replace. The split shows whose work it carries, and whether that is one role's or
several.

## Columns
account            key     the account
role               key     the role; `unknown`: people without one, or not in the users table
active             count   people with a success in any workflow in the last `days` (30) days; empty: the events name no users
people             count   people who joined and have not left
user_share         share   active / active people of all roles of the account
low                share   Wilson 95 % interval
high               share   Wilson 95 % interval
successes          count   successes of these people in any workflow in these days
success_share      share   successes / successes of all people of the account
roles_active       count   roles of the account with at least one active person
evenness           share   entropy of user_share as a part of the highest possible: 0 one role alone, 1 all active roles alike; empty: nobody active
account_successes  count   successes of all people of the account in the last `days` days

## Limits
Successes in any workflow count. What service users do is nobody's role. Where most people are of role `unknown`, the users
table lacks roles, and the rest says little.

## Order
-account_successes account -successes role

## Better with
users  the roles, and the people who do nothing

## Covers
W06 E02

## Example: people without a role are a bucket of their own
persons:
account  user  role     joined  left
a1       ann   finance  true    false
a1       bob   finance  true    false
a1       cy    ·        true    false
a1       dan   sales    true    false
a1       eve   sales    false   false
a1       fay   sales    true    true
user_activity:
account  user  day         n
a1       ann   2026-01-20  6
a1       bob   2026-01-02  1
a1       cy    2026-01-21  1
a1       dan   2025-11-01  9
people_known:
named  listed
true   true
with as_of=2026-02-01
becomes
account  role     active  people  user_share  low       high      successes  success_share  roles_active  evenness  account_successes
a1       finance  2       2       0.666667    0.20766   0.938508  7          0.875          2             0.918296  8
a1       unknown  1       1       0.333333    0.061492  0.79234   1          0.125          2             0.918296  8
a1       sales    0       1       0           0         0.561497  0          0              2             0.918296  8

## Example: without users in the events nobody is known to be active or not
persons:
account  user  role     joined  left
a1       ann   finance  true    false
user_activity:
account  user  day  n
people_known:
named  listed
false  true
with as_of=2026-02-01
becomes
account  role     active  people  user_share  low  high  successes  success_share  roles_active  evenness  account_successes
a1       finance  ·       1       ·           ·    ·     ·          ·              ·             ·         ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.statistics import share, wilson


def roles(persons: pl.LazyFrame, user_activity: pl.LazyFrame, people_known: pl.LazyFrame, clock: Clock, *, days: Days = 30) -> pl.LazyFrame:
    lately = user_activity.filter(pl.col("day") >= clock.day - days).group_by("account", "user").agg(pl.col("n").sum())
    each = persons.join(lately, on=["account", "user"], how="left").join(people_known, how="cross")
    told = each.group_by("account", pl.col("role").fill_null("unknown"), "named").agg(
        active=(pl.col("n") > 0).sum().cast(pl.Int64), people=(pl.col("joined") & ~pl.col("left")).sum().cast(pl.Int64), successes=pl.col("n").sum()
    )
    named = told.with_columns(pl.when("named").then(pl.col(name)).alias(name) for name in ("active", "successes"))
    k, n = pl.col("active"), pl.col("everybody")
    low, high = wilson(k, n)
    summed = named.join(_account(named), on="account")
    return summed.with_columns(user_share=share(k, n), low=low, high=high, success_share=share(pl.col("successes"), pl.col("account_successes")))


def _account(told: pl.LazyFrame) -> pl.LazyFrame:
    """Over the roles of each account; the entropy added up in a fixed order, which Polars would take from a plain sum."""
    active = pl.col("active")
    part = active / active.sum()
    entropy = -pl.when(active > 0).then(part * part.log()).otherwise(0.0).sort_by("role").cum_sum().last()
    count = (active > 0).sum().cast(pl.Int64)
    even = pl.when(count > 1).then((entropy / count.cast(pl.Float64).log()).clip(0, 1)).when(count == 1).then(0.0)
    known = active.is_not_null().any()
    return told.group_by("account").agg(
        everybody=pl.when(known).then(active.sum()), account_successes=pl.when(known).then(pl.col("successes").sum()),
        roles_active=pl.when(known).then(count), evenness=even,
    )  # fmt: skip
