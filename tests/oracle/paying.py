"""What each account pays on each day, and what moved it: whole ten-thousandths, one day at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property

from oracle.days import day_of, number
from oracle.truth import Truth
from oracle.world import Row, canonical, instant

UNIT, FOREVER = 10_000, 10**9
KINDS = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
Amounts = dict[str | None, int]


@dataclass(frozen=True)
class Span:
    """A paid span: its first day, the first day no longer covered, the amount of a month."""

    start: int
    stop: int
    amount: int
    currency: str | None
    row: Row


@dataclass
class Move:
    """What one account did in one currency on one day."""

    account: str
    currency: str | None
    day: int
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))


def away(value: Fraction) -> int:
    """Rounded half away from zero."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


class Books:
    """The recurring revenue of the accounts that count, as of T."""

    def __init__(self, truth: Truth) -> None:
        self.truth, self.told = truth, truth.definition.revenue
        self.rates = self._rates()
        self.until: dict[str | None, int] = defaultdict(int)  # the first day that no subscription covers any more, cancelled or not
        self.renews: dict[str | None, list[int]] = defaultdict(list)  # of the subscriptions that cover T, cancelled or not
        self.spans = self._spans()
        self.levels = {name: self._levels(name) for name in sorted(self.spans)}
        self.moves = [move for name in self.levels for move in self._moves(name)]

    def day(self, text: str | None) -> int | None:
        if not text:
            return None
        at = instant(text) if "T" in text else None
        return number(date.fromisoformat(text)) if at is None else self.truth.calendar.local(at)

    def month(self, day: int) -> int:
        """The first day of its month."""
        return number(day_of(day).replace(day=1))

    def _rates(self) -> dict[str | None, list[tuple[int, Fraction]]]:
        source, found = self.truth.definition.sources.rates, defaultdict(list)
        for row in canonical(self.truth.world.rates or [], source) if source else []:
            day = self.day(row["from"])
            if day is not None and day < self.truth.today:
                found[row["currency"]].append((day, Fraction(row["rate"] or 0)))
        return {name: sorted(days) for name, days in found.items()}

    def _spans(self) -> dict[str, list[Span]]:
        found = defaultdict(list)
        for row in self.truth.contracts:
            span = self._span(row)
            if span and row["account"] in self.truth.accounts:
                found[row["account"]].append(span)
        return found

    def _span(self, row: Row) -> Span | None:
        """None: it is no recurring revenue, or began at T or later."""
        kind = row.get("kind") or "recurring"
        if {"one_time": "exclude", "trial": self.told.trials, "on_hold": self.told.on_hold, "past_due": self.told.past_due, "usage": self.told.usage}.get(kind) == "exclude":
            return None
        start, end, cancelled = self.day(row["start"]), self.day(row["end"]), self.day(row.get("cancelled"))
        assert start is not None
        ends = [end, cancelled if self.told.churn_recognition == "cancelled" else None]
        stop = min((day for day in ends if day is not None), default=FOREVER)
        amount, off = Decimal(row["mrr"] or 0), Decimal(row.get("discount") or 0)
        if self.told.discounts == "subtract":
            if off > amount:
                return None
            amount -= off
        if start < min(FOREVER if end is None else end, self.truth.today):
            self.until[row["account"]] = max(self.until[row["account"]], FOREVER if end is None else end)
            renews = self.day(row["renews"])
            if renews is not None and self.truth.today <= min(renews, FOREVER if end is None else end):
                self.renews[row["account"]].append(renews)
        if start >= stop or start >= self.truth.today or end is not None and end < start:
            return None
        return Span(start, stop, away(Fraction(amount) * UNIT / length(row.get("interval"), 1)), row["currency"] or self.told.currency, row)

    def sums(self, account: str, day: int) -> Amounts:
        """Currency → what it pays after that day, before conversion."""
        found: Amounts = defaultdict(int)
        for span in self.spans[account]:
            if span.start <= day < span.stop and span.amount:
                found[span.currency] += span.amount
        return dict(found)

    def _levels(self, account: str) -> list[tuple[int, Amounts]]:
        """(day, what it pays from then on) at each change before T; short gaps are filled with the amount before them."""
        edges = sorted({day for span in self.spans[account] for day in (span.start, span.stop) if day < self.truth.today})
        levels = [(day, self.sums(account, day)) for day in edges]
        for n, (day, amounts) in enumerate(levels):
            after = next((later for later, paid in levels[n:] if paid), None)
            if not amounts and n and after is not None and after - day <= self.told.gap_grace and not self.covered(account, day, after):
                levels[n] = day, levels[n - 1][1]
        return levels

    def covered(self, account: str, first: int, end: int) -> bool:
        """Whether any subscription, even one that costs nothing, runs on one of these days."""
        return any(span.start < end and span.stop > first for span in self.spans[account])

    def raw(self, account: str, day: int) -> Amounts:
        """What it pays after that day, short gaps filled."""
        return next((amounts for since, amounts in reversed(self.levels.get(account, [])) if since <= day), {})

    @cache  # noqa: B019 (a test's book does not live long)
    def rate(self, currency: str | None, month: int) -> Fraction | None:
        """In force on the first day of the month."""
        return next((rate for day, rate in reversed(self.rates.get(currency, [])) if day <= month), None)

    @cached_property
    def converted(self) -> set[str | None]:
        """Foreign currencies with a rate in every month from the first amount on; the others stand apart throughout."""
        first: dict[str | None, int] = {}
        for span in (span for spans in self.spans.values() for span in spans if span.amount):
            first[span.currency] = min(span.start, first.get(span.currency, FOREVER))
        return {name for name, day in first.items() if name != self.told.currency and self.rate(name, self.month(day)) is not None}

    def worth(self, amounts: Amounts, day: int) -> Amounts:
        """At the rate of the month of that day; what has no rate stays what it is."""
        found: Amounts = defaultdict(int)
        for currency, amount in amounts.items():
            rate = self.rate(currency, self.month(day)) if currency in self.converted else None
            found[currency if rate is None else self.told.currency] += amount if rate is None else away(amount * rate)
        return found

    def _moves(self, account: str) -> list[Move]:
        levels, found, ever = dict(self.levels[account]), [], False
        if not levels:
            return []
        turns = {self.month(day) for day in range(min(levels), self.truth.today)} if self.rates else set()
        before: Amounts = {}
        for day in sorted({*levels, *(turn for turn in turns if turn > min(levels))}):
            after = levels.get(day, before)
            found += self._of_day(account, day, before, after, ever)
            ever, before = ever or bool(after), after
        return found

    def _of_day(self, account: str, day: int, before: Amounts, after: Amounts, ever: bool) -> list[Move]:
        old, now, then = self.worth(before, day - 1), self.worth(before, day), self.worth(after, day)
        more = "expansion" if before else "reactivation" if ever else "new"
        less = "contraction" if after else "churn"
        found = []
        for currency in {*old, *now, *then}:
            change, fx = then.get(currency, 0) - now.get(currency, 0), now.get(currency, 0) - old.get(currency, 0)
            move = Move(account, currency, day)
            move.kinds["fx"], move.kinds[more if change > 0 else less] = fx, abs(change)
            found += [move] if change or fx else []
        return found


def length(text: str | None, default: int) -> int:
    """Months of an interval in words or as a number."""
    return MONTHS.get(text) or int(text) if text else default
