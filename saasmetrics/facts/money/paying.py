"""The spells in which an account pays: from the first day with any MRR to the first day without.

## Columns
account    key    the account
start_day  key    first paying day number
end_day    count  first day number without MRR; null: still paying at T
"""

from __future__ import annotations

import polars as pl


def paying(mrr: pl.LazyFrame) -> pl.LazyFrame:
    """mrr → spells; a change of plan or currency within one day is no gap. Rows side by side are held against each other: quicker than windows."""
    placed = mrr.with_columns(who=pl.col("account").to_physical()).sort("who", "currency", "day", nulls_last=True)
    same = _same("who", 1) & pl.col("currency").eq_missing(pl.col("currency").shift(1))
    change = pl.col("mrr") - pl.when(same).then(pl.col("mrr").shift(1)).otherwise(0)
    days = placed.with_columns(change=change).group_by("account", "who", "day").agg(pl.col("change").sum()).sort("who", "day")
    total, same = pl.col("change").cum_sum(), _same("who", 1)
    earlier = pl.when(~same).then(total - pl.col("change")).forward_fill()  # the total of all accounts above
    turns = days.with_columns(pays=total > earlier).filter(pl.col("pays") != pl.when(same).then(pl.col("pays").shift(1)).otherwise(False))
    spells = turns.with_columns(end_day=pl.when(_same("who", -1)).then(pl.col("day").shift(-1)))
    return spells.filter("pays").select("account", start_day="day", end_day="end_day")


def _same(column: str, ago: int) -> pl.Expr:
    return (pl.col(column) == pl.col(column).shift(ago)).fill_null(False)
