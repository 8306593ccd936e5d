"""How ready each account is to grow, and through what.

## Columns
account        key    the account
readiness      score  the points of its signals, 0 to 100; null: too little data to judge
coverage       share  of the points that the data could judge
band           label  ready, warm, not yet, at risk (ready or warm, but at high churn risk), unknown
entered_day    count  day number since which it has been in this band; null: since before the weeks looked at
reason         label  seats, volume, modules, tier: where most of the points come from; null: nothing fired
contributions  list   points and signal, for every signal that adds to the readiness
evidence       text   the sentences of the fired signals
model          label  the model of its segment that judged it; null: what holds for all others
"""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._bands import followed, runs
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import evidence


def growth(
    growth_signals: pl.LazyFrame, growth_points: pl.LazyFrame, growth_past: pl.LazyFrame, risk_weeks: pl.LazyFrame,
    models: pl.LazyFrame, definition: Definition, clock: Clock,
) -> pl.LazyFrame:  # fmt: skip
    """One row a judged account; an account at high risk is not called ready, unless allowed."""
    told = definition.expansion
    weeks = pl.concat([growth_points.select("account", pl.lit(0, pl.Int64).alias("ago"), "score"), growth_past], how="vertical_relaxed")
    followed_ = modelled("expansion", models, definition, lambda own: followed(weeks, own.expansion))
    banded = runs(_guarded(followed_, risk_weeks, told.allow_at_risk), told.weeks)
    now = banded.filter(pl.col("ago") == 0).select("account", "band", entered_day=(clock.day - 7 * pl.col("since")).cast(pl.Int32))
    full = growth_points.join(now, on="account").join(models.select("account", model="expansion"), on="account").join(_reasons(growth_signals, definition), on="account", how="left")
    return full.join(evidence(growth_signals), on="account", how="left").rename({"score": "readiness"})


def _guarded(banded: pl.LazyFrame, risk_weeks: pl.LazyFrame, allowed: bool) -> pl.LazyFrame:
    threatened = risk_weeks.select("account", "ago", threatened=pl.col("band") == "high")
    held = pl.col("band").is_in(["ready", "warm"]) & pl.col("threatened").fill_null(False) & (not allowed)
    return banded.join(threatened, on=["account", "ago"], how="left").with_columns(band=pl.when(held).then(pl.lit("at risk")).otherwise("band"))


def _reasons(signals: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """The reason with the most points; of equal ones the one whose signal comes first."""
    reasons = {name: signal.reason for name, signal in definition.expansion.signals.named().items()}
    fired = signals.filter((pl.col("state") == "fired") & (pl.col("points") > 0))
    named = fired.with_columns(reason=pl.col("signal").replace_strict(reasons, return_dtype=pl.String))
    sums = named.group_by("account", "reason").agg(pl.col("points").sum(), pl.col("position").min())
    ranked = sums.sort("account", "points", "position", descending=[False, True, False])
    return ranked.group_by("account", maintain_order=True).agg(pl.col("reason").first())
