"""Lists that have a history: which of several rows of one thing counts at which moment.

A list without a history has no column `valid_from`: its rows hold at all times.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

ACCOUNT, USER, LIMIT = ("account",), ("account", "user"), ("plan", "meter")
SINCE = ("created", "invited", "joined")  # the earliest of all rows of a thing


def row_at(listed: pl.LazyFrame, moment: pl.Expr, keys: Sequence[str] = ACCOUNT) -> pl.LazyFrame:
    """One row for each of `keys`: the last one valid by the moment, else its first (which holds ever since, if it says no day).

    `moment` may use `created`; null asks for the first row.
    """
    names = listed.collect_schema().names()
    if "valid_from" not in names:
        return listed
    earliest = [pl.col(name).min().over(keys) for name in SINCE if name in names]
    rows = listed.sort(*keys, "valid_from", nulls_last=False).with_columns(earliest)
    ranked = rows.with_columns(begun=pl.col("valid_from") <= moment, at=pl.int_range(pl.len()).over(keys))
    chosen = pl.when(pl.col("begun")).then(pl.col("at")).max().fill_null(0).over(keys)
    return ranked.filter(pl.col("at") == chosen).drop("begun", "at")


def known(rows: pl.LazyFrame, names: Sequence[str], now: int) -> pl.LazyFrame:
    """What `names` say in rows that hold from T on only is not known yet: null."""
    if "valid_from" not in rows.collect_schema():
        return rows
    holds = pl.col("valid_from").is_null() | (pl.col("valid_from") < now)
    return rows.with_columns(pl.when(holds).then(name).alias(name) for name in names)


def accounts_then(listed: pl.LazyFrame, met: pl.LazyFrame, now: int) -> pl.LazyFrame:
    """What of the accounts table can matter before `now`: of accounts created before, or who knows when, or `met` before."""
    rows = _states(listed, ACCOUNT, now).join(met.with_columns(met=True), on="account", how="left", maintain_order="left")
    return rows.filter((pl.col("created") < now) | pl.col("created").is_null() | pl.col("met")).drop("met")


def people_then(people: pl.LazyFrame, now: int) -> pl.LazyFrame:
    """What of the users table can matter before `now`: those invited before, or who knows when, and what had happened to them.

    The first invitation of all stays: whether any is told does not depend on the day.
    """
    invited = pl.col("invited")
    there = _states(people, USER, now).filter((invited < now) | invited.is_null() | (invited == invited.min()))
    return there.with_columns(pl.when(pl.col(name) < now).then(name) for name in ("joined", "deactivated"))


def _states(rows: pl.LazyFrame, keys: Sequence[str], now: int) -> pl.LazyFrame:
    """The rows that `row_at` may choose: those that hold before `now` or from when the thing was created, and the first."""
    names = rows.collect_schema().names()
    if "valid_from" not in names:
        return rows
    since, oldest = [name for name in SINCE if name in names], pl.col("valid_from").min().over(keys)
    by = pl.max_horizontal(pl.lit(now - 1), *({"created"} & {*names}))
    return rows.with_columns(pl.col(since).min().over(keys)).filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= by) | (pl.col("valid_from") == oldest))
