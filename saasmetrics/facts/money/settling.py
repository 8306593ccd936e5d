"""Up to which day movements of revenue are final: one row.

What happened in the last `late_after` may still arrive; with revenue.gap_grace an account that ceased to pay may yet turn
out never to have left.

## Columns
final_until  count  day number; what happened before it stands
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition


def settling(definition: Definition, clock: Clock) -> pl.LazyFrame:
    """Always one row."""
    return pl.LazyFrame({"final_until": [clock.settled - definition.revenue.gap_grace]}, schema={"final_until": pl.Int64})
