"""How ready each account is to grow, and through what.

## Columns
account        key    the account
readiness      score  the points of its signals, 0 to 100; null: too little data to judge
coverage       share  of the points that the data could judge
band           label  ready, warm, not yet, at risk (ready or warm, but at high churn risk), unknown
reason         label  seats, volume, modules, tier: where most of the points come from; null: nothing fired
contributions  list   points and signal, for every signal that adds to the readiness
evidence       text   the sentences of the fired signals
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.facts._score import evidence, totals


def growth(growth_signals: pl.LazyFrame, risk: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """growth_signals, risk → one row a judged account; an account at high risk is not called ready, unless allowed."""
    threatened = risk.select("account", threatened=pl.col("band") == "high")
    summed = totals(growth_signals, definition.expansion.weighed).join(threatened, on="account", how="left")
    held = pl.col("band").is_in(["ready", "warm"]) & pl.col("threatened").fill_null(False) & (not definition.expansion.allow_at_risk)
    banded = summed.with_columns(band=pl.when(held).then(pl.lit("at risk")).otherwise("band"))
    full = banded.join(_reasons(growth_signals, definition), on="account", how="left")
    return full.join(evidence(growth_signals), on="account", how="left").rename({"score": "readiness"}).drop("threatened")


def _reasons(signals: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """The reason with the most points; of equal ones the one whose signal comes first."""
    reasons = {name: signal.reason for name, signal in definition.expansion.signals.named().items()}
    fired = signals.filter((pl.col("state") == "fired") & (pl.col("points") > 0))
    named = fired.with_columns(reason=pl.col("signal").replace_strict(reasons, return_dtype=pl.String))
    sums = named.group_by("account", "reason").agg(pl.col("points").sum(), pl.col("position").min())
    ranked = sums.sort("account", "points", "position", descending=[False, True, False])
    return ranked.group_by("account", maintain_order=True).agg(pl.col("reason").first())
