"""revenue.drivers: why accounts that pay came to pay more or less, and the reasons in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from oracle.days import day_of
from oracle.paying import Amounts, Books, Span, away
from oracle.revenue import Line, cents, ratio, shown
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row

SPOKEN = ("seats", "volume", "modules", "plan", "price", "unexplained")  # in the order in which they are converted
REASONS = (*SPOKEN[:5], "currency", "unexplained")
Found = dict[str, int]


@dataclass
class Item:
    """The subscriptions of one account, currency, kind and plan on one day."""

    amount: int = 0
    spans: int = 0
    seats: int = 0
    unsaid: int = 0

    def add(self, other: Item) -> None:
        self.amount, self.spans = self.amount + other.amount, self.spans + other.spans
        self.seats, self.unsaid = self.seats + other.seats, self.unsaid + other.unsaid


def lasting(books: Books, account: str) -> list[Span]:
    """What ends where a bridged gap begins lasts until the gap ends."""
    levels = books.levels[account]
    until = {day: after[0] for (day, paid), after in zip(levels, levels[1:], strict=False) if paid and not books.sums(account, day)}
    return [Span(span.start, until.get(span.stop, span.stop), span.amount, span.currency, span.row) for span in books.spans[account]]


def sort_of(row: Row) -> str:
    """What counts although it is on trial, on hold or past due is recurring."""
    kind = row.get("kind")
    return kind if kind in ("usage", "module") else "recurring"


def items(spans: Sequence[Span], day: int) -> dict[tuple[Any, ...], Item]:
    found: dict[tuple[Any, ...], Item] = defaultdict(Item)
    for span in spans:
        if span.start <= day < span.stop:
            seats = span.row.get("seats")
            found[span.currency, sort_of(span.row), span.row.get("plan")].add(Item(span.amount, 1, int(seats or 0), seats is None))
    return found


def by_seats(before: Item, after: Item) -> int | None:
    """None: the seats are not said."""
    if before.unsaid or after.unsaid or not before.seats:
        return None
    return away(Fraction((after.seats - before.seats) * before.amount, before.seats))


def of_day(spans: Sequence[Span], day: int) -> dict[str | None, Found]:
    """Currency → reason → what it did to the amount as written."""
    before, after = items(spans, day - 1), items(spans, day)
    found: dict[str | None, Found] = defaultdict(lambda: dict.fromkeys(SPOKEN, 0))
    plans: dict[str | None, tuple[Item, Item, list[bool]]] = defaultdict(lambda: (Item(), Item(), []))
    for key in {*before, *after}:
        (currency, kind, plan), old, new = key, before.get(key, Item()), after.get(key, Item())
        stays = old.spans and new.spans
        if kind in ("usage", "module") and not (stays and kind == "module"):
            found[currency]["volume" if kind == "usage" else "modules"] += new.amount - old.amount
        elif stays:
            settle(found[currency], old, new, "price" if plan is not None else "unexplained")
        else:
            went, came, named = plans[currency]
            went.add(old), came.add(new), named.append(plan is not None)  # type: ignore[func-returns-value]
    for currency, (went, came, named) in plans.items():
        exchange(found[currency], went, came, all(named))
    return found


def settle(found: Found, old: Item, new: Item, rest: str) -> None:
    seats = by_seats(old, new)
    found["seats"] += seats or 0
    found[rest if seats is not None else "unexplained"] += new.amount - old.amount - (seats or 0)


def exchange(found: Found, went: Item, came: Item, named: bool) -> None:
    """Plans that begin and plans that end on one day."""
    both = went.spans and came.spans
    seats = (by_seats(went, came) or 0) if both else 0
    found["seats"] += seats
    found["unexplained" if not named else "plan" if both else "modules"] += came.amount - went.amount - seats


def converted(books: Books, currency: str | None, day: int, before: int, reasons: Found) -> tuple[str | None, Found]:
    """One after the other, each as the difference that it makes to the converted amount."""
    into, told, at = currency, {}, before
    for reason in SPOKEN:
        old, new = ({} if not amount else books.worth({currency: amount}, day) for amount in (at, at + reasons[reason]))
        told[reason], at = sum(new.values()) - sum(old.values()), at + reasons[reason]
    return (books.told.currency if currency in books.converted else into), told


def days_of(books: Books, account: str) -> Iterator[tuple[int, str | None, Found]]:
    """(day, currency of the report, reason → what it did), of an account that paid and pays."""
    spans = lasting(books, account)
    for day in sorted({day for span in spans for day in (span.start, span.stop) if day < books.truth.today}):
        old, new = books.raw(account, day - 1), books.raw(account, day)
        if old and new:
            yield from told(books, day, old, new, of_day(spans, day))


def told(books: Books, day: int, old: Amounts, new: Amounts, reasons: dict[str | None, Found]) -> Iterator[tuple[int, str | None, Found]]:
    sums: dict[str | None, Found] = defaultdict(lambda: dict.fromkeys(REASONS, 0))
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    for currency, found in reasons.items():
        into, worth = converted(books, currency, day, old.get(currency, 0), found)
        swapped = gone and come and currency in gone | come
        for reason, amount in worth.items():
            sums[into]["currency" if swapped else reason] += amount
    yield from ((day, currency, found) for currency, found in sums.items())


class Why:
    """The reasons of some accounts, worked out once."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.found = [(account, *row) for account in sorted(line.names) for row in days_of(line.books, account)]

    def between(self, first: int, last: int, currency: str | None, reason: str) -> list[tuple[str, int]]:
        """(account, amount) on each day on which the reason did anything."""
        inside = [(account, found[reason]) for account, day, into, found in self.found if first <= day <= last and into == currency]
        return [(account, amount) for account, amount in inside if amount]


def drivers(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 4) -> Rows:
    line = Line(truth, accounts, period, periods)
    why = Why(line)
    return [driver(line, why, index, currency, reason) for currency in line.currencies for index in line.told(line.began) for reason in REASONS]


def driver(line: Line, why: Why, index: int, currency: str | None, reason: str) -> dict[str, Any]:
    did = why.between(line.first(index), line.last(index), currency, reason)
    start, net = sum(line.level(line.first(index) - 1, currency).values()), sum(amount for _, amount in did)
    up, down = sum(max(amount, 0) for _, amount in did), sum(max(-amount, 0) for _, amount in did)
    return {
        "period": day_of(line.first(index)), "currency": currency, "driver": reason, "net": shown(cents(net)), "up": shown(cents(up)), "down": shown(cents(down)),
        "accounts": len({account for account, _ in did}), "start": shown(cents(start)), "points": ratio(100 * net, start), "status": line.status(index),
    }  # fmt: skip


def in_words(line: Line, account: str, currency: str | None, first: int, last: int) -> str | None:
    """The net of each reason, in cents; one that is less than half a cent is none."""
    why = Why(line)
    sums = {reason: cents(sum(amount for name, amount in why.between(first, last, currency, reason) if name == account)) for reason in REASONS}
    return ", ".join(f"{reason} {amount / 100:+.2f}" for reason, amount in sums.items() if amount) or None


TABLES = {"revenue.drivers": drivers}
