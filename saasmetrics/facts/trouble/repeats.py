"""Every ticket, with the ticket of the same account and category before it and after it: what comes back.

## Columns
account       key    the account
opened_at     time   when it was opened
opened_day    date   the local day on which that was
category      key    as written; null: not said, and then nothing is known to come back
blocking      flag   work stood still; null: not said
resolved_at   time   when it was solved; null: not by T, or the tickets do not say
previous_day  date   the day on which the account's ticket before it in the category was opened; null: none
next_day      date   the day on which the one after it was opened; null: none by T
"""

from __future__ import annotations

import polars as pl

THREAD = ["account", "category"]


def repeats(tickets: pl.LazyFrame) -> pl.LazyFrame:
    """tickets → one row a ticket."""
    order = ["opened_at", "ticket"]
    named = pl.col("category").is_not_null()
    found = tickets.with_columns(
        previous_day=pl.when(named).then(pl.col("opened_day").shift(1).over(THREAD, order_by=order)),
        next_day=pl.when(named).then(pl.col("opened_day").shift(-1).over(THREAD, order_by=order)),
    )
    return found.select("account", "opened_at", "opened_day", "category", "blocking", "resolved_at", "previous_day", "next_day")
