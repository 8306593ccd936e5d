"""The declared tiers of every workflow, reached by anybody or not.

## Columns
workflow  key    the workflow
level     key    number of the tier, from 1
tier      label  its name
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition


def ladder(definition: Definition) -> pl.LazyFrame:
    """One row a declared tier."""
    rows = [(name, level, tier) for name, w in definition.workflows.items() for level, tier in enumerate(w.tiers, 1)]
    return pl.LazyFrame(rows, schema={"workflow": pl.String, "level": pl.Int64, "tier": pl.String}, orient="row")
