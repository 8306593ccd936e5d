"""The declared workflows.

## Columns
position  key    number of the workflow, in the order of the definition file
workflow  label  its name
core      flag   whether it is a core one
cadence   label  day, week, month, quarter: how often the job comes up by nature
tried     flag   declares an attempt, so that its completion can be told
paired    flag   declares an entity, which pairs an attempt with its own outcome
priced    flag   declares a value
within    count  how long after an attempt its success still belongs to it (µs)

## Cut
same
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {
    "position": pl.Int64, "workflow": pl.String, "core": pl.Boolean, "cadence": pl.String, "tried": pl.Boolean, "paired": pl.Boolean,
    "priced": pl.Boolean, "within": pl.Int64,
}  # fmt: skip


def workflows(definition: Definition) -> pl.LazyFrame:
    """One row a declared workflow."""
    core = definition.core_workflows()
    rows = [
        (at, name, name in core, w.cadence, w.attempt is not None, w.entity is not None, w.value is not None, w.within)
        for at, (name, w) in enumerate(definition.workflows.items(), 1)
    ]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
