"""retention.drivers: what goes with staying among accounts that had done equally much, by Mantel and Haenszel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import erfc, sqrt
from typing import Any, NamedTuple

from oracle.behaviour import Asked, Seen, seen
from oracle.comparing import CERTAIN, family
from oracle.numbers import Z, rated, share
from oracle.split import Rows
from oracle.trust import About
from oracle.truth import Account, Truth

STRATA = (0, 3, 15, 63)  # the last amount of each but the highest


class Stratum(NamedTuple):
    """Accounts that had done about as much: those with it, of these who stayed; those without, of these who stayed."""

    n: int
    k: int
    m: int
    other: int


def used(truth: Truth, account: str, kind: str, name: str, day: int) -> bool:
    """Before that day."""
    rule: Any = truth.definition.features[name].rule if kind == "feature" else truth.definition.workflows[name].success
    return any(event.day < day for event in truth.rule(account, rule))


def strata(users: Sequence[Seen], others: Sequence[Seen]) -> list[Stratum]:
    """Those with accounts on both sides."""
    found: dict[int, list[list[bool]]] = {}
    for side, group in enumerate((users, others)):
        for one in group:
            found.setdefault(sum(one.work > last for last in STRATA), [[], []])[side].append(one.retained)
    return [Stratum(len(a), sum(a), len(b), sum(b)) for a, b in found.values() if a and b]


def pooled(found: Sequence[Stratum]) -> tuple[Fraction, float, float]:
    """Greenland & Robins 1985 with the variance of Sato 1989: difference, and the ends of its interval."""

    def add(part: Callable[[Stratum], Fraction]) -> Fraction:
        return sum((part(one) for one in found), Fraction(0))

    weight = add(lambda one: Fraction(one.n * one.m, one.n + one.m))
    gap = add(lambda one: Fraction(one.k * one.m - one.other * one.n, one.n + one.m)) / weight
    p = add(lambda one: Fraction(2 * one.n**2 * one.other - 2 * one.m**2 * one.k + one.n * one.m * (one.m - one.n), 2 * (one.n + one.m) ** 2))
    q = add(lambda one: Fraction(one.k * (one.m - one.other) + one.other * (one.n - one.k), 2 * (one.n + one.m)))
    half = Z * sqrt(max(gap * p + q, Fraction(0))) / weight
    return gap, max(-1.0, gap - half), min(1.0, gap + half)


def chance(found: Sequence[Stratum]) -> float:
    """Cochran–Mantel–Haenszel, two-sided, without a correction; 1 where nothing varies."""
    excess, spread = Fraction(0), Fraction(0)
    for n, k, m, other in found:
        size, came = n + m, k + other
        excess += k - Fraction(n * came, size)
        spread += Fraction(n * m * came * (size - came), size * size * (size - 1))
    return erfc(abs(excess) / sqrt(spread) / sqrt(2)) if spread else 1.0


def drivers(
    truth: Truth, accounts: Sequence[Account], segmented: bool = False, landmark: int = 14, presence: int = 60, window: int = 30, min_base: int = 10, margin: float = 10,
) -> Rows:  # fmt: skip
    asked = Asked(landmark=landmark, presence=presence, window=window)
    all_ = [one for one in (seen(truth, account, asked) for account in accounts if account.known) if truth.over(one.day)]
    there, young = [one for one in all_ if one.over and one.present], sum(not one.over for one in all_)
    if segmented and not all_:
        return []
    names = [("feature", name) for name in truth.definition.features] + [("workflow", name) for name in truth.definition.workflows]
    rows, chances = [], []
    for kind, name in names:
        users = [one for one in there if used(truth, one.name, kind, name, one.day)]
        others = [one for one in there if not used(truth, one.name, kind, name, one.day)]
        alike = strata(users, others)
        enough = min(len(users), len(others)) >= min_base and bool(alike)
        k = sum(one.retained for one in users)
        rows.append({
            "kind": kind, "name": name, **compared(alike if enough else []), "users": len(users), "retained": k, **rated(k, len(users)),
            "others": len(others), "others_rate": share(sum(one.retained for one in others), len(others)), "immature": young,
        })  # fmt: skip
        chances.append(chance(alike) if enough else None)
    return [finished(row, q, margin) for row, q in zip(rows, family(chances), strict=True)]


def compared(alike: Sequence[Stratum]) -> dict[str, Any]:
    gap, low, high = pooled(alike) if alike else (None, None, None)
    return {"adjusted": gap, "diff_low": low, "diff_high": high}


def finished(row: dict[str, Any], q: float | None, margin: float) -> dict[str, Any]:
    points = {name: None if row[name] is None else 100 * row[name] for name in ("adjusted", "diff_low", "diff_high")}
    path = "insufficient"
    if q is not None:
        near = -margin <= points["diff_low"] and points["diff_high"] <= margin and points["diff_low"] < points["diff_high"]
        path = ("value path" if points["adjusted"] > 0 else "against it") if q <= CERTAIN else "neutral" if near else "unclear"
    told = {name: None if value is None else About(float(value)) for name, value in points.items()}
    return {**row, **told, "q": None if q is None else About(q), "path": path}


TABLES = {"retention.drivers": drivers}
