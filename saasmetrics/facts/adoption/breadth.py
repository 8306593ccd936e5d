"""How widely each account has used the product in the last 28 days before T, beside the 28 days before them.

## Columns
account        key    the account
users          count  people with a success in any workflow; null: the events name no users
users_before   count  in the 28 days before; null: the export does not hold them
successes      count  successes of these people in the last 28 days
workflows      count  workflows with a success, by people or service users
roles          count  different roles of these people; null: none of them has one
teams          count  different teams of these people; null: none of them has one
teams_before   count  in the 28 days before; null: the export does not hold them, or none of these people has one
teamless       count  of these people, those without a team in the users table
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

DAYS = 28
PEOPLE = ("users", "users_before", "successes", "roles", "teams", "teams_before", "teamless")


def breadth(
    activity: pl.LazyFrame, user_activity: pl.LazyFrame, members: pl.LazyFrame, accounts: pl.LazyFrame, users_named: bool, clock: Clock
) -> pl.LazyFrame:
    """activity, user_activity, members → one row an account, zeros where nobody did anything."""
    lately = pl.col("day") >= clock.day - DAYS
    used = activity.filter(lately).group_by("account").agg(workflows=pl.col("workflow").n_unique().cast(pl.Int64))
    held = pl.col("observed_from").cast(pl.Int64) <= clock.day - 2 * DAYS
    full = accounts.select("account", held=held.fill_null(True)).join(used, on="account", how="left").join(_people(user_activity, members, clock), on="account", how="left")
    counted = full.with_columns(pl.col("workflows", "users", "users_before", "successes", "teamless").fill_null(0))
    none, none_before = pl.col("users") == 0, pl.col("users_before") == 0
    told = counted.with_columns(
        roles=pl.when(none).then(0).otherwise("roles"),
        teams=pl.when(none).then(0).otherwise("teams"),
        teams_before=pl.when(none_before).then(0).otherwise("teams_before"),
    )
    seen = told.with_columns(pl.when("held").then(pl.col("users_before", "teams_before"))).drop("held")
    return seen.with_columns(pl.when(users_named).then(pl.col(name)).alias(name) for name in PEOPLE)


def _people(user_activity: pl.LazyFrame, members: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    age = clock.day - pl.col("day")
    each = user_activity.filter(age <= 2 * DAYS).group_by("account", "user").agg(
        n=pl.when(age <= DAYS).then("n").sum(), before=pl.when(age > DAYS).then("n").sum()
    )
    named = each.join(members.select("account", "user", "role", "team"), on=["account", "user"], how="left")
    now, then = pl.col("n") > 0, pl.col("before") > 0
    return named.group_by("account").agg(
        users=now.sum().cast(pl.Int64), users_before=then.sum().cast(pl.Int64), successes=pl.col("n").sum(),
        roles=_different("role", now), teams=_different("team", now), teams_before=_different("team", then),
        teamless=(now & pl.col("team").is_null()).sum().cast(pl.Int64),
    )  # fmt: skip


def _different(column: str, who: pl.Expr) -> pl.Expr:
    """How many different values these people have; null when none of them has one."""
    count = pl.col(column).filter(who).drop_nulls().n_unique().cast(pl.Int64)
    return pl.when(count > 0).then(count)
