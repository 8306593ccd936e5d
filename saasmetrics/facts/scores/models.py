"""By which model each score judges an account: that of its segment, where the definition has one for the value it has at T.

## Columns
account        key    the account
churn_risk     label  the model, such as `size small`; null: none of its own, what holds for all others does
expansion      label  the same
health         label  the same
qualification  label  the same
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.accounts._history import known, row_at
from saasmetrics.facts.accounts.accounts import segments
from saasmetrics.sentences import sentence

SCORES = ("churn_risk", "expansion", "health", "qualification")


def in_force(definition: Definition) -> Iterable[str]:
    """The lists of which it takes the row in force: none, where no score has a model of its own for anybody."""
    return ["listed"] if any(getattr(definition, score).segments for score in SCORES) else []


def models(accounts: pl.LazyFrame, listed: pl.LazyFrame | None, definition: Definition, clock: Clock) -> pl.LazyFrame:
    """accounts, listed → one row an account."""
    every, told = accounts.select("account"), [_model(getattr(definition, score).segments).alias(score) for score in SCORES]
    if listed is None:
        return every.with_columns(pl.lit(None, pl.String).alias(score) for score in SCORES)
    now = known(row_at(listed, pl.lit(clock.now - 1)), segments(definition), clock.now)
    return every.join(now.select(pl.col("account").cast(pl.Categorical), *told), on="account", how="left")


def _model(segments) -> pl.Expr:  # type: ignore[no-untyped-def]
    found = pl.lit(None, pl.String)
    for name, values in segments.items():
        found = pl.when(pl.col(name).cast(pl.String).is_in(list(values))).then(sentence(f"{name} {{}}", pl.col(name).cast(pl.String)))
    return found
