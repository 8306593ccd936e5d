"""Everything that the product does and that can fail: the workflows, and the endpoints, jobs and forms of `reliability`.

## Columns
position  key    its number, in the order of the definition file; the workflows come first
kind      label  workflow, endpoint, job, form
name      label  its name in the definition
core      flag   a core workflow
tried     flag   declares an attempt, so that failures have a base
ends      flag   declares a success, so that a failure can be followed by one
fails     flag   declares a failure or a timeout
timed     flag   declares a timeout

## Cut
same
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.trouble._operations import declared

SCHEMA = {"position": pl.Int64, "kind": pl.String, "name": pl.String, "core": pl.Boolean, "tried": pl.Boolean, "ends": pl.Boolean, "fails": pl.Boolean, "timed": pl.Boolean}


def operations(definition: Definition) -> pl.LazyFrame:
    """One row a declared operation."""
    rows = [
        (at, one.kind, one.name, one.core, *(bool(found) for found in (p["attempt"], p["success"], p["failure"] or p["timeout"], p["timeout"])))
        for at, one in enumerate(declared(definition), 1)
        for p in [one.parts]
    ]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
