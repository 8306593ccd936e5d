"""The stages of an account's way, whether any account is there or not.

## Columns
position  key    number of the stage
stage     label  its name
seen      flag   the definition declares what would show it: growth takes subscriptions, or two workflows with tiers
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

STAGES = ("unknown", "acquisition", "activation", "adoption", "engagement", "retention", "expansion", "churn")


def stage_names(definition: Definition) -> pl.LazyFrame:
    """One row a stage."""
    grows = definition.sources.subscriptions is not None or sum(bool(w.tiers) for w in definition.workflows.values()) > 1
    rows = [(at, stage, grows or stage != "expansion") for at, stage in enumerate(STAGES)]
    return pl.LazyFrame(rows, schema={"position": pl.Int64, "stage": pl.String, "seen": pl.Boolean}, orient="row")
