"""What winning and serving customers cost, of the months that are over at T. Empty without a costs table.

## Columns
month                key    the first day number of the month
currency             label  of the amounts, as written; null: not said
sales_and_marketing  money  spent to win customers, in ten-thousandths; null: unknown
cogs                 money  spent to serve customers, in ten-thousandths; null: unknown
"""

from __future__ import annotations

import polars as pl

SCHEMA = {"month": pl.Int32, "currency": pl.String, "sales_and_marketing": pl.Int64, "cogs": pl.Int64}


def costs(spent: pl.LazyFrame | None) -> pl.LazyFrame:
    """spent (the costs table or None) → one row a month and currency."""
    if spent is None:
        return pl.LazyFrame(schema=SCHEMA)
    return spent.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
