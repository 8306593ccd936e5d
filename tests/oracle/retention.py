"""retention.cohorts in all its settings, and retention.logos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oracle.activation import way
from oracle.contracts import spells
from oracle.days import ROLLING, day_of
from oracle.numbers import rated, share
from oracle.readings import KNOWN_WHEN_BEGUN
from oracle.shaky import mean_days
from oracle.split import Rows
from oracle.truth import Account, Truth


@dataclass(frozen=True)
class Asked:
    """The settings."""

    period: str = "month"
    periods: int = 12
    kind: str = "on"
    mode: str = "calendar"
    anchor: str = "created"
    min_cohort: int = 5


def anchors(truth: Truth, account: Account, asked: Asked) -> list[int]:
    """The days from which an account is followed."""
    days = truth.active[account.name]
    if asked.anchor == "created":
        return [] if account.created is None else [truth.calendar.local(account.created)]
    if asked.anchor == "activation":
        at = way(truth, account.name).activated if truth.definition.activation else None
        return [] if at is None else [truth.calendar.local(at)]
    firsts: dict[int, int] = {}
    for day in days:
        firsts.setdefault(truth.calendar.index(day, asked.period), day)
    if asked.anchor == "first_active":
        return list(firsts.values())[:1] if account.known else []
    return list(firsts.values())


def span(truth: Truth, day: int, k: int, asked: Asked) -> tuple[int, int]:
    """The k-th period of an account that began on this day: first day, first day after it."""
    if asked.mode == "rolling":
        return day + k * ROLLING[asked.period], day + (k + 1) * ROLLING[asked.period]
    index = truth.calendar.index(day, asked.period) + k
    return truth.calendar.first(index, asked.period), truth.calendar.first(index + 1, asked.period)


def cohorts(truth: Truth, accounts: Sequence[Account], **settings: Any) -> Rows:
    asked = Asked(**settings)
    members: dict[int, list[tuple[str, int]]] = {}
    for account in accounts:
        for day in anchors(truth, account, asked):
            members.setdefault(truth.calendar.index(day, asked.period), []).append((account.name, day))
    if not members:
        return []
    first = min(truth.calendar.index(day, asked.period) for account in truth.accounts.values() for day in anchors(truth, account, asked))
    last = min(asked.periods, truth.calendar.index(truth.today - 1, asked.period) - first)
    cells = {(index, k): cell(truth, found, k, asked) for index, found in members.items() for k in range(last + 1)}
    rows = [{"cohort": str(day_of(truth.calendar.first(index, asked.period))), "period": k, **found} for (index, k), found in cells.items()]
    size = sum(map(len, members.values()))
    rows += [pooled([found for (_, at), found in cells.items() if at == k], k, size) for k in range(last + 1)]
    rows = [row | {"unstable_days": mean_days(truth, row.pop("spans"))} for row in rows]
    rows = [row | {"retained": row["retained"] if row["eligible"] else None} for row in rows]
    return [row | {"status": "insufficient"} if row["status"] == "final" and row["eligible"] < asked.min_cohort else row for row in rows]


def cell(truth: Truth, members: Sequence[tuple[str, int]], k: int, asked: Asked) -> dict[str, Any]:
    spans = [(name, *span(truth, day, k, asked)) for name, day in members]
    unseen = [truth.start is None or max(one[1], day) < truth.calendar.local(truth.start) - 7 for one, (_, day) in zip(spans, members, strict=True)]
    seen = [one for one, before in zip(spans, unseen, strict=True) if not before]
    over = [one for one in seen if truth.over(one[2])]
    begun = [one for one in seen if one[1] < truth.today]
    known = over if asked.mode == "rolling" else begun
    end = truth.today if asked.kind == "unbounded" else None
    retained = sum(truth.active_in(name, first, end or stop) for name, first, stop in known)
    late = asked.kind == "unbounded" and any(not truth.over(span(truth, day, k + 1, asked)[1]) for _, day in members)
    status = "censored" if not (begun if KNOWN_WHEN_BEGUN else known) else "provisional" if late or not all(truth.over(stop) for _, _, stop in spans) else "final"
    return {"accounts": len(members), "eligible": len(known), "retained": retained, **rated(retained, len(known)), "status": status, "spans": [one[1:] for one in known]}


def pooled(cells: Sequence[dict[str, Any]], k: int, size: int) -> dict[str, Any]:
    final = [found for found in cells if found["status"] == "final"]
    eligible, retained = sum(found["eligible"] for found in final), sum(found["retained"] for found in final)
    status = "final" if final else "censored"
    return {"cohort": "all", "period": k, "accounts": size, "eligible": eligible, "retained": retained, **rated(retained, eligible), "status": status, "spans": [span for found in final for span in found["spans"]]}


def logos(truth: Truth, accounts: Sequence[Account], months: int = 12, grace_days: int = 0) -> Rows:
    paid = {account.name: spells(truth, account.name, grace_days) for account in accounts}
    running = truth.calendar.index(truth.today - 1, "month")
    begun = [found[0][0] for found in paid.values() if found]
    if not begun:
        return []
    first = max(running - months, truth.calendar.index(min(begun), "month"))
    return [logo_row(truth, paid, index, grace_days) for index in range(first, running + 1)]


def logo_row(truth: Truth, paid: dict[str, list[tuple[int, int]]], index: int, grace: int) -> dict[str, Any]:
    first, end = truth.calendar.first(index, "month"), truth.calendar.first(index + 1, "month")
    last = min(end, truth.today) - 1
    base = [found for found in paid.values() if any(start < first <= stop for start, stop in found if start <= first - 1 < stop)]
    kept = sum(any(start < first and last < stop for start, stop in found) for found in base)
    there = sum(any(start <= last < stop for start, stop in found) for found in base)
    lost = len(base) - there
    return {
        "period": day_of(first), "paying": len(base), "kept": kept, "returned": there - kept, "lost": lost, **rated(kept, len(base)),
        "churn": share(lost, len(base)), "status": "final" if truth.over(end + grace) else "provisional", "unstable_days": mean_days(truth, [(first, last + 1)]),
    }  # fmt: skip
