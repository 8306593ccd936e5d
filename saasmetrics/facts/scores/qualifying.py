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
from saasmetrics.definitions.qualification import Sign
from saasmetrics.facts.scores.sign_spells import measured

SCHEMA = {"position": pl.Int64, "signal": pl.String, "ident": pl.String, "why": pl.String, "known": pl.Boolean}


def declared(definition: Definition) -> dict[str, Sign]:
    """Name → sign, of those that count for all, or else in a model of a segment, in their order."""
    told = [one.qualification.signals for one in definition.models("qualification").values()]
    named = [signals.named() for signals in told]
    first = {name: next((signs[name] for signs in named if name in signs), None) for name in type(told[0]).model_fields}
    return {name: sign for name, sign in first.items() if sign}


def qualifying(people: pl.LazyFrame | None, raised: pl.LazyFrame | None, definition: Definition) -> pl.LazyFrame:
    """One row a sign that counts for anybody."""
    without = {
        "activated": definition.activation is None,
        "invited": people is None or people.select(pl.col("invited").is_null().all()).collect().item(),
        "advanced_features": not definition.features,
        "low_errors": not measured(definition),
        "low_support": raised is None,
    }
    signs = declared(definition).items()
    rows = [(at, name, sign.ident, sign.why, not without.get(name, False)) for at, (name, sign) in enumerate(signs, 1)]
    return pl.LazyFrame(rows, schema=SCHEMA, orient="row")
