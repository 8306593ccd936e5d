"""How `pricing` looks at things, in one row.

## Columns
min_accounts  count  accounts that a test takes
months        count  complete months looked at
recent        count  of these, the last ones
shock         share  a rise by more than this is a shock
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition


def pricing_terms(definition: Definition) -> pl.LazyFrame:
    """One row."""
    told = definition.pricing
    counts = {name: pl.Series([getattr(told, name)], dtype=pl.Int64) for name in ("min_accounts", "months", "recent")}
    return pl.LazyFrame({**counts, "shock": [told.shock]})
