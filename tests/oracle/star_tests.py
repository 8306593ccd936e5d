"""value.north_star_tests: does the north star move weekly, go with retention and revenue, and resist being faked?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import atanh, ceil, sqrt, tanh
from statistics import median
from typing import Any

from oracle.beats import Beat, begins, born
from oracle.contracts import contract
from oracle.numbers import Z, share, wilson
from oracle.split import Rows
from oracle.star import Done, Star
from oracle.text import Text
from oracle.truth import Account, Truth
from oracle.world import Event

WEEKS, TAKES = 12, 20
MEASURES = (  # test, measure, at least, at most, how many it takes
    ("moves weekly", "share of the weeks in which the median account did it", 0.5, None, TAKES),
    ("moves weekly", "coefficient of variation of the weekly totals", 0.02, 0.5, WEEKS // 2),
    ("goes with retention", "rank correlation of the amount with staying", 0.0, None, TAKES),
    ("goes with retention", "retention of the highest fifth less that of the lowest", 0.0, None, TAKES),
    ("goes with revenue", "rank correlation of the amount with MRR", 0.0, None, TAKES),
    ("hard to fake", "share of the largest account", None, 0.2, TAKES),
    ("hard to fake", "share of each account's busiest person, pooled", None, 0.8, TAKES),
    ("hard to fake", "share of service users", None, 0.5, TAKES),
    ("hard to fake", "share done to the same thing again in time", None, 0.05, TAKES),
    ("hard to fake", "share taken back in time", None, 0.05, TAKES),
)


@dataclass(frozen=True)
class Measured:
    """A number, its interval and what it stands on; no value: unknown."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


UNKNOWN = Measured(None, 0)


class Told(Text):
    """A reason that begins with the number, to three digits, and names the others; without a number it is in words alone."""

    def __init__(self, value: float | None, others: Sequence[int]) -> None:
        self.value, self.others = value, list(others)

    def fits(self, text: str | None) -> bool:
        found = re.match(r"(-?[\d.]+(?:e-?\d+)?): (.+)", text or "")
        if self.value is None or found is None:
            return bool(text) and self.value is None and found is None
        close = abs(float(found[1]) - self.value) <= 0.0005 + 1e-9
        return close and (not self.others or list(map(int, re.findall(r"\d+", found[2]))) == self.others)

    def __repr__(self) -> str:
        return f"a reason with {self.value}, {self.others}"


def ranks(values: Sequence[Any]) -> list[Fraction]:
    """Equal values have their mean rank."""
    return [1 + sum(other < one for other in values) + Fraction(values.count(one) - 1, 2) for one in values]


def spearman(pairs: Sequence[tuple[Any, Any]]) -> Measured:
    """Fisher's z with the standard error of Bonett & Wright (2000), from five pairs on; a perfect one counts as half a swap short of it."""
    n, (left, right) = len(pairs), (ranks([pair[at] for pair in pairs]) for at in (0, 1))
    mean = Fraction(n + 1, 2)
    across = sum(((x - mean) * (y - mean) for x, y in zip(left, right, strict=True)), Fraction(0))
    own = sum(((x - mean) ** 2 for x in left), Fraction(0)) * sum(((y - mean) ** 2 for y in right), Fraction(0))
    if not own:
        return UNKNOWN
    rho = (1 if across > 0 else -1) * sqrt(across**2 / own)
    if n < 5:
        return Measured(rho, n, None, None)
    edge = 1 - 6 / (n**3 - n)  # half a swap of neighbours short of perfect
    inner = max(-edge, min(edge, rho))
    width = Z * sqrt((1 + inner * inner / 2) / (n - 3))
    return Measured(rho, n, min(rho, tanh(atanh(inner) - width)), max(rho, tanh(atanh(inner) + width)))


def newcombe(one: Sequence[bool], other: Sequence[bool]) -> Measured:
    """The difference of two shares: Newcombe (1998), method 10, from the two intervals of Wilson."""
    p, q = sum(one) / len(one), sum(other) / len(other)
    (low, high), (low_, high_) = wilson(sum(one), len(one)), wilson(sum(other), len(other))
    assert low is not None and high is not None and low_ is not None and high_ is not None
    down, up = sqrt((p - low) ** 2 + (high_ - q) ** 2), sqrt((high - p) ** 2 + (q - low_) ** 2)
    return Measured(p - q, len(one) + len(other), p - q - down, p - q + up)


class Tests:
    """The work of every account, once."""

    def __init__(self, truth: Truth, accounts: Sequence[Account], repeat: int) -> None:
        self.truth, self.repeat, self.star = truth, repeat, Star(truth, "week")
        self.names = [account.name for account in accounts]
        self.all = {name: self.star.done(name) for name in self.names}
        self.good = {name: [one for one in found if not one.undone] for name, found in self.all.items()}
        self.raw = {name: truth.rule(name, self.star.flow.success) for name in self.names}
        self.cohort = self.landmark()

    def lately(self, day: int) -> bool:
        return day >= self.truth.today - 7 * WEEKS

    def weeks(self) -> range:
        """The last complete weeks that the export holds as a whole."""
        beat, start = Beat(self.truth, "week"), begins(self.truth)
        whole = [
            index
            for index in range(beat.last - WEEKS + 1, beat.last + 1)
            if start is not None and beat.first(index) >= start
        ]
        return range(whole[0], whole[-1] + 1) if whole else range(0)

    def weekly(self) -> dict[str, list[int]]:
        return {
            name: [index for one in found if (index := self.star.beat.index(one.day)) in self.weeks()]
            for name, found in self.good.items()
        }

    def often(self) -> Measured:
        weeks = {name: [index for index in self.weeks() if self.there(name, index)] for name in self.names}
        hit = [Fraction(len(made), len(weeks[name])) for name, found in self.weekly().items() if (made := {*found} & {*weeks[name]})]
        return Measured(float(median(hit)), len(hit)) if hit else UNKNOWN

    def there(self, name: str, week: int) -> bool:
        """Whether the account was there when the week began."""
        day = born(self.truth, self.truth.accounts[name])
        return day is None or day <= Beat(self.truth, "week").first(week)

    def swing(self) -> Measured:
        """The standard deviation of a sample over the mean."""
        totals = Counter(index for found in self.weekly().values() for index in found)
        n, mean = len(self.weeks()), Fraction(totals.total(), len(self.weeks()) or 1)
        if n < 2 or not mean:
            return UNKNOWN
        return Measured(sqrt(sum((totals[index] - mean) ** 2 for index in self.weeks()) / (n - 1) / mean**2), n)

    def landmark(self) -> dict[str, tuple[int, bool]]:
        """Account → how much it did in the 28 days before the landmark, whether it stayed; none when the export begins later than that."""
        open_ = self.truth.today
        while not self.truth.over(open_):
            open_ -= 1
        at = open_ - 90
        start = begins(self.truth)
        if start is None or start > at - 28:
            return {}
        did = {name: sum(at - 28 <= one.day < at for one in found) for name, found in self.good.items()}
        return {name: (n, self.truth.active_in(name, open_ - 28, open_)) for name, n in did.items() if n}

    def staying(self) -> Measured:
        return spearman(list(self.cohort.values()))

    def gap(self) -> Measured:
        """Fifths by mean rank; unknown when the highest is empty, or holds everybody."""
        fifths: dict[int, list[bool]] = defaultdict(list)
        for rank, (_, stayed) in zip(ranks([n for n, _ in self.cohort.values()]), self.cohort.values(), strict=True):
            fifths[ceil(5 * rank / len(self.cohort))].append(stayed)
        return newcombe(fifths[5], fifths[min(fifths)]) if 5 in fifths and len(fifths) > 1 else UNKNOWN

    def revenue(self) -> Measured:
        """Among those who pay in the currency of most; of equals the first by name."""
        found = {name: contract(self.truth, name) for name in self.names}
        paid = {name: one for name, one in found.items() if one is not None and one.mrr}
        count = Counter(one.currency for one in paid.values())
        most = min(count, key=lambda currency: (-count[currency], currency is None, currency or ""), default=None)
        return spearman(
            [
                (n, paid[name].mrr)
                for name, (n, _) in self.cohort.items()
                if name in paid and paid[name].currency == most
            ]
        )

    def largest(self) -> Measured:
        return part(
            max((len(self.recent(name)) for name in self.names), default=0),
            sum(len(self.recent(name)) for name in self.names),
        )

    def recent(self, name: str) -> list[Done]:
        return [one for one in self.good[name] if self.lately(one.day)]

    def made(self, name: str) -> list[Event]:
        return [event for event in self.raw[name] if self.lately(event.day)]

    def busiest(self) -> Measured:
        people = [Counter(event.user for event in self.made(name) if self.truth.person(event)) for name in self.names]
        return part(sum(max(done.values(), default=0) for done in people), sum(done.total() for done in people))

    def machines(self) -> Measured:
        made = [event for name in self.names for event in self.made(name)]
        if self.truth.definition.sources.users is None:
            return UNKNOWN
        return part(sum(event.user is not None and not self.truth.person(event) for event in made), len(made))

    def again(self) -> Measured:
        entity, repeated, n = self.star.flow.entity, 0, 0
        for name in self.names:
            last: dict[str, int] = {}
            for event in self.raw[name]:
                thing = event.row.get(entity or "")
                if thing is not None:
                    n += self.lately(event.day)
                    repeated += self.lately(event.day) and thing in last and event.day - last[thing] <= self.repeat
                    last[thing] = event.day
        return part(repeated, n)

    def undone(self) -> Measured:
        recent = [one for found in self.all.values() for one in found if self.lately(one.day)]
        return part(sum(one.undone for one in recent), len(recent)) if self.star.star.unless else UNKNOWN


def part(k: int, n: int) -> Measured:
    return Measured(share(k, n), n) if n else UNKNOWN


def verdict(found: Measured, least: float | None, most: float | None, takes: int) -> str:
    """The whole interval within the limit passes, outside of it fails."""
    if found.value is None:
        return "unknown"
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    if found.n < takes:
        return "unclear"
    if (least is None or low >= least) and (most is None or high <= most):
        return "passes"
    return "fails" if least is not None and high < least or most is not None and low > most else "unclear"


def north_star_tests(truth: Truth, accounts: Sequence[Account], repeat_days: int = 30) -> Rows:
    do = Tests(truth, accounts, repeat_days)
    found = [
        do.often(),
        do.swing(),
        do.staying(),
        do.gap(),
        do.revenue(),
        do.largest(),
        do.busiest(),
        do.machines(),
        do.again(),
        do.undone(),
    ]
    return [row(at, *test, one) for at, (test, one) in enumerate(zip(MEASURES, found, strict=True), 1)]


def row(
    position: int, test: str, measure: str, least: float | None, most: float | None, takes: int, found: Measured
) -> dict[str, Any]:
    limit = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
    few = found.value is not None and found.n < takes
    return {
        "measure": measure, "test": test, "value": found.value, "low": found.low, "high": found.high, "limit": limit, "n": found.n,
        "verdict": verdict(found, least, most, takes), "reason": Told(found.value, (found.n, takes) if few else ()), "position": position,
    }  # fmt: skip


TABLES = {"value.north_star_tests": north_star_tests}
