"""Whether there is a tickets table at all, in one row: without one, no ticket is unknown, not none.

## Columns
ticketed  flag  there is a tickets table
"""

from __future__ import annotations

import polars as pl


def tickets_known(raised: pl.LazyFrame | None) -> pl.LazyFrame:
    """Always one row."""
    return pl.LazyFrame({"ticketed": [raised is not None]})
