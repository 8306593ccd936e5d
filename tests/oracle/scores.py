"""How signals add up to a score, and the tables that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from oracle.days import day_of
from oracle.growth import GROWTH
from oracle.numbers import share
from oracle.recent import Found, Recent
from oracle.risk import RISKS
from oracle.split import Rows
from oracle.truth import Account, Truth
from saasmetrics.definitions.signals import Score

MISSING = {"exclude": Fraction(0), "neutral": Fraction(1, 2)}  # worst: all of churn risk, nothing of growth
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sum:
    """A score with its parts."""

    states: dict[str, Found]
    parts: dict[str, int]
    coverage: float | None
    enough: bool

    @property
    def score(self) -> int:
        return sum(self.parts.values())


def add_up(recent: Recent, score: Score, signals: Mapping[str, Callable[..., Found]]) -> Sum:
    """Each signal's points; what cannot be judged counts as `missing` says, or the others count for more."""
    every = {name: limits for name, limits in score.signals.named().items() if limits.points}  # type: ignore[attr-defined]
    alone = {name: signals[name](recent, limits) for name, limits in every.items() if limits.alone}
    for name in [name for name, found in alone.items() if found.state == "fired"]:
        return Sum({name: alone[name]}, {name: every[name].points}, 1.0, True)
    named = {name: limits for name, limits in every.items() if not limits.alone}
    states = {name: signals[name](recent, limits) for name, limits in named.items()}
    total = sum(limits.points for limits in named.values())
    known = sum(named[name].points for name, found in states.items() if found.state != "unknown")
    scale = Fraction(total, known) if score.missing == "exclude" and known else Fraction(1)
    weight = {"fired": scale, "unknown": MISSING.get(score.missing, Fraction(0 if score.more_is_better else 1))}
    points = {name: named[name].points * weight.get(found.state, Fraction(0)) for name, found in states.items()}
    covered = share(known, total)
    told = {name: found for name, found in alone.items() if found.state != "unknown"}
    return Sum(states | told, rounded(points), covered, covered is not None and Fraction(known, total) >= Fraction(str(score.min_coverage)))


def rounded(points: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole points that add up to the rounded sum: the running sum is rounded, half up."""
    parts, exact, shown = {}, Fraction(0), 0
    for name, found in points.items():
        exact += found
        now = int(exact + Fraction(1, 2))
        parts[name], shown = now - shown, now
    return {name: part for name, part in parts.items() if part}


def risk(truth: Truth, recent: Recent) -> tuple[Sum, str]:
    found = add_up(recent, truth.definition.churn_risk, RISKS)
    bands = truth.definition.churn_risk.bands
    name = "high" if found.score >= bands.high else "medium" if found.score >= bands.medium else "low"
    return found, "left" if recent.ended else name if found.enough else "unknown"


def growth(truth: Truth, recent: Recent) -> tuple[Sum, str]:
    expansion = truth.definition.expansion
    found = add_up(recent, expansion, GROWTH)
    name = "ready" if found.score >= expansion.bands.ready else "warm" if found.score >= expansion.bands.warm else "not yet"
    guarded = name != "not yet" and not expansion.allow_at_risk and risk(truth, recent)[1] == "high"
    return found, "left" if recent.ended else "unknown" if not found.enough else "at risk" if guarded else name


def contributions(found: Sum) -> list[str] | None:
    unknown = {name for name, state in found.states.items() if state.state == "unknown"}
    return [f"{part} {name}{' (unknown)' * (name in unknown)}" for name, part in found.parts.items()] or None


def risk_accounts(truth: Truth, accounts: Sequence[Account]) -> Rows:
    return [risk_row(truth, Recent(truth, account)) for account in accounts]


def risk_row(truth: Truth, recent: Recent) -> dict[str, Any]:
    found, band = risk(truth, recent)
    now, before, contract = len(recent.between(28, 0)), len(recent.between(56, 28)), recent.contract
    days = truth.active[recent.name]
    return {
        "account": recent.name, "band": band, "entered_at": None, "score": found.score if band not in ("left", "unknown") else None,
        "mainly": max(found.parts, key=lambda name: found.parts[name], default=None) if band != "left" else None,
        "contributions": contributions(found) if band != "left" else None, "evidence": None if band == "left" else found,
        "model": None, "coverage": None if band == "left" else found.coverage, "trend": now / before - 1 if before and recent.held else None, "weekly": recent.weekly,
        "last_success": day_of(days[-1]) if days else None, "active_users": recent.users, "top_share": recent.top_share,
        "renews_in": contract.renews_in if contract else None, "mrr": money(contract.mrr if contract else None),
        "currency": contract.currency if contract else None,
    }  # fmt: skip


def money(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(CENT, ROUND_HALF_UP)


def risk_signals(truth: Truth, accounts: Sequence[Account]) -> Rows:
    all_ = {account.name: Recent(truth, account) for account in accounts}
    sums = {name: risk(truth, recent)[0] for name, recent in all_.items() if not recent.ended}
    named = {name: limits for name, limits in truth.definition.churn_risk.signals.named().items() if limits.points}
    places = list(truth.definition.churn_risk.signals.named())
    return [
        {"position": places.index(name) + 1, "signal": name, "ident": limits.ident or None, **signal_row(name, sums, all_), "why": limits.why}
        for name, limits in named.items() if any(name in found.states for found in sums.values())
    ]  # fmt: skip


def signal_row(name: str, sums: Mapping[str, Sum], all_: Mapping[str, Recent]) -> dict[str, Any]:
    states = {account: found.states[name].state for account, found in sums.items() if name in found.states}
    fired = [all_[account].contract for account, state in states.items() if state == "fired"]
    count = {state: list(states.values()).count(state) for state in ("fired", "quiet", "insufficient", "unknown")}
    known = [contract for contract in fired if contract is not None and contract.currency is not None]
    one = len({contract.currency for contract in known} - {"several"}) == 1 and all(contract.mrr is not None for contract in known)
    judged = count["fired"] + count["quiet"]
    return {
        "judged": judged, "fired": count["fired"], "few": count["insufficient"], "unknown": count["unknown"],
        "rate": share(count["fired"], judged), "mrr": money(sum((c.mrr or Decimal(0) for c in known), Decimal(0))) if one else None,
    }  # fmt: skip


def growth_accounts(truth: Truth, accounts: Sequence[Account]) -> Rows:
    return [growth_row(truth, Recent(truth, account)) for account in accounts]


def growth_row(truth: Truth, recent: Recent) -> dict[str, Any]:
    found, band = growth(truth, recent)
    shown, contract = band not in ("left", "unknown"), recent.contract
    seats, mrr = (contract.seats, contract.mrr) if contract else (None, None)
    return {
        "account": recent.name, "band": band, "entered_at": None, "readiness": found.score if shown else None,
        "reason": reason(truth, found) if band != "left" else None, "contributions": contributions(found) if band != "left" else None, "evidence": None if band == "left" else found,
        "model": None, "coverage": None if band == "left" else found.coverage,
        "headroom": max(0, seats - recent.users) if seats is not None and recent.users is not None else None,
        "priority": money(found.score * mrr / 100) if shown and mrr is not None else None,
        "active_users": recent.users, "seats": seats, "tiers": recent.tiers, "mrr": money(mrr),
        "currency": contract.currency if contract else None,
    }  # fmt: skip


def reason(truth: Truth, found: Sum) -> str | None:
    """Where most of the points come from; of equals the one whose signal stands first."""
    signals, sums = truth.definition.expansion.signals.named(), Counter[str]()
    for name, part in ((name, part) for name, part in found.parts.items() if found.states[name].state == "fired"):
        sums[str(signals[name].reason)] += part
    return sums.most_common(1)[0][0] if sums.total() else None
