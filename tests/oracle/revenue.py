"""revenue.mrr and movements: sums over what each account pays."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from oracle.days import day_of
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


def percent(part: int, whole: int) -> float | None:
    return float(Fraction(100 * part, whole)) if whole else None


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

    def told(self) -> list[int]:
        """From the first period in which anything moved."""
        first = min((move.day for move in self.moves), default=FOREVER)
        return [index for index in self.shown if self.first(index + 1) > first]

    def status(self, index: int) -> str:
        end = self.first(index + 1) + self.books.told.gap_grace
        return "final" if self.truth.over(end) else "provisional"

    def level(self, day: int, currency: str | None) -> dict[str, int]:
        """Account → what it pays after that day, those that pay."""
        found = {account: self.books.value(account, day).get(currency, 0) for account in self.names}
        return {account: amount for account, amount in found.items() if amount}


def mrr(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 13) -> Rows:
    line = Line(truth, accounts, period, periods)
    return [mrr_row(line, index, currency) for currency in line.currencies for index in line.told()]


def mrr_row(line: Line, index: int, currency: str | None) -> dict[str, Any]:
    paid = line.level(line.last(index), currency)
    now, before = sum(paid.values()), sum(line.level(line.first(index) - 1, currency).values())
    return {
        "period": day_of(line.first(index)), "currency": currency, "mrr": shown(cents(now)), "arr": shown(cents(12 * now)), "paying": len(paid),
        "arpa": shown(away(Fraction(now, CENT * len(paid)))) if paid else None, "change": shown(cents(now) - cents(before)),
        "growth": percent(now - before, before), "committed": shown(cents(open_ended(line, currency))) if index == line.running else None,
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


def movements(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 13, intra_period: str = "show") -> Rows:
    line = Line(truth, accounts, period, periods)
    return [movements_row(line, index, currency, intra_period) for currency in line.currencies for index in line.told()]


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
        **{name: sum(kinds[kind] > 0 for kinds in done.values()) for name, kind in counts}, "status": line.status(index),
    }  # fmt: skip


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


TABLES = {"revenue.mrr": mrr, "revenue.movements": movements}
