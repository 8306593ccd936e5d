"""What the data say about people at all, in one row: without it, nobody counted is unknown, not none.

## Columns
named   flag  the events name the user
listed  flag  there is a users table
"""

from __future__ import annotations

import polars as pl


def people_known(users_named: bool, people: pl.LazyFrame | None) -> pl.LazyFrame:
    """Always one row."""
    return pl.LazyFrame({"named": [users_named], "listed": [people is not None]})
