"""The health of each account at T and in the weeks before: score, coverage, and the band in which it stood.

A worse band holds at once. A better one begins once its border has been passed by `health.margin` points (but no more than
100 are asked for) `health.settle` times in a row, a week apart. The first time that an account has a score the band is that
of the score. A week without a score changes nothing.

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

from saasmetrics.definitions.model import Definition
from saasmetrics.facts._score import whole


def health_weeks(health_values: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    """health_values → one row an account and week."""
    health = definition.health
    weights = {name: signal.points for name, signal in health.signals.named().items() if signal.points}
    known = [pl.when(pl.col(name).is_not_null()).then(weight).otherwise(0) for name, weight in weights.items()]
    unknown = health.unknown[health.missing]
    total, covered = pl.lit(sum(weights.values()), pl.Int64), pl.sum_horizontal(known).cast(pl.Int64)
    reached = pl.sum_horizontal([pl.col(name).fill_null(unknown) * weight for name, weight in weights.items()])
    summed = health_values.select("account", "ago", covered=covered, reached=reached, total=total)
    base = pl.col("covered") if health.missing == "exclude" else pl.col("total")
    scored = summed.with_columns(coverage=pl.col("covered") / pl.col("total").clip(1), score=whole(pl.col("reached"), pl.col("total"), base))
    judged = scored.with_columns(score=pl.when(pl.col("coverage") >= health.min_coverage).then("score"))
    return _runs(_banded(judged, definition), definition).select("account", "ago", "score", "coverage", "band", "since")


def _banded(judged: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    health = definition.health
    best, *_ = health.bands.model_dump()
    found = pl.lit(health.bands.below)
    for name, limit in sorted(health.bands.model_dump().items(), key=lambda item: item[1]):
        held = _held(limit, definition)
        found = pl.when(held & (pl.col("coverage") >= health.full_coverage) if name == best else held).then(pl.lit(name)).otherwise(found)
    return judged.with_columns(band=pl.when(pl.col("score").is_not_null()).then(found).otherwise(pl.lit("unknown")))


def _held(limit: int, definition: Definition) -> pl.Expr:
    """Whether an account stands above a border: as it last passed it for good."""
    health, score, order = definition.health, pl.col("score"), {"order_by": -pl.col("ago")}
    first = score.is_not_null() & (score.is_not_null().cast(pl.Int64).cum_sum().over("account", **order) == 1)  # type: ignore[arg-type]
    clear = score.rolling_min(health.settle).over("account", **order) >= min(limit + health.margin, 100)  # type: ignore[arg-type]
    turn = pl.when(score < limit).then(False).when(first | clear).then(True)
    return turn.forward_fill().over("account", **order)  # type: ignore[arg-type]


def _runs(banded: pl.LazyFrame, definition: Definition) -> pl.LazyFrame:
    order = {"order_by": -pl.col("ago")}
    changed = (pl.col("band") != pl.col("band").shift(1).over("account", **order)).fill_null(pl.col("ago") < definition.health.weeks)  # type: ignore[arg-type]
    return banded.with_columns(since=pl.when(changed).then("ago").forward_fill().over("account", **order))  # type: ignore[arg-type]
