"""churn_risk.churned: the last time that each account left or shrank, and what had gone before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle.activation import way
from oracle.days import day_of
from oracle.paying import UNIT, Books, Move
from oracle.people import before
from oracle.revenue import cents, shown
from oracle.risk import administrators
from oracle.split import Rows
from oracle.truth import Account, Truth


@dataclass(frozen=True)
class Departure:
    """The day, and by currency what was paid until then and what is lost, in ten-thousandths."""

    day: int
    left: bool
    amounts: dict[str | None, tuple[int, int]]


def departure(books: Books, account: str) -> Departure | None:
    """The last one: all of it, or a tenth of what it paid in a currency."""
    days: dict[int, list[Move]] = {}
    for move in books.moves:
        if move.account == account and fell(books, move):
            days.setdefault(move.day, []).append(move)
    if not days:
        return None
    last = days[max(days)]
    amounts = {move.currency: (paid(books, move), move.kinds["churn"] + move.kinds["contraction"]) for move in last}
    return Departure(max(days), any(move.kinds["churn"] for move in last), amounts)


def paid(books: Books, move: Move) -> int:
    return books.worth(books.raw(move.account, move.day - 1), move.day - 1).get(move.currency, 0)


def fell(books: Books, move: Move) -> bool:
    shrank = move.kinds["contraction"]
    return bool(move.kinds["churn"]) or shrank > 0 and 10 * shrank >= paid(books, move)


def cancelled(books: Books, account: str, day: int) -> bool:
    """Whether a subscription that ended or changed on that day had been cancelled, as far as T knows."""
    for span in books.spans[account]:
        told, end = books.day(span.row.get("cancelled")), books.day(span.row["end"])
        if told is not None and told < books.truth.today and day in (end, min(told, told if end is None else end)):
            return True
    return False


def changes(truth: Truth, account: str) -> list[int]:
    """The days on which administrators joined, the first one apart, or left."""
    rows = [row for (name, user), row in truth.people.items() if name == account and user in administrators(truth, account)]
    joined = sorted(at for row in rows if (at := before(truth, row["joined"])) is not None)
    left = [at for row in rows if (at := before(truth, row["deactivated"])) is not None]
    return [truth.calendar.local(at) for at in [*(at for at in joined if at > joined[0]), *left]]


def until(day: int, days: Iterable[int]) -> int | None:
    return max((one for one in days if one <= day), default=None)


def activated(truth: Truth, account: Account, day: int) -> bool | None:
    if truth.definition.activation is None or account.truncated:
        return None
    at = way(truth, account.name).activated
    return at is not None and truth.calendar.local(at) < day


def churned(truth: Truth, accounts: Sequence[Account], **settings: Any) -> Rows:
    books = Books(truth)
    return [{"account": account.name, **row(books, account, **settings)} for account in accounts]


def row(books: Books, account: Account, **settings: Any) -> dict[str, Any]:
    gone = departure(books, account.name)
    if gone is None:
        pays = bool(books.raw(account.name, books.truth.today - 1))
        empty = ("day", "reason", "choice", "before", "lost", "lost_share", "currency", "activated", "changed", "last_worked", "failed", "cancelled")
        return {"kind": "stays" if pays else "free", **dict.fromkeys(empty)}
    return story(books, account, gone, **settings)


def story(books: Books, account: Account, gone: Departure, small_mrr: float, big_drop: float, change_days: int, failed_days: int, quiet_days: int) -> dict[str, Any]:
    truth, name, day = books.truth, account.name, gone.day
    single = next(iter(gone.amounts.items())) if len(gone.amounts) == 1 else None
    had, lost = single[1] if single else (None, None)
    refused = [event.day for ref in truth.definition.churn_risk.payment_failed or () for event in truth.rule(name, ref)]
    failed, changed, worked = (until(day, days) for days in (refused, changes(truth, name), truth.active[name]))
    asked, was = cancelled(books, name, day), activated(truth, account, day)
    unpaid = failed is not None and day - failed <= failed_days and not asked
    heavy = gone.left or had is not None and lost is not None and lost >= Fraction(str(big_drop)) * had
    silent = worked is None or day - worked > quiet_days
    holds = {
        "payment": unpaid,
        "weak activation": gone.left and was is False and had is not None and had < Fraction(str(small_mrr)) * UNIT,
        "ownership change": changed is not None and day - changed <= change_days and heavy,
        "abandoned": silent and truth.start is not None and day - quiet_days >= truth.calendar.local(truth.start), "unknown": silent, "other": True,
    }  # fmt: skip
    return {
        "day": day_of(day), "kind": "left" if gone.left else "shrank", "reason": next(name for name, held in holds.items() if held),
        "choice": "voluntary" if asked else "involuntary" if unpaid else "unknown", "before": None if had is None else shown(cents(had)), "lost": None if lost is None else shown(cents(lost)),
        "lost_share": None if had is None or lost is None else lost / had, "currency": single[0] if single else None, "activated": was,
        "changed": dated(changed), "last_worked": dated(worked), "failed": dated(failed), "cancelled": asked,
    }  # fmt: skip


def dated(day: int | None) -> Any:
    return None if day is None else day_of(day)


TABLES = {"churn_risk.churned": churned}
