"""Every person of every account: listed in the users table, or seen at work. Service users are none.

## Columns
account   key    the account
user      key    the person
role      label  the declared name of a role spelt so, else the role as listed; null: none known
admin     flag   has an administrator's role
manager   flag   has the role declared as `manager`; where none is declared, administrators manage
listed    flag   stands in the users table
since_at  time   when they could first have worked: joined, else invited (µs); null: unknown
invited_at time  when invited
joined    flag   joined, left or was seen at work: more than an invitation; where no date of joining is known at all, everybody listed
left      flag   deactivated before T
first_day count  local day number of the first success in any workflow; null: none
last_day  count  of the last one
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition


def persons(members: pl.LazyFrame, user_activity: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """members and whoever works → one row an account and person."""
    people = members.filter(~pl.col("service")).with_columns(listed=pl.lit(True))
    work = user_activity.group_by("account", "user").agg(first_day=pl.col("day").min(), last_day=pl.col("day").max())
    every = people.join(work, on=["account", "user"], how="full", coalesce=True)
    manages = pl.col("role").is_in(list(definition.roles["manager"])) if "manager" in definition.roles else pl.col("admin")
    spelt = {spelling: name for name, spellings in definition.roles.items() for spelling in spellings}
    undated = pl.col("joined_at").is_null().all()
    there = undated | pl.any_horizontal(pl.col("joined_at", "left_at", "last_day").is_not_null())
    return every.select(
        "account", "user", role=pl.col("role").replace(spelt), admin=pl.col("admin").fill_null(False), manager=manages.fill_null(False),
        listed=pl.col("listed").fill_null(False), since_at=pl.coalesce("joined_at", "invited_at"), invited_at="invited_at",
        joined=there, left=pl.col("left_at").is_not_null(), first_day="first_day", last_day="last_day",
    )  # fmt: skip
