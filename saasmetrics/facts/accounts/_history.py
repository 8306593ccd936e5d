"""Accounts that are listed with a history: which of their rows counts at which moment."""

from __future__ import annotations

import polars as pl


def row_at(listed: pl.LazyFrame, moment: pl.Expr) -> pl.LazyFrame:
    """listed (account, created, valid_from, …) → one row an account: the last one valid by the moment, else its first.

    `moment` may use `created`, the earliest of the account's rows; null asks for the first row.
    """
    rows = listed.sort("account", "valid_from", nulls_last=False).with_columns(created=pl.col("created").min().over("account"))
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= moment).fill_null(False)
    ranked = rows.with_columns(begun=begun, at=pl.int_range(pl.len()).over("account"))
    chosen = pl.when(pl.col("begun")).then(pl.col("at")).max().fill_null(0).over("account")
    return ranked.filter(pl.col("at") == chosen).drop("begun", "at", "valid_from")
