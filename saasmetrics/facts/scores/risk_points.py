"""How many points of churn risk each account has at T.

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


def risk_points(risk_signals: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """risk_signals → one row a judged account."""
    return modelled("churn_risk", models, definition, lambda own: totals(risk_signals, own.churn_risk))
