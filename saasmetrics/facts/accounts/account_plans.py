"""The plans each account is on at T: of its subscriptions, else as the accounts table says.

## Columns
account  key    the account
plan     key    a plan; an account with several subscriptions may have several, one whose plan is unknown has no row
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts.accounts import segments


def account_plans(contracts: pl.LazyFrame, accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """contracts, accounts (its segment `plan`, if there is one) → account, plan."""
    open_ = (pl.col("start") < clock.day) & (pl.col("end").is_null() | (pl.col("end") >= clock.day))
    paid = contracts.filter(open_ & pl.col("plan").is_not_null()).select("account", "plan")
    if "plan" not in segments(definition):
        return paid.unique()
    told = accounts.select("account", pl.col("plan").cast(pl.String)).filter(pl.col("plan").is_not_null())
    return pl.concat([paid, told.join(paid, on="account", how="anti")]).unique()
