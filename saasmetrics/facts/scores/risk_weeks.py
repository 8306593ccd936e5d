"""The band of churn risk of each account at T and in the weeks before, as far as `churn_risk.weeks` says: see _bands.py.

The borders of all weeks are those of the model that judges the account at T.

## Columns
account  key    the account
ago      key    weeks before T
band     label  high, medium, low, unknown
since    count  the ago of the week with which this run of the band began; null: it began before the first week looked at
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._bands import followed, runs
from saasmetrics.facts.scores._models import modelled


def risk_weeks(risk_points: pl.LazyFrame, risk_past: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """risk_points, risk_past (the points on the days before) → one row an account and week."""
    weeks = pl.concat([risk_points.select("account", pl.lit(0, pl.Int64).alias("ago"), "score"), risk_past], how="vertical_relaxed")
    banded = modelled("churn_risk", models, definition, lambda own: followed(weeks, own.churn_risk))
    return runs(banded, definition.churn_risk.weeks).select("account", "ago", "band", "since")
