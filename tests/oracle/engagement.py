"""engagement.active_accounts and adoption.tiers."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.days import DAY, day_of
from oracle.numbers import rated, share
from oracle.split import Rows
from oracle.truth import Account, Truth


def active_accounts(truth: Truth, accounts: Sequence[Account], period: str = "week") -> Rows:
    calendar = truth.calendar
    seen = {account.name: {calendar.index(day, period) for day in truth.active[account.name]} for account in accounts}
    first = min((calendar.index(days[0], period) for days in truth.active.values() if days), default=None)
    running = calendar.index(truth.today - 1, period)
    return [active_row(truth, accounts, seen, index, period) for index in range(first, running + 1)] if first is not None else []


def active_row(truth: Truth, accounts: Sequence[Account], seen: dict[str, set[int]], index: int, period: str) -> dict[str, object]:
    end = truth.calendar.first(index + 1, period)
    active = [account for account in accounts if index in seen[account.name]]
    first = [account for account in active if min(seen[account.name]) == index]
    returning = sum(index - 1 in seen[account.name] for account in active)
    over = truth.over(end)
    dormant = sum(index - 1 in found and index not in found for found in seen.values())
    existing = sum(account.created is not None and truth.calendar.local(account.created) < end for account in accounts)
    return {
        "period": day_of(truth.calendar.first(index, period)), "active": len(active), "new": sum(not account.truncated for account in first),
        "returning": returning, "resurrected": len(active) - returning - len(first), "unclear": sum(account.truncated for account in first),
        "dormant": None if not over or any(unseen(truth, one, period) for one in (index - 1, index)) else dormant, "existing": existing, "share": share(len(active), existing),
        "status": "provisional" if not over else "partial" if unseen(truth, index, period) else "final",
    }  # fmt: skip


def unseen(truth: Truth, index: int, period: str) -> bool:
    """Whether the export begins after the first day of the period, and before its end."""
    return truth.start is not None and truth.calendar.first(index, period) < truth.calendar.local(truth.start) < truth.calendar.first(index + 1, period)


def reached(truth: Truth, account: str, rules: Sequence[str]) -> tuple[int, int] | None:
    """When all of these had happened, and the last day by which each still happened; None: not all did."""
    found = [truth.rule(account, rule) for rule in rules]
    return (max(events[0].time for events in found), min(events[-1].day for events in found)) if all(found) else None


def levels(truth: Truth, workflow: str) -> list[tuple[int, str, list[str]]]:
    """(level, tier, its rules and those of the tiers below)."""
    rules: list[str] = []
    found = []
    for level, (tier, more) in enumerate(truth.definition.workflows[workflow].tiers.items(), 1):
        rules = [*rules, *more]
        found.append((level, tier, rules))
    return found


def tiers(truth: Truth, accounts: Sequence[Account], min_age: int = 30, trailing_days: int = 90) -> Rows:
    older = [account for account in accounts if account.truncated]
    old = [account for account in accounts if not account.truncated and truth.now - (account.created or 0) >= min_age * DAY]
    rows: Rows = []
    for workflow in truth.definition.workflows:
        for level, tier, rules in levels(truth, workflow):
            found = [reached(truth, account.name, rules) for account in old]
            here = sum(one is not None for one in found)
            every = found + [reached(truth, account.name, rules) for account in older]
            short = bool(older) and truth.start is not None and truth.calendar.local(truth.start) > truth.today - trailing_days
            held = None if short else sum(one is not None and one[1] >= truth.today - trailing_days for one in every)
            rows.append({
                "workflow": workflow, "level": level, "tier": tier, "eligible": len(old), "immature": len(accounts) - len(old) - len(older), "older": len(older),
                "reached": here, **rated(here, len(old)), "held": held, "held_rate": None if held is None else share(held, len(every)),
            })  # fmt: skip
    return rows
