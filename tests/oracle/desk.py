"""friction.issues and friction.resolution: what customers ask help with, and how long it stays open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oracle.activation import HALF, NINE
from oracle.attempts import hours
from oracle.contracts import contract
from oracle.days import DAY
from oracle.friction import about, opened, tickets
from oracle.numbers import reached_by, share, wilson
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import instant

SAID = {"true": True, "yes": True, "y": True, "t": True, "1": True, "false": False, "no": False, "n": False, "f": False, "0": False}


@dataclass(frozen=True)
class Ticket:
    """One ticket, as known at T."""

    account: str
    at: int
    day: int
    category: str | None
    workflow: str | None
    blocking: bool | None
    solved: int | None
    reopened: bool


def desk(truth: Truth) -> list[Ticket]:
    """In the order in which they were opened."""
    found = []
    for row in tickets(truth):
        resolved, again = (time if time is not None and time < truth.now else None for time in (instant(row["resolved"]), instant(row["reopened"])))
        solved = None if resolved is None or again is not None and again > resolved else resolved
        blocking = SAID.get((row["blocking"] or "").strip().lower())
        found.append(Ticket(row["account"] or "", instant(row["opened"]) or 0, opened(truth, row), row["category"], about(truth, row), blocking, solved, again is not None))
    return sorted(found, key=lambda ticket: ticket.at)


def intervals(prefix: str, k: int, n: int) -> dict[str, Any]:
    low, high = wilson(k, n)
    return {f"{prefix}low": low, f"{prefix}high": high}


def issues(truth: Truth, accounts: Sequence[Account], friction_days: int = 90, repeat_days: int = 14, min_base: int = 20) -> Rows:
    ours = {account.name for account in accounts}
    all_ = desk(truth)
    found = [(one, back) for one, back in with_return(all_, repeat_days) if one.account in ours]
    now = [(one, back) for one, back in found if one.day >= truth.today - friction_days]
    before = [one for one, _ in found if truth.today - 2 * friction_days <= one.day < truth.today - friction_days]
    recent = [one for one in all_ if one.day >= truth.today - 2 * friction_days]
    told = any(one.solved is not None for one in recent)
    rows = []
    for kind, category in named_kinds(recent):
        part = [(one, back) for one, back in now if kind == "all" or one.category == category]
        earlier = sum(kind == "all" or one.category == category for one in before)
        rows.append({"kind": kind, "category": category, **issue(truth, part, len(now), repeat_days, min_base), "before": earlier})
        rows[-1] |= {} if told else {"open": None}
    return rows


def named_kinds(recent: Sequence[Ticket]) -> list[tuple[str, str | None]]:
    """What anybody asked about, in whatever segment, now or in the days before."""
    rest: list[tuple[str, str | None]] = [("uncategorised", None)] if any(one.category is None for one in recent) else []
    return [("all", None), *(("category", name) for name in sorted({one.category for one in recent if one.category})), *rest]


def with_return(found: Sequence[Ticket], repeat_days: int) -> list[tuple[Ticket, bool]]:
    """Each with whether the same account asked for the same again in time."""
    return [
        (one, any(one.category is not None and (other.account, other.category) == (one.account, one.category) and other.day <= one.day + repeat_days for other in found[n + 1 :]))
        for n, one in enumerate(found)
    ]  # fmt: skip


def issue(truth: Truth, part: Sequence[tuple[Ticket, bool]], all_: int, repeat_days: int, min_base: int) -> dict[str, Any]:
    named = [(one, back) for one, back in part if one.category is not None]
    judged = [back for one, back in named if truth.over(one.day + repeat_days + 1)]
    said = [one.blocking for one, _ in part if one.blocking is not None]
    n, names = len(part), {one.account for one, _ in part}
    return {
        "accounts": len(names), **money(truth, names), "tickets": n, "share": share(n, all_), **intervals("", n, all_),
        "blocking": sum(said) if said else None, "open": sum(one.solved is None for one, _ in part),
        "repeated": sum(judged), "judged": len(judged), "immature": len(named) - len(judged), "repeat_rate": share(sum(judged), len(judged)),
        **intervals("repeat_", sum(judged), len(judged)), "status": "insufficient" if n < min_base else "final",
    }  # fmt: skip


def money(truth: Truth, names: Iterable[str]) -> dict[str, Any]:
    """What these accounts pay a month at T, none once it ended; nothing where there are several currencies."""
    known = [one for one in (contract(truth, name) for name in names) if one is not None]
    currencies = {one.currency for one in known if one.currency}
    if not known or len(currencies) > 1 or "several" in currencies:
        return {"mrr": None, "currency": None}
    return {"mrr": sum((one.mrr for one in known if one.mrr is not None), Decimal(0)), "currency": currencies.pop() if currencies else None}


def resolution(truth: Truth, accounts: Sequence[Account], resolution_days: int = 365, min_tickets: int = 20) -> Rows:
    ours, since = {account.name for account in accounts}, truth.today - resolution_days
    groups: dict[tuple[str, str, str | None], list[Ticket]] = defaultdict(list)
    for one in desk(truth):
        if one.day >= since or one.solved is None:
            blocking = "unsaid" if one.blocking is None else "blocking" if one.blocking else "other"
            groups[blocking, "all", None].append(one)
            if one.workflow:
                groups[blocking, "workflow", one.workflow].append(one)
    return [
        {"blocking": blocking, "kind": kind, "workflow": workflow, **solved(truth, [one for one in found if one.account in ours], since, min_tickets)}
        for (blocking, kind, workflow), found in groups.items()
    ]  # fmt: skip


def solved(truth: Truth, found: Sequence[Ticket], since: int, min_tickets: int) -> dict[str, Any]:
    now = [one for one in found if one.day >= since]
    waits = [(truth.now - one.at, False) if one.solved is None else (one.solved - one.at, True) for one in now]
    n, k = len(now), sum(done for _, done in waits)
    oldest = max((wait for wait, done in waits if not done), default=None)
    return {
        "tickets": n, "resolved": k, "open": n - k, "reopened": sum(one.reopened for one in now), "share": share(k, n), **intervals("", k, n),
        "median_hours": hours(reached_by(waits, HALF)), "p90_hours": hours(reached_by(waits, NINE)), "oldest_days": None if oldest is None else oldest // DAY,
        "accounts": len({one.account for one in now}), "older": len(found) - len(now), "status": "insufficient" if n < min_tickets else "final",
    }  # fmt: skip


TABLES = {"friction.issues": issues, "friction.resolution": resolution}
