"""Which accounts qualified before they paid, and when: the first day on which enough signs held at the same time.

It is kept: a sign that no longer holds later takes nothing away. Signs of the day of the first payment, and of later ones,
qualify nobody.

## Columns
account      key    the account
entered_day  count  day number on which it qualified; null: not, or not before it paid
possible_day count  day number on which it would have qualified, had every sign held that the data cannot show; null: not then either
paid_day     count  first day number on which it paid; null: never, or no subscriptions are given
needed       count  signs needed
fired        count  signs that hold at T
unknown      count  signs that the data cannot show for it
model        label  the model of its segment that judged it; null: what holds for all others

## Cut
known entered_day possible_day paid_day
gone fired unknown
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled


def qualified(
    accounts: pl.LazyFrame, qualifying: pl.LazyFrame, signs: pl.LazyFrame, sign_spells: pl.LazyFrame, paying: pl.LazyFrame,
    models: pl.LazyFrame, definition: Definition,
) -> pl.LazyFrame:  # fmt: skip
    """One row an account."""
    state = pl.col("state")
    counted = signs.group_by("account").agg(fired=(state == "fired").sum().cast(pl.Int64), unknown=(state == "unknown").sum().cast(pl.Int64))
    paid = paying.group_by("account").agg(paid_day=pl.col("start_day").min())
    full = accounts.select("account", "created_day").join(paid, on="account", how="left")
    told = modelled("qualification", models, definition, lambda own: _dated(full, qualifying, sign_spells, own))
    return told.join(counted, on="account", how="left").join(models.select("account", model="qualification"), on="account", how="left")


def _dated(full: pl.LazyFrame, qualifying: pl.LazyFrame, sign_spells: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """With the days on which enough of the signs held, and would have."""
    needed, counts = definition.qualification.min_signals, [*definition.qualification.signals.named()]
    hidden = qualifying.filter(pl.col("signal").is_in(counts)).select((~pl.col("known")).sum()).collect().item()
    days = {"entered_day": needed, "possible_day": needed - hidden}
    for name, least in days.items():
        full = full.join(_reached(sign_spells, least, name), on="account", how="left") if least > 0 else full.with_columns(pl.col("created_day").alias(name))
    in_time = [pl.when(pl.col("paid_day").is_null() | (pl.col(name) < pl.col("paid_day"))).then(pl.col(name)).alias(name) for name in days]
    return full.with_columns(*in_time, needed=pl.lit(needed, pl.Int64)).drop("created_day")


def _reached(spells: pl.LazyFrame, least: int, name: str) -> pl.LazyFrame:
    """The first day that ends with so many signs holding at once."""
    begins = spells.select("account", "day", change=pl.lit(1, pl.Int64))
    ends = spells.filter(pl.col("until_day").is_not_null()).select("account", day="until_day", change=pl.lit(-1, pl.Int64))
    changes = pl.concat([begins, ends]).group_by("account", "day").agg(pl.col("change").sum())
    held = changes.with_columns(held=pl.col("change").cum_sum().over("account", order_by="day"))
    return held.filter(pl.col("held") >= least).group_by("account").agg(pl.col("day").min().alias(name))
