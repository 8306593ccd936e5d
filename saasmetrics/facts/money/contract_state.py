"""What each account's contract looks like at T. Accounts that never had one have no row.

## Columns
account     key    the account
mrr         money  at T, in ten-thousandths; null when it is in several currencies
currency    label  the currency, or `several`
seats       count  seats of all subscriptions at T but modules and usage; null: one of them does not say
plan        label  the plan or plans
renews_day  count  day number of the next renewal at or after T; null: unknown
pays        flag   pays at T
ended_day   count  day number from which on it no longer pays; null: it does
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.scores._score import joined


def contract_state(mrr: pl.LazyFrame, paying: pl.LazyFrame, contracts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """mrr, paying, contracts → the state at T."""
    last = mrr.sort("account", "currency", "day").group_by("account", "currency", maintain_order=True).last()
    live = last.filter(pl.col("mrr") != 0)
    money = live.group_by("account").agg(
        mrr=pl.when(pl.len() == 1).then(pl.col("mrr").first()),
        currency=pl.when(pl.len() == 1).then(pl.col("currency").first()).otherwise(pl.lit("several")),
    )
    open_ = contracts.filter((pl.col("start") < clock.day) & (pl.col("end").is_null() | (pl.col("end") >= clock.day)))
    seats = pl.col("seats").filter(pl.col("kind") == "recurring")
    terms = open_.group_by("account").agg(
        plan=pl.col("plan").unique().sort(),
        seats=pl.when(seats.is_not_null().all() & (seats.len() > 0)).then(seats.sum()),
        renews_day=pl.col("renews").filter(pl.col("renews") >= clock.day).min(),
    )
    spell = paying.sort("account", "start_day").group_by("account", maintain_order=True).last()
    state = spell.select("account", pays=pl.col("end_day").is_null(), ended_day="end_day")
    return state.join(money, on="account", how="left").join(terms, on="account", how="left").with_columns(
        mrr=pl.when("pays").then("mrr").otherwise(0), seats=pl.when("pays").then("seats"), plan=joined(pl.col("plan"), " + ")
    )
