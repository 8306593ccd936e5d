"""The categories that the knowledge base is declared to be about, and whether there is one at all.

## Columns
topic  key   the category, as the tickets spell it; null: about anything, or what `lacks` says
lacks  text  what the definition lacks; null: nothing
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition

SCHEMA = {"topic": pl.String, "lacks": pl.String}


def topics(definition: Definition) -> pl.LazyFrame:
    """One row a topic, one for what is about anything; one that says so where nothing is declared."""
    told = definition.friction
    rows: list[tuple[str | None, str | None]] = [(topic, None) for topic in told.topics]
    rows += [(None, None)] if told.knowledge else []
    return pl.LazyFrame(rows or [(None, "needs friction.knowledge")], schema=SCHEMA, orient="row")
