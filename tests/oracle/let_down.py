"""reliability.accounts and reliability.incident_accounts: whom the product failed, and who has not been back since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oracle.beats import Beat
from oracle.days import day_of
from oracle.numbers import share, wilson
from oracle.operations import Operation, events, operations, tries
from oracle.outages import MINUTE, NEAR, Outage, numbers, outages, union, worked
from oracle.split import Rows
from oracle.trust import looks
from oracle.truth import Account, Truth


def accounts(truth: Truth, accounts: Sequence[Account], attempt_days: int = 90) -> Rows:
    since = truth.today - attempt_days
    rows = []
    for one in operations(truth):
        if one.has("failure", "timeout"):
            rows += [row for account in accounts for row in failed(truth, one, account.name, since)]
    return rows


def failed(truth: Truth, one: Operation, account: str, since: int) -> Rows:
    """One row, or none where it neither tried nor failed of late, nor is lost."""
    begun = [each for each in tries(truth, one, account)[0] if truth.calendar.local(each.at) >= since]
    over = [each for each in begun if each.due <= truth.final]
    bad = [each for each in over if each.failed]
    mishaps = sorted(event.day for part in ("failure", "timeout") for event in events(truth, account, one.rules[part]))
    lately, gone = sum(day >= since for day in mishaps), lost(truth, one, account) if mishaps and one.kind == "workflow" else None
    if not (begun or lately or gone):
        return []
    done = [event.day for event in events(truth, account, one.rules["success"])] if one.kind == "workflow" else []
    low, high = wilson(len(bad), len(over))
    return [{
        "account": account, "kind": one.kind, "name": one.name, "lost": gone, "attempts": len(over), "failed": len(bad), "failure_rate": share(len(bad), len(over)),
        "low": low, "high": high, "abandoned": sum(not each.came["success"] for each in bad) if one.has("success") else None, "failures": lately,
        "last_failure": day_of(mishaps[-1]) if mishaps else None, "last_success": day_of(done[-1]) if done else None, "days_since": truth.today - done[-1] if done else None,
    }]  # fmt: skip


def lost(truth: Truth, one: Operation, account: str) -> bool:
    """Whether nothing of it got done since a period with a failure, though the time for it is over."""
    flow = truth.definition.workflows[one.name]
    if not flow.failure:
        return False
    beat = Beat(truth, flow.cadence or "week", working=True)
    found = [look for look in looks(truth, beat, account, flow) if look.failed]
    last = max((beat.index(event.day) for event in truth.rule(account, flow.success)), default=0)
    return any(look.known and look.stopped and last <= look.period for look in found)


def incident_accounts(truth: Truth, accounts: Sequence[Account], days_back: int = 180) -> Rows:
    """Rows of one incident that hit the same workflow are one outage, with gaps."""
    work, order, found = worked(truth, accounts), numbers(truth), dict[tuple[int, str], list[Outage]]()
    for one in sorted(outages(truth), key=lambda one: (one.start, one.end)):
        found.setdefault((order[one.number], one.workflow), []).append(one)
    return [
        {"workflow": workflow, "number": number, "account": account, **near(truth, spans, days)}
        for (number, workflow), spans in found.items() if spans[0].first >= truth.today - days_back
        for account, days in work[workflow].items() if any(one.first - NEAR <= day <= one.last for one in spans for day in days)
    ]  # fmt: skip


def near(truth: Truth, spans: Sequence[Outage], days: set[int]) -> dict[str, Any]:
    last = max(one.last for one in spans)
    back = min((day for day in days if day > last), default=None)
    over = truth.over(last + 1 + NEAR) and not any(one.open for one in spans)
    return {
        "start": spans[0].start, "incident": spans[0].incident, "severity": spans[0].severity, "minutes": union((one.start, one.end) for one in spans) / MINUTE,
        "open": any(one.open for one in spans), "during": any(one.first <= day <= one.last for one in spans for day in days),
        "days": sum(any(one.first - NEAR <= day <= one.last for one in spans) for day in days),
        "next_work": None if back is None else day_of(back), "quiet": False if back is not None else True if over else None,
    }  # fmt: skip


TABLES = {"reliability.accounts": accounts, "reliability.incident_accounts": incident_accounts}
