"""How much each account is at risk, all signals together.

## Columns
account        key    the account
score          score  the points of its signals, 0 to 100; null: too little data to judge
coverage       share  of the points that the data could judge
band           label  high, medium, low, unknown
contributions  list   points and signal, for every signal that adds to the score
evidence       text   the sentences of the fired signals
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts._score import evidence, totals


def risk(risk_signals: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """risk_signals → one row a judged account."""
    return totals(risk_signals, definition.churn_risk).join(evidence(risk_signals), on="account", how="left")
