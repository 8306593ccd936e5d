"""Accounts one after the other, each day by day: what came before a row is the row before it, and nobody has to be looked for."""

from __future__ import annotations

import polars as pl

BITS = 32
FRESH = (pl.col("account") != pl.col("account").shift(1)).fill_null(True)  # the first row of an account


def turn(column: str) -> pl.Expr:
    """By which rows are in turn: the account, then a whole number of 32 bits. The order of the accounts differs from run to run."""
    return pl.col("account").to_physical().cast(pl.Int64) * pl.lit(2**BITS) + pl.col(column)


def by_day(frame: pl.LazyFrame, *facts: pl.Expr) -> pl.LazyFrame:
    """As `frame.group_by("account", "day").agg(*facts)`, in turn."""
    kind = frame.collect_schema()["account"]
    code = (pl.col("_key") + 2 ** (BITS - 1)).floordiv(2**BITS)
    days = frame.group_by(turn("day").alias("_key")).agg(*facts).sort("_key")
    return days.select(
        code.cast(pl.UInt32).cat.to(kind).alias("account"), (pl.col("_key") - code * 2**BITS).cast(pl.Int32).alias("day"), pl.exclude("_key")
    )


def so_far(name: str, fresh: pl.Expr = FRESH) -> pl.Expr:
    """The sum of an account's rows up to each, or of whatever begins with a `fresh` row."""
    every = pl.col(name).cum_sum()
    return every - pl.when(fresh).then(every - pl.col(name)).forward_fill()
