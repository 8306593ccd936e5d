"""pricing.bill_shock: months in which the bill leapt, and who asked about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from oracle.beats import begins
from oracle.desk import desk
from oracle.numbers import quantile, share, wilson
from oracle.paying import Books
from oracle.reasons import lasting
from oracle.revenue import books
from oracle.split import Rows
from oracle.truth import Account, Truth


class Jump(NamedTuple):
    """The MRR of an account at the end of a month beside that of the month before."""

    account: str
    first: int
    end: int
    kind: str
    rise: Fraction


def seats(told: Books, account: str, day: int) -> int | None:
    """Of all subscriptions of that day; modules and usage need not say theirs."""
    rows = [span.row for span in lasting(told, account) if span.start <= day < span.stop]
    found = [row.get("seats") for row in rows if row.get("seats") or (row.get("kind") or "recurring") == "recurring"]
    return sum(int(one or 0) for one in found) if found and None not in found else None


def jumps(truth: Truth, account: Account) -> Iterator[Jump]:
    """From month to month, both of them complete, lived through from their first day on, and within the export."""
    if account.created is None:
        return
    told, asked, calendar = books(truth), truth.definition.pricing, truth.calendar
    last = calendar.index(truth.today, "month")
    while not truth.over(calendar.first(last + 1, "month")):
        last -= 1
    since = max(begins(truth) or 0, calendar.local(account.created))
    for month in range(last - asked.months + 2, last + 1):
        first, end = calendar.first(month, "month"), calendar.first(month + 1, "month")
        before, after = told.raw(account.name, first - 1), told.raw(account.name, end - 1)
        if calendar.first(month - 1, "month") >= since and len(before) == 1 and before.keys() == after.keys():
            ((old,), (new,)) = before.values(), after.values()
            people = seats(told, account.name, first - 1), seats(told, account.name, end - 1)
            yield Jump(account.name, first, end, kind(old, new, people, Fraction(str(asked.shock))), Fraction(new, old) - 1)


def kind(old: int, new: int, people: tuple[int | None, int | None], shock: Fraction) -> str:
    if new <= old * (1 + shock):
        return "did not rise so much"
    before, after = people
    if before is None or after is None:
        return "rose but seats unknown"
    return "rose with seats" if new * before <= old * after * (1 + shock) else "rose without seats"


def bill_shock(truth: Truth, accounts: Sequence[Account]) -> Rows:
    found = [jump for account in accounts for jump in jumps(truth, account)]
    return [row(truth, name, [one for one in found if one.kind == name], len(found)) for name in dict.fromkeys(one.kind for one in found)]


def row(truth: Truth, name: str, part: Sequence[Jump], all_: int) -> dict[str, Any]:
    asked = truth.definition.pricing
    days = {one: range(one.first, one.end + asked.after) for one in part}
    mature = [one for one in part if one.end + asked.after <= truth.today]
    tickets = [(ticket.account, ticket.day) for ticket in desk(truth) if (ticket.category or "").lower() in {name.lower() for name in asked.billing}]
    hit = sum(any(account == one.account and day in days[one] for account, day in tickets) for one in mature)
    known, n = truth.world.tickets is not None, len(mature)
    low, high = wilson(hit, n) if known else (None, None)
    return {
        "kind": name, "months": len(part), "accounts": len({one.account for one in part}), "share": share(len(part), all_), "mature": n, "immature": len(part) - n,
        "asked": hit if known else None, "rate": share(hit, n) if known else None, "low": low, "high": high,
        "percent": float(100 * quantile([one.rise for one in part], 0.5)),  # type: ignore[misc]
        "status": "no tickets" if not known else "insufficient" if n < asked.min_accounts else "final",
    }  # fmt: skip


TABLES = {"pricing.bill_shock": bill_shock}
