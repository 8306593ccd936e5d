"""The declared signs of readiness to buy, and which of them the data can show.

## Columns
position  key    order of the sign
signal    label  its name in the definition file
ident     label  its catalogue id
why       text   what it means
known     flag   the definition and the tables hold what it is judged by
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores.sign_spells import measured

SCHEMA = {"position": pl.Int64, "signal": pl.String, "ident": pl.String, "why": pl.String, "known": pl.Boolean}


def qualifying(people: pl.LazyFrame | None, raised: pl.LazyFrame | None, definition: Definition) -> pl.LazyFrame:
    """One row a sign that counts."""
    without = {
        "activated": definition.activation is None,
        "invited": people is None or people.select(pl.col("invited").is_null().all()).collect().item(),
        "advanced_features": not definition.features,
        "low_errors": not measured(definition),
        "low_support": raised is None,
    }
    signs = definition.qualification.signals.named().items()
    rows = [(at, name, sign.ident, sign.why, not without.get(name, False)) for at, (name, sign) in enumerate(signs, 1)]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
