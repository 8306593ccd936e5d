"""Who did each account's core work in the trailing days before T, and how evenly.

## Columns
account    key    the account
n          count  core successes, by people and by service users
people     count  people with a core success; null: the events name no users
people_n   count  their core successes
top_user   label  the person with the most; of equal ones the first by name
top_n      count  that person's core successes
squares    count  Σ n² over the people
ranks      count  Σ rank · n over the people, the one with the fewest first
roles      count  different roles of these people; null: none of them has one
teams      count  different teams of these people; null: none of them has one
workflows  count  workflows of any kind with a success
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition

PEOPLE = ("people", "people_n", "top_user", "top_n", "squares", "ranks", "roles", "teams")
SUMS = ("people", "people_n", "squares", "ranks")


def spread(
    activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, accounts: pl.LazyFrame, users_named: bool,
    definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """activity, user_activity, members → one row an account, zeros where nobody did anything."""
    lately = pl.col("day") >= clock.day - definition.value.trailing
    volume = activity.filter(lately).group_by("account").agg(
        n=pl.when("core").then("n").sum(), workflows=pl.col("workflow").n_unique().cast(pl.Int64)
    )
    each = user_activity.filter(lately & pl.col("core")).group_by("account", "user").agg(pl.col("n").sum())
    full = accounts.select("account").join(volume, on="account", how="left").join(_shares(each, members), on="account", how="left")
    filled = full.with_columns(pl.col("n", "workflows", *SUMS).fill_null(0))
    nobody = pl.col("people") == 0
    told = filled.with_columns(pl.when(nobody).then(0).otherwise(pl.col(name)).alias(name) for name in ("roles", "teams"))
    return told.with_columns(pl.when(users_named).then(pl.col(name)).alias(name) for name in PEOPLE)


def _shares(each: pl.LazyFrame, members: pl.LazyFrame) -> pl.LazyFrame:
    named = each.join(members.select("account", "user", "role", "team"), on=["account", "user"], how="left")
    ordered = named.with_columns(pl.col("user").cast(pl.String)).sort("account", "n", "user", descending=[False, False, True])
    n, at = pl.col("n"), pl.int_range(1, pl.len() + 1)
    return ordered.group_by("account", maintain_order=True).agg(
        people=pl.len().cast(pl.Int64), people_n=n.sum(), top_user=pl.col("user").last(), top_n=n.last(), squares=(n * n).sum(), ranks=(n * at).sum(),
        roles=_different("role"), teams=_different("team"),
    )  # fmt: skip


def _different(column: str) -> pl.Expr:
    count = pl.col(column).drop_nulls().n_unique().cast(pl.Int64)
    return pl.when(count > 0).then(count)
