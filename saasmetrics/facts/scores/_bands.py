"""Bands that do not flap: a worse band holds at once, a better one when its border was passed clearly and for some weeks.

Passed clearly: by the score's `margin`, but no more than 100 and no less than 0 points are asked for; for some weeks: `settle`
times in a row, a week apart. The first time that an account has a score the band is that of the score. A week without a score
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.signals import Score

if TYPE_CHECKING:
    from saasmetrics.facts._book import Book

OVER: dict[str, Any] = {"partition_by": "account", "order_by": -pl.col("ago")}
PAST: dict[str, tuple[str, Callable[[Definition], Score]]] = {
    "risk_past": ("risk_points", lambda definition: definition.churn_risk),
    "growth_past": ("growth_points", lambda definition: definition.expansion),
}
SCHEMA = {"account": pl.Categorical, "ago": pl.Int64, "score": pl.Int64}


def followed(weeks: pl.LazyFrame, told: Score, allowed: Mapping[str, pl.Expr] | None = None) -> pl.LazyFrame:
    """account, ago (weeks before T), score → the same with the band of each week; `allowed`: what else a band asks for."""
    bands, score = told.bands, pl.col("score")  # type: ignore[attr-defined]
    found = pl.lit(bands.below)
    for name, limit in sorted(bands.model_dump().items(), key=lambda item: item[1]):
        stands = _stands(limit, told)
        found = pl.when(stands & allowed[name] if allowed and name in allowed else stands).then(pl.lit(name)).otherwise(found)
    return weeks.with_columns(band=pl.when(score.is_not_null()).then(found).otherwise(pl.lit("unknown")))


def _stands(limit: int, told: Score) -> pl.Expr:
    """Whether an account stands above a border: as it last passed it for good."""
    score, span = pl.col("score"), told.settle
    if not told.weeks:
        return score >= limit
    first = score.is_not_null() & (score.is_not_null().cast(pl.Int64).cum_sum().over(**OVER) == 1)
    if told.more_is_better:
        clear = score.rolling_min(span).over(**OVER) >= min(limit + told.margin, 100)
        turn = pl.when(score < limit).then(False).when(first | clear).then(True)
    else:
        clear = score.rolling_max(span).over(**OVER) <= max(limit - told.margin, 0)
        turn = pl.when(score >= limit).then(True).when(first | clear).then(False)
    stands: pl.Expr = turn.forward_fill().over(**OVER)
    return stands


def runs(banded: pl.LazyFrame, weeks: int) -> pl.LazyFrame:
    """With `since`: the `ago` of the week with which this run of the band began; null: it began before the first week looked at."""
    if not weeks:
        return banded.with_columns(since=pl.lit(None, pl.Int64))
    changed = (pl.col("band") != pl.col("band").shift(1).over(**OVER)).fill_null(pl.col("ago") < weeks)
    return banded.with_columns(since=pl.when(changed).then("ago").forward_fill().over(**OVER))


def past(book: Book, name: str) -> pl.LazyFrame:
    """account, ago, score: the points on the same weekday of each of the weeks before T that are followed, as the run of that day
    told them."""
    from saasmetrics.facts._replay import replayed

    fact, score = PAST[name]
    weeks = score(book.definition).weeks
    began = book.get("accounts").select(pl.col("observed_from").min()).collect().item()
    agos = [ago for ago in range(1, weeks + 1) if began is not None and book.clock.day - 7 * ago > began]
    days = {ago: replayed(book, book.clock.as_of - timedelta(weeks=ago)).get(fact) for ago in agos}
    told = [frame.select("account", pl.lit(ago, pl.Int64).alias("ago"), "score").collect().lazy() for ago, frame in days.items()]
    every: pl.LazyFrame = pl.concat([pl.LazyFrame(schema=SCHEMA), *told], how="vertical_relaxed")
    return every
