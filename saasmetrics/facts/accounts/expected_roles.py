"""The roles that ought to do each workflow, as declared.

## Columns
workflow  key    the workflow
role      key    the role: its declared name, else as the users table has it
core      flag   whether the workflow is a core one
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"workflow": pl.String, "role": pl.String, "core": pl.Boolean}


def expected_roles(definition: Definition) -> pl.LazyFrame:
    """One row a workflow and role."""
    spelt = {spelling: name for name, spellings in definition.roles.items() for spelling in spellings}
    core = definition.core_workflows()
    rows = [(name, role, name in core) for name, w in definition.workflows.items() for role in dict.fromkeys(spelt.get(r, r) for r in w.roles)]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
