"""The scores of one account: every signal with its state, and what would take the account out of its band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from saasmetrics.account.leaving import Part, smallest
from saasmetrics.definitions.signals import Bands, Score
from saasmetrics.facts._book import Book
from saasmetrics.facts.scores._score import FULL, band

STATES = {"fired": FULL, "quiet": 0, "insufficient": 0}


@dataclass(frozen=True)
class Card:
    """One score: its facts, its block in the definition, and whether many points are good news."""

    name: str
    fact: str
    signals: str
    block: str
    good: bool


CARDS = (
    Card("churn risk", "risk", "risk_signals", "churn_risk", False),
    Card("expansion", "growth", "growth_signals", "expansion", True),
    Card("health", "health", "health_signals", "health", True),
)
FACTS = {fact for card in CARDS for fact in (card.fact, card.signals)} | {"models", "health_values", "signs", "qualified", "qualifying"}


def of(frame: pl.LazyFrame, account: str) -> list[dict[str, Any]]:
    """The rows of one account."""
    return frame.filter(pl.col("account").cast(pl.String) == account).collect().to_dicts()


def standing(card: Card, book: Book, account: str) -> tuple[int | None, str | None]:
    """Score and band, of expansion by its own points alone; nothing of an account that is not judged."""
    row = next(iter(of(book.get(card.fact), account)), None)
    if row is None:
        return None, None
    score = row["readiness"] if card.name == "expansion" else row["score"]
    return score, _band(block(card, book, account).bands, score) if card.name == "expansion" else row["band"]  # type: ignore[attr-defined]


def told(card: Card, book: Book, account: str) -> str:
    """Band and points as its table tells them."""
    row = next(iter(of(book.get(card.fact), account)), None)
    points = None if row is None else row["readiness" if card.name == "expansion" else "score"]
    return "unknown" if row is None or points is None else f"{row['band']} ({points})"


def _band(bands: Bands, score: int | None) -> str:
    return "unknown" if score is None else pl.select(band(bands, pl.lit(score))).item()


def block(card: Card, book: Book, account: str) -> Score:
    """Its block in the definition, by the model that judges the account, with the points that weigh."""
    told: Score = getattr(book.definition.models(card.block)[models(book, account)[card.block]], card.block)
    return getattr(told, "weighed", told)


def models(book: Book, account: str) -> dict[str, str | None]:
    """Score → the model of its segment; None: what holds for all others."""
    return next(iter(of(book.get("models"), account)))


def parts(card: Card, book: Book, account: str) -> list[Part]:
    """The signals that weigh, in their order, with the thousandths of their points."""
    rows = sorted(of(book.get(card.signals), account), key=lambda row: row["position"])
    named = block(card, book, account).signals.named()  # type: ignore[attr-defined]
    values = next(iter(of(book.get("health_values").filter(pl.col("ago") == 0), account)), {}) if card.name == "health" else {}
    weigh = [row for row in rows if row["state"] == "fired" or not named[row["signal"]].alone]
    return [Part(row["signal"], named[row["signal"]].points, values[row["signal"]] if card.name == "health" else STATES.get(row["state"])) for row in weigh]


def mainly(book: Book, account: str) -> str | None:
    """The numbers of the sign of risk that adds the most points; of equals the first."""
    rows = [row for row in of(book.get("risk_signals"), account) if row["evidence"] and row["points"]]
    return min(rows, key=lambda row: (-row["points"], row["position"]))["evidence"] if rows else None


def reasons(book: Book, then: Book, account: str) -> list[tuple[Any, ...]]:
    """score, position, signal, state, points, points on the earlier day, evidence, why: the scored signals, then the signs of
    readiness to buy. Points add up to the score on either day, so the differences add up to its change."""
    found: list[tuple[Any, ...]] = []
    for card in CARDS:
        rows = sorted(of(book.get(card.signals), account), key=lambda row: row["position"])
        before = {row["signal"]: row["points"] for row in of(then.get(card.signals), account)}
        found += [(card.name, row["position"], row["signal"], row["state"], row["points"], before.get(row["signal"]), row["evidence"], row["why"]) for row in rows]
    whys = dict(book.get("qualifying").select("signal", "why").collect().iter_rows())
    signs = sorted(of(book.get("signs"), account), key=lambda row: row["position"])
    buys = [("qualification", row["position"], row["signal"], row["state"], None, None, row["evidence"], whys.get(row["signal"])) for row in signs]
    return found + ([] if paid(book, account) else buys)


def paid(book: Book, account: str) -> bool:
    """It pays or has paid: readiness to buy is no question any more."""
    return any(row["paid_day"] is not None for row in of(book.get("qualified"), account))


def exits(book: Book, account: str) -> list[tuple[Any, ...]]:
    """score, points now, band, direction, the signals that would have to turn, points and band then."""
    found = []
    for card in CARDS:
        score, name = standing(card, book, account)
        if score is not None and name is not None:
            found += [_exit(card, block(card, book, account), parts(card, book, account), score, name, better) for better in (True, False)]
    return [row for row in found if row]


def _exit(card: Card, told: Score, found: list[Part], score: int, name: str, better: bool) -> tuple[Any, ...] | None:
    """Where bands are followed a better one asks for the margin, too, and for as many weeks as it takes to settle."""
    margin = told.margin if better and told.weeks and card.name != "expansion" else 0  # that of expansion stands here by its points
    limits: dict[str, int] = told.bands.model_dump()  # type: ignore[attr-defined]
    names = [*limits, told.bands.below]  # type: ignore[attr-defined]
    up = better == card.good
    at = names.index(name)
    if (up and at == 0) or (not up and at == len(names) - 1):
        return None
    least, most = min(limits.get(names[at - 1], 0) + margin, 100), max(limits.get(name, 0) - max(margin, 1), 0)
    change = smallest(found, told, FULL if up else 0, (lambda s: s >= least) if up else (lambda s: s <= most))
    way = "better" if better else "worse"
    if change is None:
        return card.name, score, name, way, ["no change of the known signals does"], None, None
    turned = [f"{part.name} {'holds' if up else 'no longer holds'}" for part in change.turned]
    return card.name, score, name, way, turned or ["none: the points are there, and have to last"], change.score, _band(told.bands, change.score)  # type: ignore[attr-defined]
