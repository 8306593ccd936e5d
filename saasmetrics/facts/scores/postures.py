"""Each account that has not left between its risk and its readiness to grow, each by its own points alone.

## Columns
account    key    the account
risk       label  high, medium, low, unknown
readiness  label  ready, warm, not yet, unknown; also of an account at high risk
mrr        money  at T, in ten-thousandths; null: unknown, or in several currencies
currency   label  its currency
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import band


def postures(snapshot: pl.LazyFrame, risk: pl.LazyFrame, growth: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """snapshot, risk, growth → one row an account."""
    stays = snapshot.filter(pl.col("ended_day").is_null()).select("account", "mrr", "currency")
    ready = modelled("expansion", models, definition, lambda own: growth.select("account", readiness=band(own.expansion.bands, pl.col("readiness"))))
    judged = risk.select("account", risk="band").join(ready, on="account", how="full", coalesce=True)
    return stays.join(judged, on="account", how="left").with_columns(pl.col("risk", "readiness").fill_null("unknown"))
