"""Accounts that did work for the north star before a landmark, how much of it, and whether they stayed after it.

The landmark lies 90 days before the first day that may still change. What is looked at before it is over when the looking
after it begins, so that nobody counts as loyal for having been there.

## Columns
account   key    the account
x         count  successes (or things) in the 28 days before the landmark, at least one
fifth     count  1 to 5, by x; equal amounts stand in one fifth
kept      count  1: core work in the last 28 of the 90 days after it; else 0
mrr       money  at T, in ten-thousandths; null: pays nothing, or in another currency than most
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

WINDOW, HORIZON = 28, 90


def star_cohort(accounts: pl.LazyFrame, star: pl.LazyFrame, activity: pl.LazyFrame, contract_state: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One row an account that worked in the window; none when the export begins within it."""
    end = clock.settled
    mark = end - HORIZON
    did = star.filter(pl.col("day").is_between(mark - WINDOW, mark - 1)).group_by("account").agg(x=pl.col("n").sum()).filter(pl.col("x") > 0)
    seen = accounts.filter(pl.col("observed_from").cast(pl.Int64) <= mark - WINDOW).select("account")
    stayed = activity.filter(pl.col("core") & pl.col("day").is_between(end - WINDOW, end - 1)).select("account", kept=pl.lit(1, pl.Int64)).unique()
    fifth = (pl.col("x").rank("average") * 5 / pl.len()).ceil().cast(pl.Int64)
    placed = did.join(seen, on="account", how="semi").with_columns(fifth=fifth)
    told = placed.join(stayed, on="account", how="left").join(_paid(contract_state), on="account", how="left")
    return told.with_columns(pl.col("kept").fill_null(0))


def _paid(contract_state: pl.LazyFrame) -> pl.LazyFrame:
    paid = contract_state.filter(pl.col("mrr") > 0).select("account", "currency", "mrr")
    most = paid.group_by("currency").len("rows").sort("rows", "currency", descending=[True, False], nulls_last=True).head(1)
    return paid.join(most, on="currency", how="semi", nulls_equal=True).select("account", "mrr")
