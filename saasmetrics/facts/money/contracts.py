"""The subscriptions of the accounts that count; spans of no day are left out. Empty without a subscriptions table.

## Columns
account   key    the account
start     count  first local day number
end       count  first day number no longer covered; null: open
renews    count  day number of the next renewal; null: unknown
mrr       money  in ten-thousandths
currency  label  as written, in capitals; null: not given, and no revenue.currency
seats     count  seats paid for
plan      label  the plan
kind      label  recurring, usage, module
months    count  months of one term; null: not said
cancelled count  day number on which it was cancelled; null: not, or not said
"""

from __future__ import annotations

import polars as pl

from saasmetrics.sources.subscriptions import LASTING

SCHEMA = {
    "account": pl.Categorical, "start": pl.Int32, "end": pl.Int32, "renews": pl.Int32, "mrr": pl.Int64, "currency": pl.String,
    "seats": pl.Int64, "plan": pl.String, "kind": pl.String, "months": pl.Int64, "cancelled": pl.Int32,
}  # fmt: skip


def contracts(spans: pl.LazyFrame | None, accounts: pl.LazyFrame) -> pl.LazyFrame:
    """spans (the subscriptions table or None) → spans of counted accounts."""
    if spans is None:
        return pl.LazyFrame(schema=SCHEMA)
    typed = spans.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    return typed.filter(LASTING).join(accounts.select("account"), on="account", how="semi")
