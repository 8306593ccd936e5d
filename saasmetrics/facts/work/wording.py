"""How a sentence speaks of each workflow.

## Columns
workflow  key   the workflow
did       text  what people did who completed it; where the definition does not say: completed it, by its name
who       text  what the people are called whose job it is; null: no roles are declared
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.work import Workflow

SCHEMA = {"workflow": pl.String, "did": pl.String, "who": pl.String}


def wording(definition: Definition) -> pl.LazyFrame:
    """One row a declared workflow."""
    rows = [(name, w.did or f"completed {name.replace('_', ' ')}", _who(w)) for name, w in definition.workflows.items()]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def _who(workflow: Workflow) -> str | None:
    if not workflow.roles:
        return None
    *rest, last = (role.replace("_", " ") for role in workflow.roles)
    named = f"{', '.join(rest)} or {last}" if rest else last
    return workflow.who or f"people with the role {named}"
