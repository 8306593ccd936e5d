"""Which accounts qualified before they paid, and when: the first day on which enough signs held at the same time.

It is kept: a sign that no longer holds later takes nothing away. Signs of the day of the first payment, and of later ones,
qualify nobody.

## Columns
account      key    the account
entered_day  count  day number on which it qualified; null: not, or not before it paid
paid_day     count  first day number on which it paid; null: never, or no subscriptions are given
needed       count  signs needed
fired        count  signs that hold at T
unknown      count  signs that the data cannot show for it
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition


def qualified(accounts: pl.LazyFrame, signs: pl.LazyFrame, sign_spells: pl.LazyFrame, paying: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """One row an account."""
    needed = definition.qualification.min_signals
    state = pl.col("state")
    counted = signs.group_by("account").agg(fired=(state == "fired").sum().cast(pl.Int64), unknown=(state == "unknown").sum().cast(pl.Int64))
    paid = paying.group_by("account").agg(paid_day=pl.col("start_day").min())
    full = accounts.select("account").join(paid, on="account", how="left").join(_entered(sign_spells, needed), on="account", how="left")
    in_time = pl.col("paid_day").is_null() | (pl.col("entered_day") < pl.col("paid_day"))
    told = full.with_columns(entered_day=pl.when(in_time).then("entered_day"), needed=pl.lit(needed, pl.Int64))
    return told.join(counted, on="account", how="left")


def _entered(spells: pl.LazyFrame, needed: int) -> pl.LazyFrame:
    """The first day that ends with enough signs holding at once."""
    begins = spells.select("account", "day", change=pl.lit(1, pl.Int64))
    ends = spells.filter(pl.col("until_day").is_not_null()).select("account", day="until_day", change=pl.lit(-1, pl.Int64))
    changes = pl.concat([begins, ends]).group_by("account", "day").agg(pl.col("change").sum())
    held = changes.with_columns(held=pl.col("change").cum_sum().over("account", order_by="day"))
    return held.filter(pl.col("held") >= needed).group_by("account").agg(entered_day=pl.col("day").min())
