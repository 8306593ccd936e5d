"""How ready each account is to grow at T, in points.

## Columns
account   key    the account
score     score  the points of its signals, 0 to 100; null: too little data to judge
coverage  share  of the points that the data could judge
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import totals


def growth_points(growth_signals: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """growth_signals → one row a judged account."""
    return modelled("expansion", models, definition, lambda own: totals(growth_signals, own.expansion.weighed))
