"""The stages of an account's way, whether any account is there or not.

## Columns
position  key    number of the stage
stage     label  its name
"""

from __future__ import annotations

import polars as pl

STAGES = ("unknown", "acquisition", "activation", "adoption", "engagement", "retention", "expansion", "churn")


def stage_names() -> pl.LazyFrame:
    """One row a stage."""
    return pl.LazyFrame({"position": list(range(len(STAGES))), "stage": STAGES}, schema={"position": pl.Int64, "stage": pl.String})
