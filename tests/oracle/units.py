"""How much of each unit an account used in each month, and what it paid for it: month by month, event by event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, lru_cache

from oracle.beats import begins, people
from oracle.paying import UNIT
from oracle.revenue import books
from oracle.shock import seats
from oracle.truth import Account, Truth
from oracle.world import Event
from saasmetrics.definitions.pricing import Meter

Quantities = Mapping[int, int | None]


class Months:
    """The complete months that are looked at, by number; quantities and amounts in ten-thousandths."""

    def __init__(self, truth: Truth) -> None:
        self.truth, self.told, self.books = truth, truth.definition.pricing, books(truth)
        last = truth.calendar.index(truth.today, "month")
        while not truth.over(truth.calendar.first(last + 1, "month")):
            last -= 1
        self.last, self.shown = last, range(last - self.told.months + 1, last + 1)
        self.recent = self.shown[-self.told.recent :]
        self.begun = begins(truth)

    def days(self, month: int) -> range:
        return range(self.truth.calendar.first(month, "month"), self.truth.calendar.first(month + 1, "month"))

    @cache  # noqa: B019 (a test's months do not live long)
    def paid(self, name: str, month: int) -> dict[str | None, int]:
        """Currency → MRR at its end, in the currencies in which it is paid."""
        return dict(self.books.raw(name, self.days(month)[-1]))

    @cache  # noqa: B019
    def whole(self, name: str) -> list[int]:
        """The months in which it paid on every day."""
        return [month for month in self.shown if all(self.books.raw(name, day) for day in self.days(month))]

    @cached_property
    def currency(self) -> str | None:
        """The one in which most accounts pay; of equals the first by name."""
        found = Counter(next(iter(paid)) for name in self.truth.accounts if len(paid := self.paid(name, self.last)) == 1)
        return min(found, key=lambda name: (-found[name], name is None, name or "")) if found else None

    @cache  # noqa: B019
    def used(self, name: str, meter: str) -> Quantities:
        """Month → quantity, of the months that it was there for, and the export is, from their first day on."""
        account, told = self.truth.accounts[name], self.told.meters[meter]
        since = None if account.created is None else self.truth.calendar.local(account.created)
        there = [month for month in self.shown if since is not None and since <= self.days(month).start and self.begun is not None and self.begun <= self.days(month).start]
        return {month: self.quantity(account, told, month) for month in there}

    def quantity(self, account: Account, meter: Meter, month: int) -> int | None:
        days = self.days(month)
        if meter.of == "seats":
            found = seats(self.books, account.name, days[-1]) if account.name in self.books.levels else None
            return None if found is None else found * UNIT
        if meter.measured == "end" and meter.of is None:
            return self.stock(account, meter, days.stop)
        events = [event for event in self.events(account.name, meter) if event.day in days]
        return flow(self.truth, meter, events)

    def stock(self, account: Account, meter: Meter, end: int) -> int | None:
        """What came less what went; unknown where the export does not have the beginning, or more went than came."""
        came, went = (sum(event.day < end for event in events) for events in (self.events(account.name, meter), self.gone(account.name, meter)))
        return (came - went) * UNIT if account.known and came >= went else None

    def gone(self, name: str, meter: Meter) -> Sequence[Event]:
        return self.truth.rule(name, meter.less) if meter.less else ()

    def events(self, name: str, meter: Meter) -> Sequence[Event]:
        if meter.rule is not None:
            return self.truth.rule(name, meter.rule)
        return self.truth.successes(name, self.truth.definition.workflows if meter.of else (str(meter.workflow),))


def flow(truth: Truth, meter: Meter, events: Sequence[Event]) -> int:
    """Of the events of one month."""
    if meter.of == "users":
        return len(people(truth, events)) * UNIT
    if meter.measured == "sum":
        value = truth.definition.workflows[str(meter.workflow)].value or ""
        return int(sum(Decimal(event.row.get(value) or 0) for event in events) * UNIT)
    if meter.measured == "peak":
        return max(Counter(event.day for event in events).values(), default=0) * UNIT
    return len(events) * UNIT


@lru_cache(maxsize=2)
def months(truth: Truth) -> Months:
    return Months(truth)


def unit(meter: Meter) -> str:
    """In words."""
    if meter.of:
        return {"seats": "paid seats", "users": "people at work"}[meter.of]
    name = str(meter.workflow or meter.rule)
    return {"sum": f"value of {name}", "end": f"at the end of the month: {name}", "peak": f"most on one day of {name}"}.get(meter.measured, name)


def half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def service(truth: Truth, events: Sequence[Event]) -> int:
    """How many of them no person made."""
    return sum(event.user is not None and truth.service(truth.people.get((event.account, event.user), {})) for event in events)


def by_month(events: Sequence[Event], months: Months) -> dict[int, list[Event]]:
    found = defaultdict(list)
    for event in events:
        found[months.truth.calendar.index(event.day, "month")].append(event)
    return found
