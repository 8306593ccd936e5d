"""adoption.invites and adoption.invite_accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oracle.activation import HALF, days
from oracle.days import DAY, day_of
from oracle.numbers import rated, reached_by
from oracle.people import anybody, before, invitations, members
from oracle.shaky import mean_days
from oracle.split import Rows
from oracle.truth import Account, Truth


@dataclass(frozen=True)
class Guest:
    """One invited person: when, from when at work, since when gone; and whether the export saw it."""

    at: int
    active: int | None
    left: int | None
    known: bool


def guests(truth: Truth, account: Account) -> list[Guest]:
    work = [event for name in truth.definition.workflows for event in truth.successes(account.name, [name])]
    found = []
    for one in invitations(truth, account):
        times = [event.time for event in work if event.user == one.user and event.time >= one.at]
        known = truth.start is not None and truth.calendar.local(one.at) >= truth.calendar.local(truth.start)
        found.append(Guest(one.at, min(times, default=None), one.left, known))
    return found


def counts(truth: Truth, found: Sequence[Guest], active_within: int) -> dict[str, Any]:
    length = active_within * DAY
    known = [one for one in found if one.known]
    old = [one for one in known if one.at + length <= truth.now]
    active = [one for one in old if one.active is not None and one.active <= one.at + length]
    return {
        "eligible": len(old), "immature": len(known) - len(old), "unknown": len(found) - len(known), "active": len(active),
        **rated(len(active), len(old)), "gone": sum(one.left is not None for one in old if one not in active),
    }  # fmt: skip


def invites(truth: Truth, accounts: Sequence[Account], active_within: int = 30, period: str = "month", cohorts: int = 12) -> Rows:
    everybody = [(truth.calendar.index(truth.calendar.local(one.at), period), one) for account in accounts for one in guests(truth, account)]
    running = truth.calendar.index(truth.today - 1, period)
    began = min((truth.calendar.index(truth.calendar.local(one.at), period) for account in truth.accounts.values() for one in invitations(truth, account)), default=None)
    if began is None or not accounts:
        return []
    shown = range(max(began, running - cohorts + 1), running + 1)
    rows = [month_row(truth, [one for at, one in everybody if at == index], active_within, period, index, began, everybody) for index in shown]
    return [whole_row(truth, [one for index, one in everybody if index in shown], active_within), *rows]


def month_row(truth: Truth, found: Sequence[Guest], active_within: int, period: str, index: int, began: int, everybody: Sequence[tuple[int, Guest]]) -> dict[str, Any]:
    over = truth.over(truth.calendar.first(index + 1, period))
    earlier = sum(at == index - 1 for at, _ in everybody) if over and index > began else None
    row = whole_row(truth, found, active_within)
    late = any(one.at + active_within * DAY > truth.final for one in found if one.known)
    status = "provisional" if row["status"] == "final" and late else row["status"]
    trend = len(found) / earlier - 1 if earlier else None
    return {**row, "period": str(day_of(truth.calendar.first(index, period))), "before": earlier, "trend": trend, "status": status}


def whole_row(truth: Truth, found: Sequence[Guest], active_within: int) -> dict[str, Any]:
    told = counts(truth, found, active_within)
    waits = [(one.active - one.at, True) if one.active is not None else (truth.now - one.at, False) for one in found if one.known]
    old = [truth.calendar.local(one.at) for one in found if one.known and one.at + active_within * DAY <= truth.now]
    return {
        "period": "all", "invited": len(found), "before": None, "trend": None, **told, "median_days": days(reached_by(waits, HALF)),
        "status": "final" if told["eligible"] else "censored", "unstable_days": mean_days(truth, [(first, first + active_within) for first in old]),
    }  # fmt: skip


def invite_accounts(truth: Truth, accounts: Sequence[Account], active_within: int = 30) -> Rows:
    given = anybody(truth)
    return [account_row(truth, account, active_within, given) for account in accounts]


def account_row(truth: Truth, account: Account, active_within: int, given: bool) -> dict[str, Any]:
    if not given:
        names = ("idle", "invited", "before", "trend", "eligible", "active", "rate", "low", "high", "gone", "immature", "unknown", "people")
        return {"account": account.name, **dict.fromkeys(names)}
    found = guests(truth, account)
    dates = [truth.calendar.local(one.at) for one in found]
    lately, earlier = sum(day >= truth.today - 28 for day in dates), sum(truth.today - 56 <= day < truth.today - 28 for day in dates)
    idle = [one for one in found if one.known and one.at + active_within * DAY <= truth.now and one.active is None and one.left is None]
    here = [row for _, row in members(truth, account.name) if before(truth, row["deactivated"]) is None]
    return {
        "account": account.name, "idle": len(idle), "invited": lately, "before": earlier, "trend": lately / earlier - 1 if earlier else None,
        **counts(truth, found, active_within), "people": len(here),
    }  # fmt: skip


TABLES = {"adoption.invites": invites, "adoption.invite_accounts": invite_accounts}
