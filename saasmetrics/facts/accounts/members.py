"""The people of each account, as the users table lists them; empty when there is none.

## Columns
account      key    the account
user         key    the user
role         label  as listed; where users have a history, as of T: null before the first row of it
team         label  as listed, likewise
service      flag   a bot or service user: its work counts for the account, not as an active user
admin        flag   has an administrator's role
invited_at   time   when invited
joined_at    time   when joined
left_at      time   when deactivated
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._where import ours
from saasmetrics.facts.accounts._history import USER, known, row_at

SCHEMA = {
    "account": pl.Categorical, "user": pl.Categorical, "role": pl.String, "team": pl.String, "service": pl.Boolean,
    "admin": pl.Boolean, "invited_at": pl.Int64, "joined_at": pl.Int64, "left_at": pl.Int64,
}  # fmt: skip
HUMAN = ["human", "person", "user"]


def in_force(_: Definition) -> Iterable[str]:
    """The lists of which it takes the row in force."""
    return ["people"]


def members(people: pl.LazyFrame | None, accounts: pl.LazyFrame, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """people (the users table or None) → one row a member of a counted account; internal users and those invited after T left out."""
    if people is None:
        return pl.LazyFrame(schema=SCHEMA)
    in_force = row_at(people, pl.lit(clock.now - 1), USER)
    outside = in_force.join(in_force.filter(ours(definition, "users")), on="user", how="anti")
    there = outside.filter((pl.col("invited") < clock.now) | pl.col("invited").is_null())
    machine = pl.col("kind").is_not_null() & ~pl.col("kind").str.to_lowercase().is_in(HUMAN)
    told = known(there.with_columns(service=_spelt(definition, "service") | machine), ("role", "team"), clock.now)
    named = told.with_columns(
        pl.col("account", "user").cast(pl.Categorical), admin=_spelt(definition, "admin"), **{name: _until(source, clock) for name, source in TIMES.items()}
    )
    return named.select(SCHEMA.keys()).join(accounts.select("account"), on="account", how="semi")


TIMES = {"invited_at": "invited", "joined_at": "joined", "left_at": "deactivated"}


def _spelt(definition: Definition, group: str) -> pl.Expr:
    return pl.col("role").is_in(list(definition.roles.get(group, ()))).fill_null(False)


def _until(column: str, clock: Clock) -> pl.Expr:
    return pl.when(pl.col(column) < clock.now).then(pl.col(column))
