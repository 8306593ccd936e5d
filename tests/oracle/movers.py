"""engagement.movers: the accounts behind the flow between the last two complete periods."""

from __future__ import annotations

from collections.abc import Sequence

from oracle.days import day_of
from oracle.split import Rows
from oracle.truth import Account, Truth


def movers(truth: Truth, accounts: Sequence[Account], period: str = "week") -> Rows:
    calendar = truth.calendar
    this = calendar.index(truth.today, period) - 1
    while not truth.over(calendar.first(this + 1, period)):
        this -= 1
    rows = []
    for account in accounts:
        days = [event.day for event in truth.successes(account.name) if event.day < calendar.first(this + 1, period)]
        now, before = (sum(calendar.index(day, period) == index for day in days) for index in (this, this - 1))
        if now or before:
            rows.append({
                "account": account.name, "way": way(account, now, before, len(days)), "active": now > 0, "was_active": before > 0, "n": now, "n_before": before,
                "last_day": day_of(max(days)), "period": day_of(calendar.first(this, period)),
            })  # fmt: skip
    return rows


def way(account: Account, now: int, before: int, ever: int) -> str:
    if not now:
        return "dormant"
    if before:
        return "returning"
    return "resurrected" if ever > now else "new" if account.known else "unclear"


TABLES = {"engagement.movers": movers}
