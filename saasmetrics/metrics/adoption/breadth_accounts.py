"""How widely and how seriously is the product used inside each account?

## Why
Work that rests on one person leaves with that person. Work that several teams do in several workflows stays.

## Columns
account           key     the account
users             count   people with a success in any workflow in the last 28 days; empty: the events name no users
users_before      count   in the 28 days before; empty: the export does not hold them
roles             count   different roles of these people; empty: none of them has one
teams             count   different teams of these people; empty: none of them has one
teams_before      count   in the 28 days before; empty: the export does not hold them, or none of these people has one
teams_change      number  teams − teams_before; empty: one of the two is unknown
teamless          count   of the people, those without a team in the users table
workflows         count   workflows with a success in the last 28 days, by people or service users
successes         count   successes of these people in any workflow in the last 28 days
per_user          number  successes / users; empty: nobody was active
depth             text    workflow and deepest tier that it held within the last trailing_days; empty: none
mrr               money   monthly recurring revenue at T; empty: unknown, never paid, or in several currencies
currency          label   its currency

## Limits
Somebody without a role or a team in the users table is counted as a person, not as a role or team. A person who works in
two accounts is a person in each. A team is its name as it stands in the users table at T: whoever has changed teams counts
with the present one.

## Order
-users -successes account

## Better with
users          roles and teams, and which of the users are service users
subscriptions  the money at stake

## Covers
S03 S09 Z03

## Example: a second team, and nobody at all
breadth:
account  users  users_before  successes  workflows  roles  teams  teams_before  teamless
wide     3      1             12         2          2      2      1             1
silent   0      0             0          0          0      0      0             0
tiers:
account  workflow    level  tier      last_day
wide     purchasing  1      basic     2026-05-20
wide     invoicing   1      basic     2026-05-20
wide     invoicing   2      advanced  2026-05-02
wide     invoicing   3      expert    2025-05-02
silent   invoicing   1      basic     2025-05-02
contract_state:
account  mrr    currency
wide     90.00  EUR
with as_of=2026-06-01
becomes
account  users  users_before  roles  teams  teams_before  teams_change  teamless  workflows  successes  per_user  depth                                 mrr    currency
wide     3      1             2      2      1             1             1         2          12         4         invoicing advanced, purchasing basic  90.00  EUR
silent   0      0             0      0      0             0             0         0          0          ·         ·                                     ·      ·

## Example: unknown teams are not a loss of teams, unknown people not nobody
breadth:
account  users  users_before  successes  workflows  roles  teams  teams_before  teamless
dim      1      1             4          1          ·      ·      2             1
unnamed  ·      ·             ·          1          ·      ·      ·             ·
tiers:
account  workflow  level  tier  last_day
contract_state:
account  mrr  currency
becomes
account  users  users_before  roles  teams  teams_before  teams_change  teamless  workflows  successes  per_user  depth  mrr  currency
dim      1      1             ·      ·      2             ·             1         1          4          4         ·      ·    ·
unnamed  ·      ·             ·      ·      ·             ·             ·         1          ·          ·         ·      ·    ·
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock, Days
from saasmetrics.sentences import sentence
from saasmetrics.statistics import share


def breadth_accounts(
    breadth: pl.LazyFrame, tiers: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock, *, trailing_days: Days = 90
) -> pl.LazyFrame:
    held = tiers.filter(pl.col("last_day") >= clock.day - trailing_days)
    told = breadth.join(_depth(held), on="account", how="left")
    paid = told.join(contract_state.select("account", "mrr", "currency"), on="account", how="left")
    return paid.with_columns(
        teams_change=(pl.col("teams") - pl.col("teams_before")).cast(pl.Float64),
        per_user=share(pl.col("successes"), pl.col("users")),
    )


def _depth(held: pl.LazyFrame) -> pl.LazyFrame:
    deepest = held.group_by("account", "workflow").agg(pl.col("tier").sort_by("level").last()).sort("workflow")
    named = sentence("{} {}", "workflow", "tier").str.join(", ")
    return deepest.group_by("account", maintain_order=True).agg(depth=named)
