"""revenue.unit_economics: small arithmetic on what customers pay and cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.days import day_of, number
from oracle.numbers import survival
from oracle.paying import UNIT, away
from oracle.revenue import CENT, Line, cents, shown
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row, canonical

MONTH = Fraction(304375, 10_000)
COSTS = ("sales_and_marketing", "cogs")
Spent = dict[str, int | None]


def spent(line: Line) -> dict[tuple[int, str | None], Spent]:
    """(first day of the month, currency of the report) → what it cost; None: unknown."""
    source, found = line.truth.definition.sources.costs, dict[tuple[int, str | None], Spent]()
    rows = [cost(line, row) for row in canonical(line.truth.world.costs or [], source)] if source else []
    begun = {currency: min(month for month, other, _ in rows if other == currency) for _, currency, _ in rows}
    foreign = {currency for currency, month in begun.items() if currency != line.books.told.currency and line.books.rate(currency, month) is not None}
    placed = [(month, line.books.told.currency if currency in foreign else currency, currency, amounts) for month, currency, amounts in rows]
    strange = {month for month, into, _, _ in placed if into not in line.currencies}
    for month, into, currency, amounts in placed:
        rate = (line.books.rate(currency, month) if currency in foreign else None) or Fraction(1)
        total = found.setdefault((month, into), dict.fromkeys(COSTS, 0))
        for name, amount in amounts.items():
            so_far = total[name]
            total[name] = None if so_far is None or amount is None or month in strange else so_far + away(amount * rate)
    return found


def cost(line: Line, row: Row) -> tuple[int, str | None, Spent]:
    """What names no currency is in the one of the report, or in the only one."""
    only = next(iter(line.currencies)) if len(line.currencies) == 1 else None
    amounts = {name: None if row[name] is None else away(Fraction(row[name] or 0) * UNIT) for name in COSTS}
    return number(date.fromisoformat(f"{row['month']}-01")), row["currency"] or line.books.told.currency or only, amounts


def spells(line: Line) -> Iterator[tuple[int, bool]]:
    """How long each spell of paying lasted, and whether it is over."""
    for name in line.names:
        since = None
        for day, amounts in line.books.levels[name]:
            if amounts and since is None:
                since = day
            elif not amounts and since is not None:
                yield day - since, True
                since = None
        if since is not None:
            yield line.truth.today - since, False


def lifetime(line: Line, horizon: int) -> tuple[Fraction, Fraction] | None:
    """The area under the curve in months, and up to where."""
    waits = list(spells(line))
    if not waits:
        return None
    end = min(horizon * MONTH, Fraction(max(wait for wait, _ in waits)))
    area, at, left = Fraction(0), Fraction(0), Fraction(1)
    for time, after in [*((time, after) for time, after in survival(waits) if time < end), (end, Fraction(0))]:
        area, at, left = area + left * (time - at), Fraction(time), after
    return area / MONTH, end / MONTH


def endless(line: Line, index: int) -> tuple[Fraction, None] | None:
    """As many months as accounts paid on the eve for each of them that no longer pays on the month's last day."""
    first, after = line.first(index), line.first(index + 1)
    there = [name for name in line.names if line.books.raw(name, first - 1)]
    gone = sum(not line.books.raw(name, after - 1) for name in there)
    return (Fraction(len(there), gone), None) if gone else None


def unit_economics(truth: Truth, accounts: Sequence[Account], periods: int = 13, horizon: int = 36, lifetime_by: str = "survival") -> Rows:
    line = Line(truth, accounts, "month", periods)
    complete = max(index for index in range(line.running - 3, line.running + 1) if truth.over(line.first(index + 1)))
    costs, lasts = spent(line), lifetime(line, horizon) if lifetime_by == "survival" else endless(line, complete)
    return [
        row(line, index, currency, costs.get((line.first(index), currency), {}), lasts if index == complete else None)
        for currency in line.currencies for index in line.told(line.began)
    ]  # fmt: skip


def row(line: Line, index: int, currency: str | None, costs: Spent, lasts: tuple[Fraction, Fraction | None] | None) -> dict[str, Any]:
    days = range(line.first(index), line.last(index) + 1)
    revenue = away(Fraction(sum(sum(line.level(day, currency).values()) for day in days), len(days)))
    paid = line.level(days[-1], currency)
    came = [(move.account, move.kinds["new"]) for move in line.moves if move.currency == currency and move.day in days and move.kinds["new"]]
    customers, new = len({account for account, _ in came}), sum(amount for _, amount in came)
    spend, cogs = (None if line.first(index + 1) > line.truth.today else costs.get(name) for name in COSTS)
    arpa = away(Fraction(sum(paid.values()), len(paid))) if paid else None
    cac = away(Fraction(spend, customers)) if spend is not None and customers else None
    margin = Fraction(revenue - cogs, revenue) if cogs is not None and revenue else None
    value = away(arpa * margin * lasts[0]) if arpa is not None and margin is not None and lasts else None
    gross = away(arpa * lasts[0]) if arpa is not None and lasts else None
    return {
        "period": day_of(line.first(index)), "currency": currency, "margin": told(margin), "lifetime_value": money(value), "lifetime_revenue": money(gross), "cac": mean(spend, customers),
        "value_to_cac": value / cac if value is not None and cac else None,
        "payback": float(spend / (new * margin)) if spend is not None and margin is not None and margin > 0 and new else None,
        "arpa": mean(sum(paid.values()), len(paid)), "lifetime": told(lasts[0]) if lasts else None, "watched": told(lasts[1]) if lasts else None, "revenue": money(revenue),
        "cogs": money(cogs), "spend": money(spend), "customers": customers, "new": money(new), "status": line.status(index),
    }  # fmt: skip


def told(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def money(amount: int | None) -> Any:
    return None if amount is None else shown(cents(amount))


def mean(amount: int | None, number: int) -> Any:
    """To the cent, rounded once."""
    return shown(away(Fraction(amount, CENT * number))) if amount is not None and number else None


TABLES = {"revenue.unit_economics": unit_economics}
