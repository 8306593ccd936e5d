"""The four scores: which facts tell them, who is judged, and what they ought to foretell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from saasmetrics.backtest import outcomes
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._book import Book
from saasmetrics.facts.scores._models import modelled
from saasmetrics.facts.scores._score import FULL, band, weight


@dataclass(frozen=True)
class Kind:
    """One score. `scores` and `parts` read it off the facts of a day; the higher, the likelier is what it foretells."""

    name: str
    foretells: str
    flag: str  # the band that asks for action
    bands: tuple[str, ...]  # the likeliest first
    facts: tuple[str, ...]
    scores: Callable[[Book], pl.LazyFrame]
    parts: Callable[[Book], pl.LazyFrame]
    outcome: Callable[[Book], outcomes.Outcome]
    needs_subscriptions: bool = False


def _risk(book: Book) -> pl.LazyFrame:
    return _banded(book, "churn_risk", book.get("risk_points"))


def _banded(book: Book, name: str, points: pl.LazyFrame) -> pl.LazyFrame:
    """By its own points on that day: how long they have lasted, and what holds an account back, is no part of the score."""
    told = modelled(name, book.get("models"), book.definition, lambda own: points.with_columns(band=band(getattr(own, name).bands, pl.col("score"))))
    return told.select("account", "score", pl.col("band").fill_null("unknown"))


def _risk_parts(book: Book) -> pl.LazyFrame:
    return _parts(book.get("risk_signals"))


def _growth(book: Book) -> pl.LazyFrame:
    return _banded(book, "expansion", book.get("growth_points"))


def _growth_parts(book: Book) -> pl.LazyFrame:
    return _parts(book.get("growth_signals"))


def _qualified(book: Book) -> pl.LazyFrame:
    told = pl.when(pl.col("entered_day").is_not_null()).then(pl.lit("qualified")).otherwise(pl.lit("not yet"))
    unsure = pl.col("entered_day").is_null() & (pl.col("fired") + pl.col("unknown") >= pl.col("needed"))
    return book.get("qualified").select("account", score=pl.when(~unsure).then("fired"), band=pl.when(unsure).then(pl.lit("unknown")).otherwise(told))  # type: ignore[no-any-return]


def _signs(book: Book) -> pl.LazyFrame:
    return _parts(book.get("signs").with_columns(points=1))


def _health(book: Book) -> pl.LazyFrame:
    now = book.get("health_weeks").filter(pl.col("ago") == 0).join(book.get("snapshot").filter(pl.col("ended_day").is_null()), on="account", how="semi")
    return _banded(book, "health", now).with_columns(score=100 - pl.col("score"))


def _health_parts(book: Book) -> pl.LazyFrame:
    """A part fires when it is less than half met; what it is short of is what it adds."""
    signals = book.get("health_signals")
    judged = pl.when(2 * pl.col("lost") > FULL * pl.col("weight")).then(pl.lit("fired")).otherwise(pl.lit("quiet"))
    state = pl.when(pl.col("state") == "unknown").then("state").otherwise(judged)
    weighed = modelled("health", book.get("models"), book.definition, lambda own: signals.with_columns(weight=weight(own.health)))
    return weighed.select("account", "position", "signal", state=state, part=pl.col("lost").floordiv(FULL))


def _parts(signals: pl.LazyFrame) -> pl.LazyFrame:
    return signals.select("account", "position", "signal", "state", part=pl.when(pl.col("state") == "fired").then("points").otherwise(0))


CHURN = ("paying", "habit_spans", "accounts", "seen")
KINDS = {
    kind.name: kind
    for kind in (
        Kind("churn-risk", "churn", "high", ("high", "medium", "low"), ("risk_points", "risk_signals", *CHURN), _risk, _risk_parts, outcomes.churn),
        Kind("expansion", "growth", "ready", ("ready", "warm", "not yet"), ("growth_points", "growth_signals", "mrr", *CHURN), _growth, _growth_parts, outcomes.growth, True),
        Kind("qualification", "a first payment", "qualified", ("qualified", "not yet"), ("qualified", "signs", *CHURN), _qualified, _signs, outcomes.purchase, True),
        Kind("health", "churn", "poor", ("poor", "watch", "healthy"), ("health_weeks", "health_signals", "snapshot", *CHURN), _health, _health_parts, outcomes.churn),
    )
}  # fmt: skip


def unfollowed(definition: Definition) -> Definition:
    """The same, with bands of the day alone: the points of a day need no weeks before it."""
    least = {name: getattr(definition, name).model_copy(update={"weeks": 0}) for name in ("churn_risk", "expansion", "health")}
    return definition.model_copy(update=least)


def possible(definition: Definition) -> list[Kind]:
    """The scores whose outcome the data can show."""
    paid = definition.sources.subscriptions is not None
    return [kind for kind in KINDS.values() if paid or not kind.needs_subscriptions]
