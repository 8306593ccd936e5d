"""Random histories of subscriptions, and what an account pays on each day, told by plain loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import polars as pl

from saasmetrics.clock import Clock, day_number
from saasmetrics.definitions.revenue import Revenue
from saasmetrics.facts.money.billed import billed
from saasmetrics.facts.money.changes import changes
from saasmetrics.facts.money.contracts import SCHEMA
from saasmetrics.facts.money.ledger import ledger
from saasmetrics.facts.money.mrr import mrr
from saasmetrics.facts.money.paying import paying
from saasmetrics.facts.money.rates import rates
from saasmetrics.facts.money.renewals import renewals
from saasmetrics.facts.money.settling import settling

START, DAYS = date(2025, 1, 1), 420
AS_OF = START + timedelta(days=DAYS)
FIRST, END = day_number(START), day_number(AS_OF)
Span = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A definition, as far as these facts ask."""

    revenue: Revenue


@dataclass
class Histories:
    """Subscriptions of many accounts, the conventions, the quoted rates."""

    spans: list[Span]
    revenue: Revenue = field(default_factory=Revenue)
    quotes: list[tuple[str, int, int]] | None = None
    clock: Clock = field(default_factory=lambda: Clock(AS_OF))

    def facts(self) -> dict[str, pl.LazyFrame]:
        """Everything that the rooms of revenue are made of, from the spans on."""
        told: Any = Told(self.revenue)
        rows = [tuple(span.get(name) for name in SCHEMA) for span in self.spans]
        counted = billed(pl.LazyFrame(rows, schema=SCHEMA, orient="row"), told, self.clock).collect().lazy()
        steps = mrr(counted, self.clock).collect().lazy()
        schema = {"currency": pl.String, "day": pl.Int32, "rate": pl.Int64}
        quoted = None if self.quotes is None else pl.LazyFrame(self.quotes, schema=schema, orient="row")
        worth = rates(quoted, steps, told, self.clock).collect().lazy()
        moved = ledger(changes(counted, self.clock), paying(steps), worth, self.clock).collect(engine="streaming").lazy()
        accounts = pl.LazyFrame({"account": sorted({span["account"] for span in self.spans})}, schema={"account": pl.Categorical})
        due = renewals(counted, paying(steps), worth, self.clock)
        return {"billed": counted, "mrr": steps, "rates": worth, "ledger": moved, "accounts": accounts, "renewals": due, "settling": settling(told, self.clock)}


def span(account: str, start: str, end: str | None, amount: str, currency: str | None = "EUR", **more: Any) -> Span:
    """One subscription, as the source gives it."""
    days = {name: None if value is None else day_number(date.fromisoformat(value)) for name, value in (("start", start), ("end", end))}
    return {"account": account, **days, "mrr": int(Decimal(amount) * 10_000), "currency": currency, "kind": "recurring", **more}


def random_histories(seed: int, accounts: int, **conventions: Any) -> Histories:
    """Overlaps, gaps, changes on one day, several subscriptions and currencies, open and future ends, free ones."""
    chance = Random(seed)
    spans = [found for n in range(accounts) for found in _life(f"a{n:03d}", chance)]
    quotes = [(name, FIRST + 17 * at - 40, chance.randrange(10**9, 3 * 10**12)) for name in ("USD", "JPY") for at in range(27)]
    return Histories(spans, Revenue(**conventions), quotes if conventions.get("currency") else None)


def _life(account: str, chance: Random) -> list[Span]:
    days = [chance.randrange(FIRST, END + 30) for _ in range(3)]  # few days: much happens on the same one
    found = []
    for _ in range(chance.randrange(1, 7)):
        start = chance.choice([*days, chance.randrange(FIRST, END)])
        end = chance.choice([None, *(day for day in days if day > start), start + chance.choice((1, 3, 10, 30, 31, 90, 400))])
        found.append({
            "account": account, "start": start, "end": end, "mrr": chance.choice((0, 1, 9_999, 100_000, 333_333, chance.randrange(10**9))),
            "currency": chance.choice(("EUR", "EUR", "EUR", "USD", "JPY", None)), "seats": chance.choice((None, 0, 1, 2, 3, 10)),
            "plan": chance.choice((None, "team", "pro", "pro")), "kind": chance.choice(("recurring", "recurring", "usage", "module")),
            "months": chance.choice((None, 1, 3, 12)), "renews": chance.choice((None, start + chance.randrange(400))), "cancelled": chance.choice((None, start + chance.randrange(60))),
        })  # fmt: skip
    return found


def rate_on(told: Histories, currency: str | None, day: int) -> int | None:
    """The rate in force on the first day of the month; None: as it is, or not converted."""
    if told.quotes is None or currency in (None, told.revenue.currency):
        return None
    first = day_number(date.fromordinal(day + date(1970, 1, 1).toordinal()).replace(day=1))
    held = [(since, rate) for name, since, rate in told.quotes if name == currency and since <= first]
    return max(held)[1] if held else None


def worth(amount: int, rate: int | None) -> int:
    """An amount at a rate, half away from zero."""
    return amount if rate is None else int((Decimal(amount) * rate / 10**12).quantize(Decimal(1), ROUND_HALF_UP))


def paid_on(told: Histories) -> dict[str, list[dict[str | None, int]]]:
    """account → for each day from FIRST to the eve of T: currency → amount as written, by the conventions."""
    found: dict[str, list[dict[str | None, int]]] = {}
    for row in told.spans:
        end = END if row["end"] is None else row["end"]
        if told.revenue.churn_recognition == "cancelled" and row["cancelled"] is not None:
            end = min(end, row["cancelled"])
        days = found.setdefault(row["account"], [{} for _ in range(DAYS)])
        for day in range(row["start"], min(end, END)):
            paid = days[day - FIRST]
            paid[row["currency"]] = paid.get(row["currency"], 0) + row["mrr"]
    for days in found.values():
        _bridge(days, told.revenue.gap_grace)
    return found


def due_on(told: Histories, row: Span) -> set[int]:
    """The days on which a subscription was up for renewal, before its conventions are applied to its end."""
    if row["months"] is None:
        return {row["renews"]} - {None}
    anchor = row["start"] if row["renews"] is None else row["renews"]
    return {_months_later(anchor, turn * row["months"]) for turn in range(-40, 40)}


def _months_later(day: int, months: int) -> int:
    first = date(1970, 1, 1) + timedelta(days=day)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return day_number(date(year, month + 1, min(first.day, (following - timedelta(days=1)).day)))


def _bridge(days: list[dict[str | None, int]], grace: int) -> None:
    paying = [at for at, paid in enumerate(days) if sum(paid.values()) > 0]
    for before, after in zip(paying, paying[1:], strict=False):
        if 0 < after - before - 1 <= grace:
            days[before + 1 : after] = [dict(days[before]) for _ in range(after - before - 1)]
