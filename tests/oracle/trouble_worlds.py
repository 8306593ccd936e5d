"""Random worlds in which things fail, time out and are tried again, screens load slowly, the product is down and customers ask for help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from oracle.busy_worlds import HEADS as BUSY
from oracle.busy_worlds import SINCE, busy
from oracle.days import DAY, Calendar, moment, number, written
from oracle.world import Row
from oracle.worlds import IDS, Case
from oracle.writing import write_tables
from saasmetrics.definitions.read import Loaded

HEADS = {
    **BUSY, "events": (*BUSY["events"], "took"),
    "tickets": ("account_id", "ticket_id", "opened_at", "resolved_at", "reopened_at", "workflow", "category", "blocking"),
    "incidents": ("incident_id", "started_at", "ended_at", "workflow", "severity"),
}  # fmt: skip
COLUMNS = {
    "tickets": {"account": "account_id", "ticket": "ticket_id", "opened": "opened_at", "resolved": "resolved_at", "reopened": "reopened_at"},
    "incidents": {"incident": "incident_id", "start": "started_at", "end": "ended_at"},
}  # fmt: skip
AFTER = ("tried", "refused", "slow", "again", "late", "redone", "posted", "called", "answered", "broken", "asked", "denied", "helped", "closed", "refunded", "read", "read", "read_bug", "read_how", "moved", "moved", "arrived")
EDGES = (0, 0, -1, 1, DAY // 2, -DAY, DAY - 1, DAY)
BACK = (0, 1, 2, 6, 7, 8, 13, 14, 15, 16, 27, 28, 29, 30, 31, 59, 60, 61, 89, 90, 91)
TOOK = ("0", "1", "2", "10", "250", "250.9", "999", "3000", None)


@st.composite
def troubled(draw: st.DrawFn) -> Case:
    """A busy world with troubles of all kinds in it."""
    case, chance = draw(busy()), draw(st.randoms(use_true_random=False))
    world = case.world
    names = sorted({str(row["account_id"]) for row in world.events}) or ["A"]
    events = [row | {"took": chance.choice(TOOK)} for row in followed(chance, case, world.events, names)]
    same_ids: dict[str | None, Row] = {}
    events = [same_ids.setdefault(row["event_id"], row) for row in events]
    tickets = [ticket(chance, n, case, names) for n in range(chance.choice((0, 3, 12, 25)))]
    incidents = distinct([incident(chance, n, case) for n in range(chance.choice((0, 1, 3, 6)))])
    more = {"tickets": once_more(chance, tickets), "incidents": once_more(chance, incidents)}
    given = {name: rows if chance.random() < 0.85 else None for name, rows in more.items()}
    return replace(case, world=replace(world, events=events, **given), blocks=blocks(chance, case.blocks))


def distinct(rows: list[Row]) -> list[Row]:
    """An incident that says two things of one workflow is refused."""
    return [row for n, row in enumerate(rows) if row["incident_id"] is None or all((one["incident_id"], one["workflow"]) != (row["incident_id"], row["workflow"]) for one in rows[:n])]


def once_more(chance: Random, rows: list[Row]) -> list[Row]:
    """Some a second time, as a second export writes them."""
    return rows + [row for row in rows if chance.random() < 0.1]


def near(chance: Random, case: Case) -> int:
    """An instant near T, mostly on an edge of a day, or one µs beside it."""
    calendar: Calendar = case.calendar
    return calendar.midnight(number(case.as_of) - chance.choice(BACK)) + chance.choice(EDGES)


def followed(chance: Random, case: Case, events: list[Row], names: list[str]) -> list[Row]:
    """With what follows some of the events on the edges of their time, and troubles by themselves."""
    found = list(events)
    for row in events:
        for _ in range(chance.choice((0, 0, 1, 2))):
            at = moment(str(row["timestamp"])) + chance.choice(SINCE)
            found.append({**row, "event": chance.choice(AFTER), "timestamp": written(at)})
    for _ in range(chance.choice((0, 5, 15)) if events else 0):
        row = chance.choice(events)
        found.append({**row, "account_id": chance.choice(names), "event": chance.choice(AFTER), "timestamp": written(near(chance, case))})
    return [row if n < len(events) else {**row, "event_id": f"t{n}", "status": "ok"} for n, row in enumerate(found)]


def ticket(chance: Random, n: int, case: Case, names: list[str]) -> Row:
    opened = near(chance, case)
    resolved = opened + chance.choice((0, 1, DAY // 24, DAY, 5 * DAY)) if chance.random() < 0.7 else None
    again = (resolved if resolved and chance.random() < 0.7 else opened) + chance.choice((0, 1, DAY)) if chance.random() < 0.25 else None
    return {
        "account_id": chance.choice((*names, *names, chance.choice(IDS))), "ticket_id": chance.choice((f"T{n}", f"T{n}", None)), "opened_at": written(opened),
        "resolved_at": None if resolved is None else written(resolved), "reopened_at": None if again is None else written(again),
        "workflow": chance.choice(("billing", "buying", "extras", "nothing", None)), "category": chance.choice(("bug", "bug", "how to", None)),
        "blocking": chance.choice(("true", "no", "Yes", None)),
    }  # fmt: skip


def incident(chance: Random, n: int, case: Case) -> Row:
    start = near(chance, case)
    end = start + chance.choice((0, 1, DAY // 24, DAY, DAY - 1, 8 * DAY, 40 * DAY)) if chance.random() < 0.8 else None
    return {
        "incident_id": chance.choice((f"I{n}", f"I{n}", "I0", None)), "started_at": written(start), "ended_at": None if end is None else written(end),
        "workflow": chance.choice(("billing", "billing", "buying", "extras", "nothing", None)), "severity": chance.choice(("major", None)),
    }  # fmt: skip


def blocks(chance: Random, given: dict[str, Any]) -> dict[str, Any]:
    flows = {name: {**flow, **({"duration": "took"} if chance.random() < 0.5 else {})} for name, flow in given["workflows"].items()}
    flows["extras"] |= {"attempt": "filed"} if chance.random() < 0.3 else {}
    return {**given, "workflows": flows, "reliability": reliability(chance), "friction": friction(chance)}


def some(chance: Random, parts: dict[str, Any], share: float = 0.7) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if chance.random() < share}


def operation(chance: Random, entity: bool) -> dict[str, Any]:
    """A rule stands for one column everywhere: whoever shares one with a workflow names its things, or does not, as the workflow does."""
    own = {"success": "answered", "failure": "broken", **slowness(entity)}
    return {"attempt": "called" if entity else chance.choice(("called", ["called", "asked"])), **some(chance, own), **({"entity": "thing"} if entity else {}), **some(chance, {"within": chance.choice(("1h", "2d"))})}


def slowness(entity: bool) -> dict[str, str]:
    return {"timeout": "slow", "retry": "again"} if entity else {"timeout": "late", "retry": "redone"}


def reliability(chance: Random) -> dict[str, Any]:
    entity = chance.random() < 0.5
    return {
        "weeks": chance.choice((1, 4, 9)), "min_attempts": chance.choice((1, 3)), "min_samples": chance.choice((1, 3)),
        "workflows": {name: some(chance, slowness(name == "billing")) for name in ("billing", "buying", "extras") if chance.random() < 0.7},
        **{kind: {name: operation(chance, entity)} for kind, name in (("endpoints", "api"), ("jobs", "import"), ("forms", "taxes"))},
        "screens": {"list": {"rule": ["viewed", "login"], "duration": "took"}, "rest": {"rule": "viewed", "duration": "took", "core": False}},
        "prior": chance.choice((1, 2, 4)), "lost_after": chance.choice((1, 2, 4)), "min_failed": chance.choice((1, 3)),
        **({"syncs": {"bank": {"source": ["called", "moved"] if entity else "moved", "synced": ["answered", "arrived"] if entity else "arrived", "entity": "thing"}}} if chance.random() < 0.7 else {}),
        "stable": {"failure_rate": chance.choice((0, 0.5)), "min_attempts": chance.choice((1, 2)), "p95": chance.choice(("1s", "3s")), "min_samples": chance.choice((1, 3)), "incident_minutes": chance.choice((0, 60))},
    }  # fmt: skip


def friction(chance: Random) -> dict[str, Any]:
    general = some(chance, {"help": "helped", "dismissed": ["closed", "refused"], "refunds": "refunded", "transactions": "paid"})
    own = some(chance, {"help": "viewed", "dismissed": "denied", "refunds": "taken_back", "transactions": "posted"}, 0.5)
    return {
        **general, "friction_days": chance.choice((7, 30, 90)), "repeat_days": chance.choice((0, 1, 14)), "resolution_days": chance.choice((7, 60, 365)),
        **some(chance, {"knowledge": ["read", "helped"], "topics": {"bug": "read_bug", "how to": ["read_how", "helped"]}}), "solved_days": chance.choice((0, 1, 7)), "min_sessions": chance.choice((1, 3)),
        "min_base": chance.choice((1, 5)), "min_tickets": chance.choice((1, 3)), "workflows": {chance.choice(("billing", "extras")): own} if own else {},
    }  # fmt: skip


@contextmanager
def written_out(case: Case) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), case)


def write(folder: Path, case: Case) -> Loaded:
    return write_tables(folder, HEADS, vars(case.world), case.blocks, COLUMNS)
