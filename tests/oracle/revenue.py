"""revenue.mrr, movements and retention: sums over what each account pays."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import fsum
from typing import Any

from oracle.days import day_of
from oracle.numbers import share
from oracle.paying import FOREVER, KINDS, UNIT, Amounts, Books, away
from oracle.split import Rows
from oracle.truth import Account, Truth

CENT = UNIT // 100
LOST = ("contraction", "churn")
GAINED = ("new", "expansion", "reactivation")


def cents(amount: int) -> int:
    return away(Fraction(amount, CENT))


def shown(number: int) -> Decimal:
    """Cents as an amount."""
    return Decimal(number).scaleb(-2)


def ratio(part: int, whole: int) -> float | None:
    return float(Fraction(part, whole)) if whole else None


@lru_cache(maxsize=2)
def books(truth: Truth) -> Books:
    return Books(truth)


class Line:
    """The periods up to the running one, and whether they are settled."""

    def __init__(self, truth: Truth, accounts: Sequence[Account], period: str, periods: int) -> None:
        self.truth, self.period, self.books = truth, period, books(truth)
        self.names = {account.name for account in accounts} & set(self.books.levels)
        self.moves = [move for move in self.books.moves if move.account in self.names]
        self.currencies = {move.currency for move in self.moves}
        self.running = truth.calendar.index(truth.today - 1, period)
        self.shown = range(self.running - periods + 1, self.running + 1)

    def first(self, index: int) -> int:
        return self.truth.calendar.first(index, self.period)

    def last(self, index: int) -> int:
        """Its last day before T."""
        return min(self.first(index + 1), self.truth.today) - 1

    def told(self, first: int) -> list[int]:
        """The periods that end after that day."""
        return [index for index in self.shown if self.first(index + 1) > first]

    @property
    def began(self) -> int:
        """The day on which anything first moved, in whatever segment."""
        return min((move.day for move in self.books.moves), default=FOREVER)

    @property
    def subscribed(self) -> int:
        """The first day of any subscription, also of one that costs nothing."""
        return min((span.start for spans in self.books.spans.values() for span in spans), default=FOREVER)

    @property
    def paid_in(self) -> set[str | None]:
        """The currencies in which anybody ever paid."""
        found = {currency for name in self.names for _, amounts in self.books.levels[name] for currency in amounts}
        return {self.books.told.currency if currency in self.books.converted else currency for currency in found}

    def status(self, index: int) -> str:
        end = self.first(index + 1) + self.books.told.gap_grace
        return "final" if self.truth.over(end) else "provisional"

    def level(self, day: int, currency: str | None, at: int | None = None) -> dict[str, int]:
        """Account → what it pays after that day, those that pay; at the rates of that day or of another."""
        found = {account: self.books.worth(self.books.raw(account, day), day if at is None else at).get(currency, 0) for account in self.names}
        return {account: amount for account, amount in found.items() if amount}


def mrr(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 13) -> Rows:
    line = Line(truth, accounts, period, periods)
    return [mrr_row(line, index, currency) for currency in line.currencies for index in line.told(line.began)]


def mrr_row(line: Line, index: int, currency: str | None) -> dict[str, Any]:
    paid = line.level(line.last(index), currency)
    now, before = sum(paid.values()), sum(line.level(line.first(index) - 1, currency).values())
    return {
        "period": day_of(line.first(index)), "currency": currency, "mrr": shown(cents(now)), "arr": shown(cents(12 * now)), "paying": len(paid),
        "arpa": shown(away(Fraction(now, CENT * len(paid)))) if paid else None, "change": shown(cents(now) - cents(before)),
        "growth": ratio(now - before, before), "committed": shown(cents(open_ended(line, currency))) if index == line.running else None,
        "status": line.status(index),
    }  # fmt: skip


def open_ended(line: Line, currency: str | None) -> int:
    """What comes from subscriptions without an end date."""
    total = 0
    for name in line.names:
        amounts: Amounts = {}
        for span in line.books.spans[name]:
            if span.stop == FOREVER:
                amounts[span.currency] = amounts.get(span.currency, 0) + span.amount
        total += line.books.worth(amounts, line.truth.today - 1).get(currency, 0)
    return total


def movements(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 13, intra_period: str = "show", churn_formula: str = "start") -> Rows:
    line = Line(truth, accounts, period, periods)
    return [movements_row(line, index, currency, intra_period) | (churned_by_day(line, index, currency) if churn_formula == "daily" else {}) for currency in line.currencies for index in line.told(line.began)]


def movements_row(line: Line, index: int, currency: str | None, how: str) -> dict[str, Any]:
    first, last = line.first(index), line.last(index)
    before, after = line.level(first - 1, currency), line.level(last, currency)
    done = {account: kinds for account in line.names if (kinds := moved(line, account, currency, first, last, how, (before, after)))}
    sums = {kind: sum(kinds[kind] for kinds in done.values()) for kind in KINDS}
    start, told, end = add_up(sum(before.values()), sums, KINDS)
    gained, lost = (sum(sums[kind] for kind in kinds) for kinds in (GAINED, LOST))
    counts = zip(("came", "grew", "shrank", "left", "returned"), KINDS, strict=False)
    return {
        "period": day_of(first), "currency": currency, "start": shown(start), **{kind: shown(amount) for kind, amount in told.items()}, "end": shown(end),
        "net": shown(sum(told[kind] for kind in GAINED) - sum(told[kind] for kind in LOST)), "quick_ratio": gained / lost if lost else None, "quick": quick(gained, lost),
        **churned(sums, sum(before.values())),
        **{name: sum(kinds[kind] > 0 for kinds in done.values()) for name, kind in counts}, "status": line.status(index),
    }  # fmt: skip


def churned(sums: dict[str, int], start: int) -> dict[str, float | None]:
    lost = sum(sums[kind] for kind in LOST)
    return {"gross_churn": ratio(lost, start), "net_churn": ratio(lost - sums["expansion"] - sums["reactivation"], start)}


def churned_by_day(line: Line, index: int, currency: str | None) -> dict[str, float | None]:
    """The rates of all days of the period that begin with anything, added up."""
    found = []
    for day in range(line.first(index), line.last(index) + 1):
        sums = {kind: sum(move.kinds[kind] for move in line.moves if (move.currency, move.day) == (currency, day)) for kind in KINDS}
        found.append(churned(sums, sum(line.level(day - 1, currency).values())))
    known = [rates for rates in found if rates["gross_churn"] is not None]
    return {name: fsum(rates[name] or 0 for rates in known) if known else None for name in ("gross_churn", "net_churn")}


def add_up(start: int, sums: dict[str, int], order: Sequence[str]) -> tuple[int, dict[str, int], int]:
    """In cents: each kind is what it makes of the rounded sum, one after the other."""
    told, at = {}, start
    for kind in order:
        sign = -1 if kind in LOST else 1
        told[kind] = sign * (cents(at + sign * sums[kind]) - cents(at))
        at += sign * sums[kind]
    return cents(start), told, cents(at)


def quick(gained: int, lost: int) -> str:
    if not lost:
        return "nothing lost" if gained else "nothing moved"
    return "grows" if gained > lost else "shrinks" if gained < lost else "even"


def moved(line: Line, account: str, currency: str | None, first: int, last: int, how: str, levels: tuple[dict[str, int], dict[str, int]]) -> dict[str, int]:
    """Kind → how much, of one account in one currency."""
    moves = [move for move in line.moves if move.account == account and move.currency == currency and first <= move.day <= last]
    sums = {kind: sum(move.kinds[kind] for move in moves) for kind in KINDS}
    start, end = (level.get(account, 0) for level in levels)
    if how == "show" or not moves:
        return sums if moves else {}
    if not start and not end:
        return {}
    if how == "ignore":
        return sums
    change = sum(sums[kind] for kind in GAINED) - sum(sums[kind] for kind in LOST)
    began = next((kind for move in moves for kind in ("new", "reactivation") if move.kinds[kind]), "expansion")
    ended = next((kind for move in reversed(moves) for kind in LOST if move.kinds[kind]), "contraction")
    kind = (began if not start else "expansion") if change > 0 else (ended if not end else "contraction")
    return {**dict.fromkeys(KINDS, 0), "fx": sums["fx"], kind: abs(change)}


def retention_row(line: Line, index: int, window: int, currency: str | None, min_base: int, mends: bool) -> dict[str, Any]:
    first, last = line.first(index - window + 1), line.last(index)
    before, after = (line.level(day, currency, first - 1) for day in (first - 1, last))
    base = [(paid, after.get(account, 0)) for account, paid in before.items()]
    known, status = first > line.subscribed, line.status(index)
    status = "unknown" if not known else "insufficient" if status == "final" and len(base) < min_base else status
    return {
        "period": day_of(line.first(index)), "window": window, "currency": currency, **kept(base, came_back(line, after, first), mends, known),
        "left": sum(not end for _, end in base) if known else None, "status": status,
    }  # fmt: skip


def came_back(line: Line, after: dict[str, int], first: int) -> int:
    """What accounts pay that had paid before, but not on the eve."""
    def paid(account: str, until: int) -> bool:
        return any(amounts and day < until for day, amounts in line.books.levels[account])

    return sum(amount for account, amount in after.items() if not line.books.raw(account, first - 1) and paid(account, first))


def kept(base: Sequence[tuple[int, int]], back: int, mends: bool, known: bool) -> dict[str, Any]:
    """What became of the revenue of these accounts: (at the start, at the end)."""
    start, end = (sum(pair[n] for pair in base) for n in (0, 1))
    sums = {
        "expansion": sum(max(after - paid, 0) for paid, after in base), "contraction": sum(max(paid - after, 0) for paid, after in base if after),
        "churn": sum(paid for paid, after in base if not after),
    }  # fmt: skip
    opening, told, closing = add_up(start, sums, tuple(sums))
    lost, last = sums["contraction"] + sums["churn"], end + back if mends else end
    found = {
        "grr": share(start - lost, start), "nrr": ratio(last, start), "accounts": len(base), "start": shown(opening), **{kind: shown(amount) for kind, amount in told.items()},
        "end": shown(closing), "reactivation": shown(cents(back)), "lost": share(lost, start), "net_lost": ratio(start - last, start),
    }  # fmt: skip
    return found if known else dict.fromkeys(found)


TABLES = {"revenue.mrr": mrr, "revenue.movements": movements}
