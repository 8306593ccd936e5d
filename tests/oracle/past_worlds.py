"""Random worlds whose lists have a history: what is known of accounts, people, subscriptions, tickets and incidents changes in the weeks before T."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from oracle import rich, trouble_worlds
from oracle.days import DAY, day_of, moment, number, written
from oracle.world import Row, World
from oracle.worlds import Case
from oracle.writing import write_tables
from saasmetrics.definitions.read import Loaded

HEADS = {
    **trouble_worlds.HEADS,
    "accounts": (*trouble_worlds.HEADS["accounts"], "valid_from"), "users": (*trouble_worlds.HEADS["users"], "valid_from"),
    "subscriptions": (*trouble_worlds.HEADS["subscriptions"], "cancelled_at"), "merges": ("from", "to", "effective"), "rates": ("currency", "valid_from", "rate"),
}  # fmt: skip
NEAR = (0, 1, 3, 6, 7, 8, 10, 13, 14, 15, 20, 21, 28, 29)  # days before T: the weeks that a short trend tells
EDGES = (0, 0, 1, -1, DAY // 2)
NEWCOMERS, COPIES, SHIFTS = 12, 1, (0, -1, 1, -6, -7, 7, -14, -20, 30)
TIMES = ("timestamp", "created_at", "invited_at", "joined_at", "deactivated_at", "opened_at", "resolved_at", "reopened_at")
DATES = ("start_date", "end_date", "renewal_date")


@dataclass(frozen=True)
class Past(Case):
    """A case with merged accounts, and how its lists are to be read."""

    merges: list[Row] | None = None
    how: Mapping[str, Any] | None = None


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    case, chance = draw(trouble_worlds.troubled()), draw(st.randoms(use_true_random=False))
    return made(chance, case)


def made(chance: Random, case: Case) -> Past:
    now, world = case.calendar.midnight(number(case.as_of)), crowded(chance, case.world)
    come = [newcomer(chance, f"new {n}", now, number(case.as_of)) for n in range(NEWCOMERS)]
    world = replace(world, **{name: [*rows, *(row for one in come for row in one[name])] for name in come[0] if (rows := getattr(world, name)) is not None})
    accounts, users = (None if rows is None else changing(chance, rows, states, now) for rows, states in ((world.accounts, account_states), (world.users, user_states)))
    incidents = trouble_worlds.distinct([*(world.incidents or []), *(outage(chance, n, now) for n in range(6))])
    told = replace(world, accounts=accounts, users=users, incidents=incidents, rates=rates(chance, number(case.as_of)))
    return Past(told, {**case.blocks, **blocks(chance, case)}, case.as_of, merges(chance, now, world), how(chance))


def newcomer(chance: Random, name: str, now: int, today: int) -> dict[str, list[Row]]:
    """One that came lately: what it did first, who was invited, what it asked for and what it paid, in any order; perhaps in no list of accounts."""
    born = now - chance.choice((9, 16, 23, 30, 45)) * DAY + chance.choice(EDGES)
    times = sorted(born + chance.choice((0, 1, DAY // 2, DAY, 3 * DAY, 6 * DAY, 7 * DAY, 15 * DAY)) for _ in range(chance.choice((0, 1, 3, 5, 5))))
    done = [event(f"{name} {n}", name, what, at) for n, (at, what) in enumerate(zip(times, ("set_up", "drafted", "posted", "posted", "posted"), strict=False))]
    people = [user(chance, name, person, born) for person in ("u1", "u2", "u3") if chance.random() < 0.7]
    asked = [ticket(f"{name} {n}", name, near(chance, now), "billing") for n in range(chance.choice((0, 0, 1, 3)))]
    listed = [{"account_id": name, "created_at": written(born), "plan": chance.choice(("pro", "team", None))}] if chance.random() < 0.7 else []
    return {"events": done, "users": people, "tickets": asked, "accounts": listed, "subscriptions": [span(chance, name, today) for _ in range(chance.choice((0, 0, 1, 2)))]}


def event(ident: str, name: str, what: str, at: int) -> Row:
    return {"event_id": ident, "account_id": name, "user_id": "u1", "timestamp": written(at), "event": what, "status": "ok", "amount": "10.00", "thing": "i1"}


def user(chance: Random, name: str, person: str, born: int) -> Row:
    invited = born + chance.choice((-DAY, 0, 1, DAY, 5 * DAY))
    joined = invited + chance.choice((0, DAY, 14 * DAY)) if chance.random() < 0.7 else None
    return {"account_id": name, "user_id": person, "role": "clerk", "team": None, "invited_at": written(invited), "joined_at": joined and written(joined), "email": "b@customer.example", "kind": None}


def ticket(ident: str, name: str, at: int, workflow: str) -> Row:
    return {"account_id": name, "ticket_id": ident, "opened_at": written(at), "workflow": workflow}


def crowded(chance: Random, world: World) -> World:
    """The same again under other names, some days earlier or later: a few accounts are too few for most lines."""
    names = sorted({str(row["account_id"]) for rows in (world.events, world.accounts, world.users, world.subscriptions, world.tickets) for row in rows or []})
    copies = [{name: chance.choice(SHIFTS) for name in names} for _ in range(COPIES)]
    tables = ("events", "accounts", "users", "subscriptions", "tickets")
    return replace(world, **{table: None if (rows := getattr(world, table)) is None else [*rows, *(again(row, n, days) for n, days in enumerate(copies) for row in rows)] for table in tables})


def again(row: Row, n: int, days: dict[str, int]) -> Row:
    """Another account's, its times moved by that account's days."""
    ago = days[str(row["account_id"])]
    named = {name: f"{value} {n}" for name, value in row.items() if name in ("account_id", "event_id", "ticket_id") and value}
    times = {name: written(moment(value) + ago * DAY) for name, value in row.items() if name in TIMES and value}
    dates = {name: str(day_of(number(date.fromisoformat(value)) + ago)) for name, value in row.items() if name in DATES and value}
    return row | named | times | dates


def near(chance: Random, now: int) -> int:
    return now - chance.choice(NEAR) * DAY + chance.choice(EDGES)


def changing(chance: Random, rows: list[Row], states: Any, now: int) -> list[Row]:
    """One row a state of each thing, in any order; or no history at all."""
    if chance.random() < 0.2:
        return rows
    found = [state for row in rows for state in states(chance, row, now)]
    return chance.sample(found, len(found))


def account_states(chance: Random, row: Row, now: int) -> list[Row]:
    """Plans come and go, some accounts become our own, and some say only later, or never, when they were created."""
    row = row | {"created_at": None} if chance.random() < 0.15 else row
    later = [row | {"valid_from": time, "plan": chance.choice(("pro", "team", "internal", None))} for time in moments(chance, now)]
    return later if later and chance.random() < 0.2 else [row | {"valid_from": None}, *later]


def user_states(chance: Random, row: Row, now: int) -> list[Row]:
    """Roles, teams and machines change; who is a colleague is one for good."""
    def state(time: str) -> Row:
        return row | {"valid_from": time, "role": chance.choice(("admin", "owner", "clerk", "boss", "service", None)), "kind": chance.choice((row["kind"], "service", None))}

    later = [state(time) for time in moments(chance, now)]
    return later if later and chance.random() < 0.2 else [row | {"valid_from": None}, *later]


def moments(chance: Random, now: int) -> list[str]:
    return [written(time) for time in sorted({near(chance, now) for _ in range(chance.choice((0, 0, 1, 1, 2)))})]


def span(chance: Random, name: str, today: int) -> Row:
    """One that began lately, and may have ended; an account of which there may be nothing else."""
    start = today - chance.choice(NEAR)
    end, cancelled = (start + chance.choice((0, 1, 7, 30)) if chance.random() < 0.5 else None for _ in range(2))
    return {
        "account_id": name, "start_date": str(day_of(start)), "end_date": None if end is None else str(day_of(end)), "mrr": chance.choice(("100.00", "0")),
        "currency": chance.choice(("EUR", "EUR", "USD")), "seats": chance.choice(("1", "3", None)), "plan": chance.choice(("pro", "team", None)),
        "cancelled_at": None if cancelled is None else str(day_of(cancelled)),
    }  # fmt: skip


def rates(chance: Random, today: int) -> list[Row]:
    return [{"currency": "USD", "valid_from": str(day_of(today - ago)), "rate": "0.9"} for ago in (400, 20, 8, 1) if chance.random() < 0.5]


def outage(chance: Random, n: int, now: int) -> Row:
    """It began, and was over, within the weeks before T, or is not yet; several begin at the same moment."""
    start = now - chance.choice((7, 8, 14, 15, 21)) * DAY + chance.choice((0, DAY // 2))
    end = start + chance.choice((0, 1, DAY, 7 * DAY, 7 * DAY + 1, 20 * DAY)) if chance.random() < 0.8 else None
    return {"incident_id": chance.choice((f"O{n}", None, None)), "started_at": written(start), "ended_at": None if end is None else written(end), "workflow": chance.choice(("billing", None)), "severity": None}


def merges(chance: Random, now: int, world: World) -> list[Row] | None:
    """Some become part of a name that comes before theirs, so that none comes round to itself."""
    names = sorted({str(row["account_id"]) for rows in (world.events, world.accounts, world.subscriptions) for row in rows or []})
    gone = [at for at in range(1, len(names)) if chance.random() < 0.04]
    return [{"from": names[at], "to": names[chance.randrange(at)], "effective": chance.choice((None, written(near(chance, now))))} for at in gone] or None


def how(chance: Random) -> dict[str, Any]:
    return {
        "accounts": {"segments": ["plan"], "segment_as_of": chance.choice(("anchor", "now")), "orphans": chance.choice(("keep", "keep", "drop"))},
        "subscriptions": chance.choice(({}, {}, {"covers_end": True}, {"shape": "movements"}, {"shape": "snapshots"})),
    }


def blocks(chance: Random, case: Case) -> dict[str, Any]:
    """What the lines of the report go by. A rule names its thing for the north star, or is tried without: not both."""
    given, flows = case.blocks, case.blocks["workflows"]
    if "also" in given.get("north_star", {}):
        flows = {**flows, "extras": {name: value for name, value in flows["extras"].items() if name != "attempt"}}

    def pick(**values: tuple[Any, ...]) -> dict[str, Any]:
        return {name: chance.choice(some) for name, some in values.items()}

    signs = rich.signs(chance)
    signs["advanced_features"].pop("features", None)
    signs |= {name: {"counts": False} for name in ("volume", "advanced_features", "weeks", "low_errors") if chance.random() < 0.6}
    models = {"segments": {"plan": {"team": {"min_signals": 1}, "pro": {"signals": {"invited": {"counts": False}}, "min_signals": 1}}}} if case.world.accounts is not None and chance.random() < 0.5 else {}
    return {
        "workflows": flows, "value": {**given["value"], **pick(star_period=("rhythm", "week", "month"), attempt_days=(7, 90), min_attempts=(1, 20))},
        "engagement": pick(period=("day", "week", "week", "month")),
        "retention": pick(period=("day", "week", "week", "month"), kind=("on", "unbounded"), mode=("calendar", "rolling"), anchor=("created", "activation", "first_active", "every_active"), min_cohort=(1, 5)),
        "reliability": {**given["reliability"], **pick(period=("week", "week", "month"))},
        "revenue": pick(currency=("EUR", None), churn_recognition=("end", "cancelled"), gap_grace=("0d", "30d")),
        "qualification": {**pick(min_signals=(2,) if models else (1, 2), min_base=(1, 5), windows=([1, 7], [7, 14])), "signals": signs, **models},
    }  # fmt: skip


@contextmanager
def written_out(case: Past, **changed: Any) -> Iterator[Loaded]:
    with TemporaryDirectory() as folder:
        yield write(Path(folder), replace(case, **changed))


def write(folder: Path, case: Past) -> Loaded:
    rows = {**vars(case.world), "merges": case.merges}
    return write_tables(folder, HEADS, rows, case.blocks, trouble_worlds.COLUMNS, case.how)


def merged_ever_since(case: Past, now: int) -> Past:
    """With the merges that took effect before a moment, as if they always had, and no others."""
    done = [row | {"effective": None} for row in case.merges or [] if row["effective"] is None or moment(row["effective"]) < now]
    return replace(case, merges=done or None)
