"""health.matrix: every account that stays, once, where its risk meets its readiness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from oracle.desk import money as summed
from oracle.growth import GROWTH
from oracle.recent import Recent
from oracle.scores import add_up, money, risk
from oracle.split import Rows
from oracle.truth import Account, Truth

RISKS, READINESS = ("high", "medium", "low", "unknown"), ("ready", "warm", "not yet", "unknown")
POSTURES = {
    ("high", "ready"): "rescue", ("high", "warm"): "rescue", ("high", "not yet"): "save", ("medium", "ready"): "steady", ("medium", "warm"): "steady",
    ("medium", "not yet"): "watch", ("low", "ready"): "grow", ("low", "warm"): "nurture", ("low", "not yet"): "leave be",
}  # fmt: skip


def readiness(truth: Truth, recent: Recent) -> str:
    """By its points alone, whatever the risk."""
    told = truth.definition.expansion
    found = add_up(recent, told, GROWTH)
    if not found.enough:
        return "unknown"
    return "ready" if found.score >= told.bands.ready else "warm" if found.score >= told.bands.warm else "not yet"


def matrix(truth: Truth, accounts: Sequence[Account]) -> Rows:
    corners: dict[tuple[str, str], list[Recent]] = defaultdict(list)
    for recent in (Recent(truth, account) for account in accounts):
        if not recent.ended:
            corners[risk(truth, recent)[1], readiness(truth, recent)].append(recent)
    return [
        {
            "position": 4 * RISKS.index(one) + READINESS.index(other) + 1, "risk": one, "readiness": other, "posture": POSTURES.get((one, other), "find out"),
            "accounts": len(found), **worth(truth, found), "look_at": [recent.name for recent in sorted(found, key=by_worth)[:3]],
        }
        for (one, other), found in corners.items()
    ]  # fmt: skip


def worth(truth: Truth, found: Sequence[Recent]) -> dict[str, object]:
    told = summed(truth, [recent.name for recent in found])
    return told | {"mrr": money(told["mrr"])}


def by_worth(recent: Recent) -> tuple[Decimal, str]:
    known = recent.contract.mrr if recent.contract else None
    return (Decimal(1) if known is None else -known, recent.name)


TABLES = {"health.matrix": matrix}
