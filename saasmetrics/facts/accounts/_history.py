"""Lists that have a history: which of several rows of one thing counts at which moment.

A list without a history has no column `valid_from`: its rows hold at all times.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

USER, LIMIT = ("account", "user"), ("plan", "meter")
SINCE = ("created", "invited", "joined")  # the earliest of all rows of a thing


def row_at(listed: pl.LazyFrame, moment: pl.Expr, keys: Sequence[str] = ("account",)) -> pl.LazyFrame:
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
