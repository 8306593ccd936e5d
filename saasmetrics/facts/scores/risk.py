"""How much each account is at risk, all signals together.

## Columns
account        key    the account
score          score  the points of its signals, 0 to 100; null: too little data to judge
coverage       share  of the points that the data could judge
band           label  high, medium, low, unknown
entered_day    count  day number since which it has been in this band; null: since before the weeks looked at
mainly         label  the signal that adds the most points, of equal ones the first; null: none does
contributions  list   points and signal, for every signal that adds to the score
evidence       text   the sentences of the fired signals
model          label  the model of its segment that judged it; null: what holds for all others
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts.scores._score import evidence


def risk(risk_signals: pl.LazyFrame, risk_points: pl.LazyFrame, risk_weeks: pl.LazyFrame, models: pl.LazyFrame, clock: Clock) -> pl.LazyFrame:
    """One row a judged account."""
    now = risk_weeks.filter(pl.col("ago") == 0).select("account", "band", entered_day=(clock.day - 7 * pl.col("since")).cast(pl.Int32))
    judged = risk_points.join(now, on="account").join(models.select("account", model="churn_risk"), on="account")
    return judged.join(_mainly(risk_signals), on="account", how="left").join(evidence(risk_signals), on="account", how="left")


def _mainly(signals: pl.LazyFrame) -> pl.LazyFrame:
    ranked = signals.filter(pl.col("points") > 0).sort("account", "points", "position", descending=[False, True, False])
    return ranked.group_by("account", maintain_order=True).agg(mainly=pl.col("signal").first())
