"""What each account used of each unit, beside what it paid, got and became: that which pricing.candidate_tests measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any

from oracle.metered import Gauge, months
from oracle.star import Star
from oracle.truth import Account, Truth
from oracle.world import Event
from saasmetrics.definitions.pricing import Meter


@dataclass(frozen=True)
class Base:
    """Of one account and unit; usual amounts are means of the last months that are known."""

    quantity: Fraction | None = None
    mrr: Fraction | None = None
    size: Fraction | None = None
    star: Fraction | None = None
    cv: float | None = None
    pairs: tuple[tuple[Fraction, Fraction], ...] = ()
    before: Fraction | None = None  # at the landmark, of who had MRR then
    kept: bool = False
    growth: Fraction | None = None
    expanded: bool = False
    events: Sequence[Event] | None = None
    nameless: int = 0
    service: int = 0


class Looking:
    """One account, and how much of one unit it used in which month."""

    def __init__(self, truth: Truth, account: Account, meter: Meter) -> None:
        self.truth, self.account, self.meter, self.told = truth, account, meter, months(truth)
        self.gauge = Gauge(truth, account, meter)
        lived = self.told.lived(account, max(self.told.asked.months, 2 * self.told.asked.horizon + 1))
        self.all = {index: self.gauge.quantity(index) for index in lived}
        paid = [index for index in lived if index > self.told.last - self.told.asked.months and self.told.pays(account, index)]
        self.known = {index: found for index in paid if (found := self.all[index]) is not None}

    def base(self) -> Base:
        recent = [index for index in self.known if index > self.told.last - self.told.asked.recent]
        events = self.gauge.counted()
        usual: dict[str, Any] = {} if not recent else {
            "quantity": mean([self.known[index] for index in recent]), "mrr": self.mrr(recent), "size": mean([self.size(index) for index in recent]),
            "star": self.star(recent),
        }  # fmt: skip
        return Base(
            **usual, cv=self.cv(), pairs=tuple((self.known[index - 1], now) for index, now in self.known.items() if index - 1 in self.known),
            **self.landmark(), events=events, nameless=sum(map(self.gauge.nameless, events or ())),
            service=sum(event.user is not None and not self.truth.person(event) for event in events or ()),
        )  # fmt: skip

    def mrr(self, recent: Sequence[int]) -> Fraction | None:
        found = [self.paid(index) for index in recent]
        return None if None in found else mean([Fraction(one) for one in found if one])

    def paid(self, index: int) -> int | None:
        """In the currency of most, and in no other."""
        paid = self.told.at_end(self.account, index)
        return paid.get(self.told.currency) if len(paid) == 1 else None

    def size(self, index: int) -> Fraction:
        """People at work, for a meter of people the work itself."""
        flows = None if self.meter.of == "users" else self.truth.definition.workflows
        done = [event for event in self.truth.successes(self.account.name, flows) if self.told.beat.index(event.day) == index]
        return Fraction(len(done) if flows is None else len({event.user for event in done if self.truth.person(event)}))

    def star(self, recent: Sequence[int]) -> Fraction | None:
        star = self.truth.definition.star()
        same = {"count": "count", "value": "sum"}.get(star.measure) == self.meter.measured and star.workflow == self.meter.workflow
        if same:
            return None
        done = [one for one in Star(self.truth, "month").done(self.account.name) if not one.undone and self.told.beat.index(one.day) in recent]
        return Fraction(sum(one.value for one in done) if star.measure == "value" else len(done)) / len(recent)

    def cv(self) -> float | None:
        values = list(self.known.values())
        if len(values) < 3 or not any(values):
            return None
        middle = mean(values)
        return sqrt(sum((one - middle) ** 2 for one in values) / (len(values) - 1) / middle**2)

    def landmark(self) -> dict[str, Any]:
        at = self.told.last - self.told.asked.horizon
        before, now = (self.told.at_end(self.account, index) for index in (at, self.told.last))
        found: dict[str, Any] = {"before": self.all.get(at), "kept": bool(now)} if before else {}
        then, first = self.all.get(at), self.all.get(at - self.told.asked.horizon)
        paid = self.paid(at), self.paid(self.told.last)
        if then is not None and first and first > 0 and paid[0] and paid[1]:
            found |= {"growth": then / first, "expanded": paid[1] > paid[0]}
        return found


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
