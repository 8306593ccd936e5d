"""Periods of a workflow's cadence, who was there for them, and the work of people in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from statistics import median
from typing import Any

from oracle.contracts import contract
from oracle.days import WEEKDAYS
from oracle.scores import money
from oracle.truth import Account, Truth
from oracle.world import Event


class Beat:
    """The periods of one cadence: weeks, months; days may be working days, and a day off counts to the working day before."""

    def __init__(self, truth: Truth, cadence: str, working: bool = False) -> None:
        self.truth, self.cadence = truth, cadence
        self.working = working and cadence == "day"
        self.open = [name not in truth.definition.days_off for name in WEEKDAYS]

    def index(self, day: int) -> int:
        if not self.working:
            return self.truth.calendar.index(day, self.cadence)
        week, weekday = divmod(day + 3, 7)
        return sum(self.open) * week + sum(self.open[: weekday + 1]) - 1

    def first(self, index: int) -> int:
        if not self.working:
            return self.truth.calendar.first(index, self.cadence)
        week, place = divmod(index, sum(self.open))
        return 7 * week - 3 + [at for at, is_open in enumerate(self.open) if is_open][place]

    @property
    def last(self) -> int:
        """The last complete period."""
        index = self.index(self.truth.today)
        while not self.truth.over(self.first(index + 1)):
            index -= 1
        return index

    @property
    def running(self) -> int:
        """The period of the last counted day."""
        return self.index(self.truth.today - 1)

    def inside(self, events: Iterable[Event], first: int, last: int) -> list[Event]:
        return [event for event in events if first <= self.index(event.day) <= last]


def begins(truth: Truth) -> int | None:
    """The local day on which the export begins; None: it holds no account that counts."""
    return None if truth.start is None or not truth.accounts else truth.calendar.local(truth.start)


def born(truth: Truth, account: Account) -> int | None:
    """The local day of its creation."""
    return None if account.created is None else truth.calendar.local(account.created)


def people(truth: Truth, events: Iterable[Event]) -> Counter[str]:
    """Person → how much of it."""
    return Counter(event.user for event in events if event.user and truth.person(event))


def effective(done: Counter[str]) -> float | None:
    return float(Fraction(done.total() ** 2, sum(n * n for n in done.values()))) if done else None


def top(done: Counter[str]) -> str | None:
    """Of equals the first by name."""
    return min(done, key=lambda user: (-done[user], user)) if done else None


def told(truth: Truth, account: str, user: str, column: str) -> str | None:
    return truth.people.get((account, user), {}).get(column)


def different(truth: Truth, account: str, users: Iterable[str], column: str) -> int | None:
    """How many of it these people have; None: none of them has one."""
    users = list(users)
    found = {one for user in users if (one := told(truth, account, user, column))}
    return len(found) if found or not users else None


def ended(truth: Truth, account: Account) -> bool:
    found = contract(truth, account.name)
    return found is not None and found.ended


def pays(truth: Truth, account: Account) -> dict[str, Any]:
    found = contract(truth, account.name)
    return {"mrr": money(found.mrr if found else None), "currency": found.currency if found else None}


def middle(values: Iterable[int]) -> float | None:
    values = list(values)
    return float(median(values)) if values else None
