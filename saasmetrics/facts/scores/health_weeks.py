"""The health of each account at T and in the weeks before: score, coverage, and the band in which it stood.

A worse band holds at once. A better one begins once its border has been passed by `health.margin` points (but no more than
100 are asked for) `health.settle` times in a row, a week apart: see _bands.py.

## Columns
account   key    the account
ago       key    weeks before T
score     score  0 to 100; null: coverage below health.min_coverage
coverage  share  of the points, those with data
band      label  healthy, watch, poor; unknown: no score. Never the best one where coverage is below health.full_coverage
since     count  the ago of the week with which this run of the band began; null: it began before the first week looked at
"""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.health import Health
from saasmetrics.definitions.model import Definition
from saasmetrics.facts.scores._bands import followed, runs
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import whole


def health_weeks(health_values: pl.LazyFrame, models: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """health_values → one row an account and week, all by the model that judges the account at T."""
    banded = modelled("health", models, definition, lambda own: _banded(health_values, own.health))
    return runs(banded, definition.health.weeks).select("account", "ago", "score", "coverage", "band", "since")


def _banded(health_values: pl.LazyFrame, health: Health) -> pl.LazyFrame:
    weights = {name: signal.points for name, signal in health.signals.named().items() if signal.points}
    known = [pl.when(pl.col(name).is_not_null()).then(weight).otherwise(0) for name, weight in weights.items()]
    unknown = health.unknown[health.missing]
    total, covered = pl.lit(sum(weights.values()), pl.Int64), pl.sum_horizontal(known).cast(pl.Int64)
    reached = pl.sum_horizontal([pl.col(name).fill_null(unknown) * weight for name, weight in weights.items()])
    summed = health_values.select("account", "ago", covered=covered, reached=reached, total=covered * 0 + total)
    base = pl.col("covered") if health.missing == "exclude" else pl.col("total")
    scored = summed.with_columns(coverage=pl.col("covered") / pl.col("total").clip(1), score=whole(pl.col("reached"), pl.col("total"), base))
    judged = scored.with_columns(score=pl.when(pl.col("coverage") >= health.min_coverage).then("score"))
    best = next(iter(health.bands.model_dump()))
    return followed(judged, health, {best: pl.col("coverage") >= health.full_coverage})
