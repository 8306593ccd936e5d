"""Random histories of subscriptions: overlaps, gaps, changes on one day, several at once, currencies, ends at T, odd accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from oracle.days import Calendar, day_of, number, written
from oracle.world import Row, World
from oracle.worlds import IDS, LATE, WEEKDAYS, ZONES
from oracle.writing import write_tables
from saasmetrics.definitions.read import Loaded

AS_OF = (date(2026, 3, 1), date(2026, 3, 30), date(2026, 4, 2), date(2026, 1, 1), date(2026, 7, 2), date(2028, 3, 1), date(2026, 6, 10))
HEADS = {
    "events": ("event_id", "account_id", "user_id", "timestamp", "event"),
    "accounts": ("account_id", "created_at", "plan"),
    "subscriptions": (
        "account_id", "start_date", "end_date", "mrr", "currency", "seats", "plan", "renewal_date", "cancelled_at", "subscription_kind", "amount_interval",
        "contract_term", "mrr_discount",
    ),
    "rates": ("currency", "valid_from", "rate"),
    "costs": ("month", "spend", "cogs", "currency"),
}  # fmt: skip
AMOUNTS = ("100.00", "100.00", "50", "0.05", "19.99", "0", "33.3333", "1000.01")
BACK = (0, 1, 2, 27, 28, 29, 30, 31, 32, 58, 59, 60, 61, 89, 90, 91, 150, 365, 366, 400)


@dataclass(frozen=True)
class Case:
    """A world, its definition, and T."""

    world: World
    blocks: dict[str, Any]
    as_of: date


@st.composite
def payers(draw: st.DrawFn) -> Case:
    return made(draw(st.randoms(use_true_random=False)))


def made(chance: Random) -> Case:
    today = chance.choice(AS_OF)
    blocks = definition(chance)
    calendar = Calendar(blocks["timezone"], blocks["week_starts"])
    names = chance.sample(sorted(set(IDS)), chance.randint(1, 6))
    spans = [row for name in [*names, "unknown"] for row in history(chance, name, number(today))]
    accounts = [{"account_id": name, "created_at": written(calendar.midnight(number(today) - chance.choice((-1, 0, 1, 100, 500))) - chance.choice((0, 1))),
                 "plan": chance.choice(("pro", "pro", "team", None, "internal"))} for name in names if chance.random() < 0.9]  # fmt: skip
    events = [event(n, chance.choice(names), calendar.midnight(number(today) - chance.choice(BACK)) - chance.choice((0, 1))) for n in range(chance.randint(0, 10))]
    rates = [rate(currency, day_of(number(today) - ago), chance.choice(("0.9215", "0.5", "1.1", "0.333333333333")))
             for currency, ago in sorted({(chance.choice(("USD", "GBP")), chance.choice(BACK)) for _ in range(chance.randint(0, 6))})]  # fmt: skip
    world = World(events, accounts if chance.random() < 0.9 else None, subscriptions=spans, rates=rates if chance.random() < 0.6 and blocks["revenue"].get("currency") else None)
    return Case(replace(world, costs=costs(chance, today) if chance.random() < 0.7 else None), blocks, today)


def costs(chance: Random, today: date) -> list[Row]:
    """Of each month and currency at most one row."""
    months = {str(day_of(number(today) - ago))[:7] for ago in BACK if chance.random() < 0.7}
    named = chance.choice(((None,), ("EUR",), ("EUR", "USD"), ("EUR", "GBP", None)))
    return [
        {"month": month, "spend": chance.choice(("100", "33.3333", "0", None)), "cogs": chance.choice(("10", "19.99", "5000", "0", None)), "currency": currency}
        for month in sorted(months) for currency in named if chance.random() < 0.8
    ]  # fmt: skip


def event(n: int, name: str, at: int) -> Row:
    return {"event_id": f"e{n}", "account_id": name, "user_id": "u1", "timestamp": written(at), "event": "posted"}


def rate(currency: str, day: date, worth: str) -> Row:
    return {"currency": currency, "valid_from": str(day), "rate": worth}


def definition(chance: Random) -> dict[str, Any]:
    revenue = {
        "currency": chance.choice((None, "EUR", "EUR")), "churn_recognition": chance.choice(("end", "end", "cancelled")),
        "gap_grace": chance.choice(("0d", "0d", "1d", "30d")), "trials": chance.choice((None, "include")), "on_hold": chance.choice((None, "include")), "past_due": chance.choice((None, "exclude")), "usage": chance.choice((None, None, "exclude")), "discounts": chance.choice((None, "ignore")),
    }  # fmt: skip
    return {
        "version": 1, "timezone": chance.choice(ZONES), "week_starts": chance.choice(WEEKDAYS), "late_after": chance.choice(LATE),
        "internal": {"accounts": {"plan": "internal"}}, "workflows": {"billing": {"core": True, "cadence": "week", "success": "posted"}},
        "revenue": {name: value for name, value in revenue.items() if value is not None},
    }  # fmt: skip


def history(chance: Random, name: str, today: int) -> list[Row]:
    """Spans one after the other, most often: from where the last one ended, after a gap, or over it."""
    rows, at = [], today - chance.choice(BACK) - chance.choice((0, 0, 1, 100))
    currencies = chance.choice((("EUR",), ("EUR",), ("EUR", "USD"), ("EUR", "USD", "GBP", None), ("USD",)))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        end = at + chance.choice((0, 1, 5, 28, 30, 31, 60, 90, 365))
        end = chance.choice((end, end, end, today, today - 1, today + 1))
        stop = None if chance.random() < 0.2 else max(end, at)
        rows.append(like(chance, rows, span(chance, name, at, stop, chance.choice(currencies))))
        at = max(end, at) + chance.choice((0, 0, 0, 1, 2, 29, 30, 31, -1, -10))
    return rows


def like(chance: Random, rows: list[Row], row: Row) -> Row:
    """As often as not the subscription before it, but for one or two things."""
    changed = chance.sample(("mrr", "seats", "plan", "currency", "subscription_kind"), chance.randint(1, 2))
    kept = ("start_date", "end_date", *changed)
    return {**rows[-1], **{name: row[name] for name in kept}} if rows and chance.random() < 0.5 else row


def span(chance: Random, name: str, start: int, stop: int | None, currency: str | None) -> Row:
    cancelled = start + chance.choice((0, 1, 10, 30)) if chance.random() < 0.2 else None
    return {
        "account_id": name, "start_date": str(day_of(start)), "end_date": None if stop is None else str(day_of(stop)), "mrr": chance.choice(AMOUNTS), "currency": currency,
        "seats": chance.choice(("1", "3", "10", "10", "0", None)), "plan": chance.choice(("pro", "pro", "team", None)), "renewal_date": renewal(chance, start, stop),
        "cancelled_at": None if cancelled is None else str(day_of(cancelled)),
        "subscription_kind": chance.choice((None, None, None, "recurring", "usage", "module", "trial", "one_time", "on_hold", "past_due")),
        "amount_interval": chance.choice((None, None, None, "month", "quarter", "half-year", "year", "7")), "contract_term": chance.choice((None, None, None, "month", "quarter", "year", "5")),
        "mrr_discount": chance.choice((None, None, None, "0.01", "10", "100")),
    }  # fmt: skip


def renewal(chance: Random, start: int, stop: int | None) -> str | None:
    """Mostly unknown; on the edges of the span, or in a month that is too short for its day."""
    return chance.choice((None, None, None, *(str(day_of(day)) for day in (start, start + 1, start + 31, stop or start + 365, (stop or start) + 30))))


@contextmanager
def written_out(case: Case) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), case)


def write(folder: Path, case: Case) -> Loaded:
    return write_tables(folder, HEADS, vars(case.world), case.blocks, {})


def plain(case: Case, **revenue: Any) -> Case:
    return replace(case, blocks={**case.blocks, "revenue": {**case.blocks["revenue"], **revenue}})
