"""engagement.seats and engagement.seat_use: how many of the paid seats do real work?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle.beats import people
from oracle.contracts import contract
from oracle.days import DAY
from oracle.habits import dated
from oracle.numbers import share, wilson
from oracle.people import before, members
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Event, Row

BANDS = ("all", "none", "below 25 %", "below 50 %", "below 75 %", "75 % or more")


@dataclass(frozen=True)
class Person:
    """Somebody in the users table, or seen at work."""

    user: str
    row: Row
    since: int | None
    joined: bool
    left: bool
    worked: list[Event]

    def settled(self, truth: Truth, days: int) -> bool:
        """There for so long; of whom no date is known, nobody can say otherwise."""
        return self.since is None or self.since <= truth.now - days * DAY


def persons(truth: Truth, account: Account) -> list[Person]:
    listed = dict(members(truth, account.name))
    work: dict[str, list[Event]] = {}
    for event in truth.successes(account.name, truth.definition.workflows):
        if event.user and truth.person(event):
            work.setdefault(event.user, []).append(event)
    return [person(truth, user, listed.get(user, {}), work.get(user, [])) for user in sorted({*listed, *work})]


def person(truth: Truth, user: str, row: Row, worked: list[Event]) -> Person:
    invited, joined, left = (before(truth, row.get(name)) for name in ("invited", "joined", "deactivated"))
    there = not dated(truth) or bool(worked) or joined is not None or left is not None
    return Person(user, row, invited if joined is None else joined, there, left is not None, worked)


def active(truth: Truth, account: Account, days: int) -> set[str]:
    """People with a success in any workflow."""
    work = truth.successes(account.name, truth.definition.workflows)
    return set(people(truth, [event for event in work if event.day >= truth.today - days]))


def standing(truth: Truth, account: Account) -> tuple[str, int | None]:
    found = contract(truth, account.name)
    if found is None:
        return "free", None
    if found.ended:
        return "left", None
    return ("paid", found.seats) if found.seats else ("unknown", None)


def interval(k: int | None, n: int | None, before: str = "") -> dict[str, Any]:
    low, high = (None, None) if k is None or n is None else wilson(k, n)
    return {f"{before}low": low, f"{before}high": high}


def seats(truth: Truth, accounts: Sequence[Account], days: int = 30, settle: int = 14) -> Rows:
    return [seats_row(truth, account, days, settle) for account in accounts]


def seats_row(truth: Truth, account: Account, days: int, settle: int) -> dict[str, Any]:
    state, paid = standing(truth, account)
    busy = active(truth, account, days)
    working = None if paid is None else min(len(busy), paid)
    here = [one for one in persons(truth, account) if not one.left]
    old = [one.user for one in here if one.settled(truth, settle)]
    listed = truth.world.users is not None
    invited = {"invited": len(old), "invited_active": sum(user in busy for user in old), "immature": len(here) - len(old)}
    return {
        "account": account.name, "state": state, "share": share(working or 0, paid or 0), **interval(working, paid), "seats": paid, "active": len(busy),
        "idle": None if paid is None else max(0, paid - len(busy)), "over": None if paid is None else max(0, len(busy) - paid),
        **(invited if listed else dict.fromkeys(invited)), "invited_share": share(invited["invited_active"], len(old)) if listed else None,
        **interval(invited["invited_active"] if listed else None, len(old), "invited_"),
    }  # fmt: skip


def band(working: int, paid: int) -> str:
    part = Fraction(working, paid)
    return "none" if not working else next((name for name, limit in zip(BANDS[2:5], (0.25, 0.5, 0.75), strict=True) if part < limit), BANDS[5])


def seat_use(truth: Truth, accounts: Sequence[Account], days: int = 30) -> Rows:
    found = [(standing(truth, account), len(active(truth, account, days))) for account in accounts]
    known = [(min(busy, paid), paid) for (_, paid), busy in found if paid]
    unknown = sum(state == "unknown" for (state, _), _ in found)
    return [use_row(n, name, [one for one in known if name in ("all", band(*one))], unknown) for n, name in enumerate(BANDS)]


def use_row(position: int, name: str, found: Sequence[tuple[int, int]], unknown: int) -> dict[str, Any]:
    working, paid = sum(one for one, _ in found), sum(one for _, one in found)
    return {
        "position": position, "band": name, "accounts": len(found), "seats": paid, "working": working, "idle": paid - working,
        "share": share(working, paid), **interval(working, paid), "unknown": unknown if position == 0 else 0,
    }  # fmt: skip


TABLES = {"engagement.seats": seats, "engagement.seat_use": seat_use}
