"""The tickets that the accounts that count opened before T, as they stood at T. Empty without a tickets table.

## Columns
account      key    the account
ticket       label  its id; null: none is given
opened_at    time   when it was opened
opened_day   date   the local day of that
resolved_at  time   when it was solved, for the last time; null: not by T, or opened again since, or the tickets do not say
reopened_at  time   when it was last opened again; null: not by T, or the tickets do not say
workflow     label  the declared workflow it is about; null: none, or none that is declared
category     label  what kind of trouble, as written; null: not said
blocking     flag   work stood still; null: not said
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock

SCHEMA = {
    "account": pl.Categorical, "ticket": pl.String, "opened_at": pl.Int64, "opened_day": pl.Int32, "resolved_at": pl.Int64,
    "reopened_at": pl.Int64, "workflow": pl.String, "category": pl.String, "blocking": pl.Boolean,
}  # fmt: skip


def tickets(raised: pl.LazyFrame | None, accounts: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """raised (the tickets table or None) → one row a ticket of a counted account."""
    if raised is None:
        return pl.LazyFrame(schema=SCHEMA)
    named = raised.rename({"opened": "opened_at", "resolved": "resolved_at", "reopened": "reopened_at"}).with_columns(opened_day=clock.day_of(pl.col("opened_at")))
    typed = named.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    return typed.join(accounts.select("account"), on="account", how="semi")
