"""Accounts that worked, invited or reached for more on one day each: on both sides of the edges of every window."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from oracle.chapters import check
from oracle.openings import TABLES
from oracle.world import Row, World
from oracle.writing import write

T = date(2026, 6, 10)
AGES = (1, 13, 14, 15, 27, 28, 29, 55, 56, 57, 89, 90, 91, 117, 118, 119)
MONDAY = 58  # days before T
BLOCKS = {
    "timezone": "UTC", "workflows": {"billing": {"core": True, "success": "posted", "value": "amount"}},
    "features": {"plus": {"rule": "bought", "premium": True, "paywall": "stopped", "plans": ["pro"]}, "sync": {"rule": "synced", "integration": True}},
    "rules": {"posted": {"event": "posted"}},
}  # fmt: skip
LIVES = {"once": (0,), "again": (0, 30), "weekly": tuple(range(0, 77, 7)), "six": tuple(range(0, 42, 7))}  # days before the first one on which all is done again


def at(age: int, hour: int = 12) -> str:
    return f"{T - timedelta(days=age)}T{hour:02d}:00:00Z"


def events(name: str, age: int, life: str) -> list[Row]:
    days = [age + more for more in LIVES[life]]
    kinds = [("posted", "u1"), ("posted", "u2"), ("bought", "u1"), ("stopped", "u2"), ("synced", "u1")]
    done = [(day, kind, user) for n, day in enumerate(days) for kind, user in kinds if n or (user, kind) != ("u1", "posted")]
    return [{"account_id": name, "user_id": user, "timestamp": at(day), "event": kind, "amount": "-5" if age == 14 else str(day)} for day, kind, user in done]


def people(name: str, age: int) -> list[Row]:
    """The first invited at midnight of that day, the second a little later, and only the first joined."""
    invited = {"u1": at(age, 0), "u2": at(age, 1), "u3": at(age, 0)}
    return [
        {"account_id": name, "user_id": user, "role": {"u1": "clerk", "u2": "owner"}.get(user), "team": None, "invited_at": since, "joined_at": at(age, 2) if user == "u1" else None, "email": None, "kind": None}
        for user, since in invited.items()
    ]  # fmt: skip


def contracts(name: str, age: int) -> list[Row]:
    """Seats of a plan until that day and from it on, beside some that cost nothing."""
    day = str(T - timedelta(days=age))
    told = [("2025-01-01", day, "20", "5", "team"), (day, None, "40", "8", "pro")] if age % 2 else [("2025-01-01", day, "0", "5", "team"), (day, None, "40", "9", "team")]
    return [{"account_id": name, "start_date": start, "end_date": end, "mrr": mrr, "currency": "EUR", "seats": seats, "plan": plan, "renewal_date": None} for start, end, mrr, seats, plan in told]


def test_every_window_ends_where_the_oracle_has_it(tmp_path: Path) -> None:
    lives = [(f"{life}-{age}", age, life) for age in AGES for life in LIVES]
    first: Row = {"account_id": "zero", "user_id": None, "timestamp": at(300), "event": "seen", "amount": None}
    done = [first, *(row for name, age, life in lives for row in events(name, age, life))]
    rows = [{"event_id": f"e{n}", **row} for n, row in enumerate(done)]
    accounts = [{"account_id": name, "created_at": at((MONDAY, 200, 400)[age % 3]), "plan": None} for name, age, _ in lives]
    world = World(rows, accounts, [row for name, age, _ in lives for row in people(name, age)], [row for name, age, _ in lives for row in contracts(name, age)])
    made = check(write(tmp_path, world, BLOCKS), world, T, [*TABLES])
    assert set(made["expansion.volume"].frame["state"]) >= {"insufficient", "steady"}
