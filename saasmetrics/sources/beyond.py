"""Typed times that no calendar has, of which Polars panics as soon as they are to be written out.

The largest number stands for what never comes: so do databases keep `infinity`, which PostgreSQL writes as that word.
"""

from __future__ import annotations

from typing import Any

import polars as pl

NEVER = 2_932_896  # 9999-12-31, in days since 1970
FAR = 73_000_000  # days, some 200,000 years either way: of no use, but with a calendar
DAY = {"ms": 86_400_000, "us": 86_400_000_000}


def within(column: pl.Expr, dtype: Any) -> pl.Expr:
    """The same column; infinity is the last day of 9999, and what lies beyond any calendar is very far off."""
    unit = getattr(dtype, "time_unit", "")
    if not (dtype == pl.Date or isinstance(dtype, pl.Datetime) and unit in DAY):
        return column
    held, day = (pl.Int32(), 1) if dtype == pl.Date else (pl.Int64(), DAY[unit])
    number, most = column.to_physical().cast(pl.Int64), 2**31 - 1 if dtype == pl.Date else 2**63 - 1
    placed = pl.when(number >= most - 1).then(NEVER * day + day // 2).otherwise(number.clip(-FAR * day, FAR * day))
    return placed.cast(held).cast(dtype)
