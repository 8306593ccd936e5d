"""engagement.rhythm: the natural rhythm of each workflow, declared and measured."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from oracle.beats import Beat
from oracle.numbers import rated, share, wilson
from oracle.split import Rows
from oracle.text import Says
from oracle.truth import Account, Truth

LENGTHS = ("day", "week", "month", "quarter", "rarer")


def rhythm(truth: Truth, accounts: Sequence[Account], min_days: int = 6, min_span: int = 28, min_accounts: int = 5) -> Rows:
    return [row(truth, accounts, workflow, min_days, min_span, min_accounts) for workflow in truth.definition.workflows]


def active(truth: Truth, days: Sequence[int], cadence: str) -> tuple[int, int]:
    """Of the periods after the first success's, up to the last one's, those with a success; and all."""
    beat = Beat(truth, cadence, working=True)
    indexes = {beat.index(day) for day in days}
    return len(indexes) - 1, max(indexes) - min(indexes)


def own(truth: Truth, days: Sequence[int]) -> str:
    """The shortest period in at least every second of which it was done."""
    return next((cadence for cadence in LENGTHS[:4] if 2 * (found := active(truth, days, cadence))[0] >= found[1]), "rarer")


def row(truth: Truth, accounts: Sequence[Account], workflow: str, min_days: int, min_span: int, min_accounts: int) -> dict[str, Any]:
    declared = truth.definition.workflows[workflow].cadence
    done = [sorted({event.day for event in truth.successes(account.name, [workflow])}) for account in accounts]
    done = [days for days in done if days]
    old = [days for days in done if len(days) >= min_days and days[-1] - days[0] >= min_span]
    owns = [own(truth, days) for days in old]
    places = [LENGTHS.index(one) - LENGTHS.index(declared) for one in owns]
    agree, slower, faster = places.count(0), sum(place > 0 for place in places), sum(place < 0 for place in places)
    verdict = judged(agree, slower, faster, min_accounts)
    measured = max(LENGTHS, key=lambda one: (owns.count(one), -LENGTHS.index(one))) if owns else None
    weeks, months = ([active(truth, days, cadence) for days in old] for cadence in ("week", "month"))
    return {
        "workflow": workflow, "declared": declared, "measured": measured, "verdict": verdict, "accounts": len(old), "immature": len(done) - len(old),
        "agree": agree, "slower": slower, "faster": faster, "share": share(agree, len(old)), **bounds(agree, len(old)), "weeks_active": pooled(weeks), "months_active": pooled(months),
        "modal_gap": modal(old), "advice": Says(f"declare cadence: {measured}") if verdict in ("slower", "faster") and measured != "rarer" else None,
    }  # fmt: skip


def bounds(k: int, n: int) -> dict[str, Any]:
    return {name: value for name, value in rated(k, n).items() if name != "rate"}


def judged(agree: int, slower: int, faster: int, least: int) -> str:
    n = agree + slower + faster
    for name, k in (("agrees", agree), ("slower", slower), ("faster", faster)):
        low, _ = wilson(k, n)
        if n >= least and low is not None and low > 0.5:
            return name
    return "unclear"


def pooled(found: Sequence[tuple[int, int]]) -> float | None:
    return share(sum(k for k, _ in found), sum(n for _, n in found))


def modal(old: Sequence[Sequence[int]]) -> float | None:
    """The gap in which the accounts spend the most days, each account counting alike."""
    spent: dict[int, Fraction] = {}
    for days in old:
        for first, second in pairwise(days):
            gap = second - first
            rounded = gap if gap <= 3 else max(7, 7 * ((2 * gap + 7) // 14))
            spent[rounded] = spent.get(rounded, Fraction(0)) + Fraction(gap, days[-1] - days[0])
    return float(max(sorted(spent), key=lambda gap: spent[gap])) if spent else None


TABLES = {"engagement.rhythm": rhythm}
