"""Each account is judged by the model of its segment, all others by what holds for all: the same for every score."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from saasmetrics.definitions.model import Definition


def modelled(score: str, models: pl.LazyFrame, definition: Definition, judge: Callable[[Definition], pl.LazyFrame]) -> pl.LazyFrame:
    """What `judge` makes of the accounts with each model of a score, one below the other; without models, of all."""
    told = definition.models(score)
    if len(told) == 1:
        return judge(definition)
    parts = [judge(own).join(models.filter(pl.col(score).eq_missing(pl.lit(name, pl.String))), on="account", how="semi") for name, own in told.items()]
    return pl.concat(parts, how="vertical_relaxed")
