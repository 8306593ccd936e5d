"""Random worlds of some months: work and subscriptions that begin, grow and end on the edges of months, plans with limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from oracle.days import DAY, Calendar, day_of, number, written
from oracle.world import Row, World
from oracle.worlds import LATE, ZONES
from oracle.writing import write_tables
from saasmetrics.definitions.read import Loaded

HEADS = {
    "events": ("event_id", "account_id", "user_id", "timestamp", "event", "amount", "thing"), "accounts": ("account_id", "created_at", "plan"),
    "users": ("account_id", "user_id", "role"), "subscriptions": ("account_id", "start_date", "end_date", "mrr", "currency", "seats", "plan"),
    "limits": ("plan", "meter", "limit", "kind", "per"),
}  # fmt: skip
COLUMNS = {"limits": {"kind": "kind", "per": "per"}}
AS_OF = (date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3), date(2026, 11, 2), date(2026, 4, 1))
METERS = {
    "posts": {"workflow": "billing"}, "worth": {"workflow": "billing", "measure": "sum"}, "things": {"workflow": "billing", "measure": "distinct"},
    "busiest": {"rule": "bought", "measure": "peak"}, "kept": {"rule": "added", "less": "removed", "measure": "end"}, "people": {"of": "users"},
    "seats": {"of": "seats"}, "bought": {"rule": "bought", "measure": "distinct", "entity": "thing"},
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A world, what its plans allow, its definition, and T."""

    world: World
    limits: list[Row]
    blocks: dict[str, Any]
    as_of: date


def made(seed: int) -> Case:
    chance = Random(seed)
    as_of, blocks = chance.choice(AS_OF), definition(chance)
    calendar = Calendar(blocks["timezone"], "monday")
    last = calendar.index(number(as_of), "month")
    edges = [calendar.first(last - back, "month") for back in range(10)]
    names = [f"a{n:03}" for n in range(chance.choice((6, 14, 25)))]
    events = [row for name in names for row in work(chance, name, calendar, edges)]
    accounts: list[Row] = [{"account_id": name, "created_at": born(chance, calendar, edges), "plan": chance.choice(("team", "pro", None))} for name in names]
    users: list[Row] = [{"account_id": name, "user_id": person, "role": role} for name in names for person, role in (("ann", "clerk"), ("bot", "service")) if chance.random() < 0.9]
    world = World(
        [{**row, "event_id": f"e{n}"} for n, row in enumerate(events)], accounts, users if chance.random() < 0.8 else None,
        [row for name in names for row in history(chance, name, edges)] if chance.random() < 0.85 else None,
    )  # fmt: skip
    return Case(world, limits(chance), blocks, as_of)


def crowd(size: int) -> Case:
    """So many accounts with a month of work by a few people, and what each pays; many of a size."""
    names = [f"a{n:03}" for n in range(size)]
    events: list[Row] = [
        {"event_id": f"{name} {at}", "account_id": name, "user_id": f"u{at % (1 + n % 5)}", "timestamp": f"2026-02-{1 + at:02}T12:00:00Z", "event": "posted"}
        for n, name in enumerate(names) for at in range(1 + 7 * n % 13)
    ]  # fmt: skip
    accounts: list[Row] = [{"account_id": name, "created_at": "2026-01-31T00:00:00Z", "plan": "team"} for name in names]
    spans: list[Row] = [{"account_id": name, "start_date": "2026-01-01", "mrr": str(50 + 10 * (11 * n % 17)), "currency": "EUR"} for n, name in enumerate(names)]
    before: list[Row] = [{**events[0], "event_id": "first", "timestamp": "2026-01-31T12:00:00Z"}]
    blocks = definition(Random(0)) | {"timezone": "UTC", "late_after": "0s", "pricing": {"meters": {"posts": {"workflow": "billing"}}, "min_accounts": 1}}
    return Case(World(before + events, accounts, None, spans), [], blocks, date(2026, 3, 1))


def definition(chance: Random) -> dict[str, Any]:
    return {
        "version": 1, "timezone": chance.choice(ZONES), "late_after": chance.choice(LATE), "roles": {"service": ["service"]}, "north_star": {"workflow": "billing"},
        "workflows": {
            "billing": {"core": True, "cadence": "week", "success": "posted", "value": "amount", "entity": "thing"},
            "buying": {"core": chance.random() < 0.5, "cadence": "month", "success": "bought"},
        },
        "pricing": {
            "meters": METERS, "months": chance.choice((12, 4)), "recent": chance.choice((1, 2, 3)), "horizon": chance.choice((1, 2, 3)), "swing": chance.choice((0.5, 0.25)),
            "min_accounts": chance.choice((1, 3, 8)),
        },
    }  # fmt: skip


def on_edge(chance: Random, calendar: Calendar, edges: list[int]) -> int:
    return calendar.midnight(chance.choice(edges)) + chance.choice((0, 0, -1, 1, DAY // 2))


def born(chance: Random, calendar: Calendar, edges: list[int]) -> str:
    """Most of them before the months that are looked at, some long before the export."""
    return written(chance.choice((calendar.midnight(edges[-1]), calendar.midnight(edges[-1]) - 9 * DAY, on_edge(chance, calendar, edges))))


def work(chance: Random, name: str, calendar: Calendar, edges: list[int]) -> list[Row]:
    often, rows = chance.choice((0, 1, 3, 6)), []
    for edge in edges[1:] if chance.random() < 0.8 else edges[:4]:
        for _ in range(chance.randint(0, 2 * often)):
            at = calendar.midnight(edge + chance.choice((0, 1, 5, 27))) + chance.choice((0, -1, 1, DAY // 3))
            rows.append({
                "account_id": name, "user_id": chance.choice(("ann", "ann", "bob", "bot", None)), "timestamp": written(at),
                "event": chance.choice(("posted", "posted", "bought", "added", "added", "removed")),
                "amount": chance.choice(("10.00", "0.5", "99.9999", None)), "thing": chance.choice(("i1", "i2", "i3", None)),
            })  # fmt: skip
    return rows


def history(chance: Random, name: str, edges: list[int]) -> list[Row]:
    """One subscription after the other; beside it, now and then, a second."""
    start, rows, mrr = chance.choice((edges[-1], edges[-1] - 40, *edges[3:])), [], chance.choice((50, 100, 250))
    for _ in range(chance.randint(0, 3)):
        stop = max(start, chance.choice(edges[:6])) + chance.choice((0, 0, 1, -1))
        rows.append(span(chance, name, start, stop, mrr))
        start, mrr = max(start, stop) + chance.choice((0, 0, 0, 1)), chance.choice((mrr, 2 * mrr, mrr + 10, max(mrr - 10, 10)))
    if chance.random() < 0.8:
        rows.append(span(chance, name, start, None, mrr))
    return rows + [span(chance, name, edges[5], None, 20)] * (chance.random() < 0.15)


def span(chance: Random, name: str, start: int, stop: int | None, mrr: int) -> Row:
    return {
        "account_id": name, "start_date": str(day_of(start)), "end_date": None if stop is None else str(day_of(max(start, stop))), "mrr": f"{mrr}.00",
        "currency": "USD" if chance.random() < 0.05 else "EUR", "seats": chance.choice(("1", "3", "10", "10", None)), "plan": chance.choice(("team", "pro", "pro", None)),
    }  # fmt: skip


def limits(chance: Random) -> list[Row]:
    kinds = ({"kind": None, "per": None}, {"kind": None, "per": None}, {"kind": "stock", "per": None}, {"kind": "flow", "per": "week"}, {"kind": "flow", "per": "month"})
    return [
        {"plan": plan, "meter": meter, "limit": chance.choice(("1", "5", "10", "10", "0", "unlimited", None)), **chance.choice(kinds)}
        for plan in ("team", "pro") for meter in ("seats", "billing", "bought", "added") if chance.random() < 0.8
    ]  # fmt: skip


@contextmanager
def written_out(case: Case) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), case)


def write(folder: Path, case: Case) -> Loaded:
    return write_tables(folder, HEADS, {**vars(case.world), "limits": case.limits}, case.blocks, COLUMNS)
