"""adoption.stall_reasons: what the accounts that stopped or fell back asked for help with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oracle.days import DAY
from oracle.depth import got, held, tiered
from oracle.desk import desk
from oracle.engagement import levels
from oracle.numbers import share
from oracle.seats import interval
from oracle.split import Rows
from oracle.truth import Account, Truth

Span = tuple[int, int]  # the first and the last day looked at


@dataclass(frozen=True)
class Ask:
    """One ticket of an account, opened in the days looked at."""

    account: str
    category: str | None
    blocking: bool | None


def stopped(truth: Truth, account: Account, workflow: str, stalled_after: int, trailing_days: int, before: int) -> Span | None:
    """The days looked at; None: it goes on, or never began."""
    tiers = got(truth, account.name, workflow)
    if not tiers:
        return None
    at, last, _ = tiers[-1]
    if held(truth, tiers, trailing_days) < len(tiers):
        return last - before, last + trailing_days
    climbs = not account.truncated and len(tiers) < len(list(levels(truth, workflow)))
    return (truth.today - before, truth.today - 1) if climbs and truth.now - at >= stalled_after * DAY else None


def asks(truth: Truth, account: Account, spans: Sequence[Span]) -> list[Ask]:
    found = [one for one in desk(truth) if one.account == account.name and any(first <= one.day <= last for first, last in spans)]
    return [Ask(account.name, one.category, one.blocking) for one in found]


def looked_at(truth: Truth, account: Account, *days: int) -> list[Span]:
    return [span for workflow in tiered(truth) if (span := stopped(truth, account, workflow, *days))]


def said(truth: Truth, *days: int) -> list[Ask]:
    """Of all accounts: what one segment asked about has a row in each."""
    return [ask for one in truth.accounts.values() for ask in asks(truth, one, looked_at(truth, one, *days))]


def stall_reasons(truth: Truth, accounts: Sequence[Account], stalled_after: int = 60, trailing_days: int = 90, asked_within: int = 90, min_base: int = 5) -> Rows:
    spans = {one.name: looked_at(truth, one, stalled_after, trailing_days, asked_within) for one in accounts}
    base = sum(map(bool, spans.values()))
    found = [ask for one in accounts for ask in asks(truth, one, spans[one.name])]
    reasons = {ask.category for ask in said(truth, stalled_after, trailing_days, asked_within)}
    if not base and len(accounts) < len(truth.accounts):
        return []  # a segment in which nobody stopped
    kinds = [("category" if name else "uncategorised", name) for name in sorted(reasons, key=str)]
    parts = [(kind, reason, [ask for ask in found if ask.category == reason]) for kind, reason in kinds]
    return [row(kind, reason, part, base, min_base) for kind, reason, part in [("all", None, found), *parts]]


def row(kind: str, reason: str | None, found: Sequence[Ask], base: int, min_base: int) -> dict[str, Any]:
    asked = len({ask.account for ask in found})
    told = [ask.blocking for ask in found if ask.blocking is not None]
    return {
        "kind": kind, "reason": reason, "asked": asked, "accounts": base, "share": share(asked, base), **interval(asked, base), "tickets": len(found),
        "blocking": sum(told) if told else None, "status": "insufficient" if base < min_base else "final",
    }  # fmt: skip


TABLES = {"adoption.stall_reasons": stall_reasons}
