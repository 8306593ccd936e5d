"""How much of each unit an account used in a calendar month; None: unknown. People who are there at its end are not told."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache

from oracle.beats import Beat, begins
from oracle.paying import FOREVER
from oracle.revenue import books
from oracle.shock import seats
from oracle.truth import Account, Truth
from oracle.world import Event, Row
from saasmetrics.definitions.pricing import Meter


class Months:
    """The complete months of an account that the export saw from their first day on."""

    def __init__(self, truth: Truth) -> None:
        self.truth, self.beat, self.last = truth, Beat(truth, "month"), Beat(truth, "month").last
        self.asked, self.start = truth.definition.pricing, begins(truth)

    def first(self, index: int) -> int:
        return self.beat.first(index)

    def lived(self, account: Account, back: int) -> list[int]:
        """Of the last so many."""
        if account.created is None or self.start is None:
            return []
        since = max(self.start, self.truth.calendar.local(account.created))
        return [index for index in range(self.last - back + 1, self.last + 1) if self.first(index) >= since]

    def pays(self, account: Account, index: int) -> bool:
        """On every day; without subscriptions nobody can say."""
        told = books(self.truth)
        days = range(self.first(index), self.first(index + 1))
        return self.truth.world.subscriptions is None or all(told.raw(account.name, day) for day in days)

    def at_end(self, account: Account, index: int) -> dict[str | None, int]:
        """Currency → what it pays at the end of the month."""
        told, day = books(self.truth), self.first(index + 1) - 1
        return {currency: amount for currency, amount in told.worth(told.raw(account.name, day), day).items() if amount}

    @cached_property
    def currency(self) -> str | None:
        """The one in which most accounts pay at the end of the last complete month; of equals the first by name."""
        count = Counter(currency for account in self.truth.accounts.values() for currency in self.at_end(account, self.last))
        return min(count, key=lambda name: (-count[name], name is None, name or ""), default=None)


@lru_cache(maxsize=2)
def months(truth: Truth) -> Months:
    return Months(truth)


class Gauge:
    """One meter of one account."""

    def __init__(self, truth: Truth, account: Account, meter: Meter) -> None:
        self.truth, self.account, self.meter, self.calendar = truth, account, meter, truth.calendar
        self.flow = truth.definition.workflows[meter.workflow] if meter.workflow is not None else None

    @cached_property
    def events(self) -> list[Event]:
        """What it counts."""
        if self.meter.of == "users":
            return self.truth.successes(self.account.name, self.truth.definition.workflows)
        rule = self.flow.success if self.flow else self.meter.rule
        return [] if rule is None else self.truth.rule(self.account.name, rule)

    @cached_property
    def days(self) -> list[int]:
        return [event.day for event in self.events]

    def inside(self, first: int, end: int) -> Sequence[Event]:
        return self.events[bisect_left(self.days, first) : bisect_left(self.days, end)]

    def things(self, events: Iterable[Event]) -> set[str]:
        """People, or what the entity's column says."""
        if self.meter.of == "users":
            return {event.user for event in events if event.user and self.truth.person(event)}
        column = self.flow.entity if self.flow else self.meter.entity
        return {thing for event in events if (thing := event.row.get(column or ""))}

    def quantity(self, index: int) -> Fraction | None:
        first, end = (months(self.truth).first(at) for at in (index, index + 1))
        if self.meter.kind == "stock":
            return self.stock(end)
        found, measure = self.inside(first, end), self.meter.measured
        if measure == "sum":
            assert self.flow
            return sum((Fraction(event.row.get(self.flow.value or "") or 0) for event in found), Fraction(0))
        return Fraction(self.peak(found) if measure == "peak" else len(self.things(found)) if measure == "distinct" else len(found))

    def peak(self, found: Sequence[Event]) -> int:
        """The most on one day."""
        days = {event.day: [one for one in found if one.day == event.day] for event in found}
        return max((len(self.things(some)) if self.meter.of else len(some) for some in days.values()), default=0)

    def stock(self, end: int) -> Fraction | None:
        """What there is as a day begins; of events unknown where the first of them were not seen, or more went than came."""
        if self.meter.of == "seats":
            told = books(self.truth)
            paid = seats(told, self.account.name, end - 1) if self.account.name in told.spans else None
            return None if paid is None else Fraction(paid)
        if not self.account.known:
            return None
        gone = self.truth.rule(self.account.name, self.meter.less) if self.meter.less else []
        left = len(self.inside(-FOREVER, end)) - sum(event.day < end for event in gone)
        return Fraction(left) if left >= 0 else None

    def counted(self) -> list[Event] | None:
        """The events behind it, in the months of pricing.months; None: it counts no events."""
        if self.meter.of:
            return None
        told = months(self.truth)
        lived = set(told.lived(self.account, told.asked.months))
        return [event for event in self.events if told.beat.index(event.day) in lived]

    def nameless(self, event: Event) -> bool:
        return not (self.things([event]) if self.meter.measured == "distinct" else event.user)


def allowed(truth: Truth, meter: Meter, plans: Iterable[str], limits: Iterable[Row]) -> int | str | None:
    """What plans allow of it by the month: a number, `unlimited`, or None: unknown."""
    told = {(row["plan"], row["meter"]): row for row in limits}
    name = "seats" if meter.of == "seats" else meter.workflow or meter.rule
    rows = [told.get((plan, name)) for plan in plans]
    said = [(row["limit"] or "").strip().lower() for row in rows if row and fits(meter, row)]
    if not rows or len(said) < len(rows) or "" in said:
        return None
    return "unlimited" if "unlimited" in said else sum(map(int, said))


def fits(meter: Meter, row: Row) -> bool:
    """Whether a limit is counted as the meter is."""
    kind = row.get("kind") or ("stock" if row["meter"] == "seats" else "flow")
    if kind == "stock":
        return meter.kind == "stock"
    return meter.measured == "count" and (row.get("per") or "month") == "month"
