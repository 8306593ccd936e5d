"""What an account may have done early that may go with its staying: activation, depth, people, features; and how far.

## Columns
position   key    order of the behaviour
level      key    how far: 0 is not at all
behaviour  label  what
value      label  the level's name
reference  count  the level that the others are compared with
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"position": pl.Int64, "level": pl.Int64, "behaviour": pl.String, "value": pl.String, "reference": pl.Int64}
PEOPLE = ("nobody", "1", "2", "3 or more")


def behaviours(definition: Definition, users_named: bool) -> pl.LazyFrame:
    """One row a behaviour and level that the data can show."""
    found = scales(definition, users_named)
    rows = [(at, level, name, value, int(name == "active people")) for at, (name, values) in enumerate(found, 1) for level, value in enumerate(values)]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")


def scales(definition: Definition, users_named: bool) -> Sequence[tuple[str, Sequence[str]]]:
    """Behaviour and the names of its levels, from none at all."""
    tiers = [(f"{name} depth", ("none", *definition.workflows[name].tiers)) for name in definition.core_workflows() if definition.workflows[name].tiers]
    return [
        *([("activated", ("no", "yes"))] if definition.activation else []),
        *tiers,
        *([("active people", PEOPLE)] if users_named else []),
        *((f"feature {name}", ("not used", "used")) for name in definition.features),
    ]
