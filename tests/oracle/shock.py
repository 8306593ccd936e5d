"""pricing.bill_shock and bill_shock_accounts: months in which the bill leapt, and who asked about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from oracle.beats import begins
from oracle.days import day_of
from oracle.desk import desk
from oracle.numbers import quantile, share, wilson
from oracle.paying import Books
from oracle.reasons import lasting, sort_of
from oracle.revenue import books, cents, shown
from oracle.split import Rows
from oracle.truth import Account, Truth


class Jump(NamedTuple):
    """The MRR of an account at the end of a month beside that of the month before."""

    account: str
    first: int
    end: int
    kind: str
    rise: Fraction
    paid: tuple[int, int]
    currency: str | None
    people: tuple[int | None, int | None]


def seats(told: Books, account: str, day: int) -> int | None:
    """Of all subscriptions of that day but modules and usage, whose seats are those of the same people."""
    rows = [span.row for span in lasting(told, account) if span.start <= day < span.stop]
    found = [row.get("seats") for row in rows if sort_of(row) == "recurring"]
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
            ((currency, old),), (new,) = before.items(), after.values()
            people = seats(told, account.name, first - 1), seats(told, account.name, end - 1)
            yield Jump(account.name, first, end, kind(old, new, people, Fraction(str(asked.shock))), Fraction(new, old) - 1, (old, new), currency, people)


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
    mature = [one for one in part if one.end + asked.after <= truth.today]
    hit = sum(billing(truth, one) > 0 for one in mature)
    known, n = truth.world.tickets is not None, len(mature)
    low, high = wilson(hit, n) if known else (None, None)
    return {
        "kind": name, "months": len(part), "accounts": len({one.account for one in part}), "share": share(len(part), all_), "mature": n, "immature": len(part) - n,
        "asked": hit if known else None, "rate": share(hit, n) if known else None, "low": low, "high": high,
        "percent": float(100 * quantile([one.rise for one in part], 0.5)),  # type: ignore[misc]
        "status": "no tickets" if not known else "insufficient" if n < asked.min_accounts else "final",
    }  # fmt: skip


def billing(truth: Truth, jump: Jump) -> int:
    """Tickets about money in the month or so many days after it."""
    asked = truth.definition.pricing
    about, days = {name.lower() for name in asked.billing}, range(jump.first, jump.end + asked.after)
    return sum(ticket.account == jump.account and ticket.day in days and (ticket.category or "").lower() in about for ticket in desk(truth))


def bill_shock_accounts(truth: Truth, accounts: Sequence[Account]) -> Rows:
    rows = []
    for account in accounts:
        leapt = [one for one in jumps(truth, account) if one.kind.startswith("rose")]
        rows.append({"account": account.name, "jumps": len(leapt), **latest(truth, leapt[-1] if leapt else None), "mrr_now": at_end(truth, account)})
    return rows


def latest(truth: Truth, jump: Jump | None) -> dict[str, Any]:
    if jump is None:
        return dict.fromkeys(("month", "kind", "percent", "mrr", "before", "currency", "seats", "seats_before", "billing", "mature"))
    (old, new), (before, after) = jump.paid, jump.people
    return {
        "month": day_of(jump.first), "kind": jump.kind, "percent": float(100 * jump.rise), "mrr": shown(cents(new)), "before": shown(cents(old)), "currency": jump.currency,
        "seats": after, "seats_before": before, "billing": billing(truth, jump) if truth.world.tickets is not None else None,
        "mature": jump.end + truth.definition.pricing.after <= truth.today,
    }  # fmt: skip


def at_end(truth: Truth, account: Account) -> Any:
    """What it pays at T; empty where it never paid, or pays in several currencies."""
    told = books(truth)
    amounts = told.raw(account.name, truth.today - 1)
    paid = any(found for _, found in told.levels.get(account.name, ()))
    return None if not paid or len(amounts) > 1 else shown(cents(sum(amounts.values())))


TABLES = {"pricing.bill_shock": bill_shock, "pricing.bill_shock_accounts": bill_shock_accounts}
