"""The spells in which an account pays: from the first day with any MRR to the first day without.

## Columns
account    key    the account
start_day  key    first paying day number
end_day    count  first day number without MRR; null: still paying at T
"""

from __future__ import annotations

import polars as pl


def paying(mrr: pl.LazyFrame) -> pl.LazyFrame:
    """mrr → spells; a change of plan or currency within one day is no gap."""
    deltas = mrr.with_columns(change=pl.col("mrr") - pl.col("mrr").shift(1, fill_value=0).over("account", "currency", order_by="day"))
    total = deltas.group_by("account", "day").agg(pl.col("change").sum())
    state = total.with_columns(pays=pl.col("change").cum_sum().over("account", order_by="day") > 0)
    turns = state.with_columns(before=pl.col("pays").shift(1, fill_value=False).over("account", order_by="day"))
    edges = turns.filter(pl.col("pays") != pl.col("before"))
    spells = edges.with_columns(end_day=pl.col("day").shift(-1).over("account", order_by="day"))
    return spells.filter("pays").select("account", start_day="day", end_day="end_day")
