"""Keys of names and whole numbers as one number: to group or to sort by one is far quicker than by four, and as exact.

A name counts by its code, which differs from run to run: the number says which rows belong together, never which come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import polars as pl

Bounds = Mapping[str, tuple[int, int]]  # the least and the greatest value of each key; of names, of their codes


def bounds(frame: pl.LazyFrame, keys: Iterable[str]) -> Bounds:
    """Those of a frame that is in memory; 0 where all is null."""
    codes = [pl.col(key).to_physical() for key in keys]
    low, high = (frame.select(ends).collect().row(0, named=True) for ends in ([code.min() for code in codes], [code.max() for code in codes]))
    return {key: (low[key] or 0, high[key] or 0) for key in low}


def packed(within: Bounds) -> pl.Expr:
    """The number. Nothing may lie outside the bounds."""
    whole = pl.Int64 if prod(_sizes(within).values()) < 2**63 else pl.Int128
    key = pl.lit(0, whole)
    for name, size in _sizes(within).items():
        key = key * size + (pl.col(name).to_physical().cast(whole) - within[name][0]).fill_null(size - 1)
    return key


def grouped(frame: pl.LazyFrame, within: Bounds, *facts: pl.Expr) -> pl.LazyFrame:
    """As `frame.group_by(*within).agg(*facts)`."""
    kinds = frame.collect_schema()
    return frame.group_by(packed(within).alias("_key")).agg(*facts).select(*_unpacked(within, kinds), pl.exclude("_key"))


def _unpacked(within: Bounds, kinds: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    found, rest = [], pl.col("_key")
    for name, size in reversed(_sizes(within).items()):
        place = rest % size
        value = pl.when(place < size - 1).then(place + within[name][0])
        found.append((value.cast(pl.UInt32).cat.to(kinds[name]) if kinds[name] == pl.Categorical else value.cast(kinds[name])).alias(name))
        rest = rest // size
    return found[::-1]


def _sizes(within: Bounds) -> dict[str, int]:
    """How many values each key may have; null is the last."""
    return {name: high - low + 2 for name, (low, high) in within.items()}
