"""Three hundred random worlds, fifty of them as accounts of one data set: one run of the tables holds as many examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from oracle.days import Calendar, number
from oracle.world import Row, World
from oracle.worlds import Case, blocks, thorough, worlds

EACH = 50
SETS = (  # zones and the days after their clocks changed, beginnings of weeks, ends of months and of February
    ("UTC", "monday", date(2026, 6, 10)), ("Europe/Berlin", "monday", date(2026, 3, 30)), ("Europe/Berlin", "sunday", date(2026, 10, 26)),
    ("America/New_York", "saturday", date(2026, 11, 2)), ("Asia/Kolkata", "sunday", date(2028, 2, 29)), ("Pacific/Kiritimati", "monday", date(2026, 4, 1)),
)  # fmt: skip


@cache
def batch(which: int) -> Case:
    """Fifty worlds under one definition, told apart by the segment `world`."""
    zone, week_starts, as_of = SETS[which]
    told = {**drawn(blocks(), 1, which)[0], "timezone": zone, "week_starts": week_starts}
    found = drawn(worlds(Calendar(zone, week_starts), number(as_of)), EACH, which)
    return Case(joined({f"w{n:02d}": world for n, world in enumerate(found)}), told, as_of)


def drawn(strategy: st.SearchStrategy[Any], count: int, start: int) -> list[Any]:
    """So many examples, always the same ones."""
    found: list[Any] = []

    @seed(start)
    @settings(thorough, max_examples=count)
    @given(strategy)
    def keep(example: Any) -> None:
        found.append(example)

    keep()
    return found[:count]


def joined(parts: dict[str, World]) -> World:
    """Worlds side by side: nobody and nothing bears a name in two of them."""
    tables = {name: [row for world, part in parts.items() for row in own(world, getattr(part, name))] for name in ("events", "accounts", "users", "subscriptions")}
    return World(**tables)


def own(world: str, rows: Sequence[Row] | None) -> list[Row]:
    named = ("account_id", "user_id", "event_id")
    return [{key: f"{world} {value}" if key in named and value else value for key, value in row.items()} | ({"world": world} if "created_at" in row else {}) for row in rows or ()]


def half(case: Case) -> tuple[Case, list[str]]:
    """The worlds up to the one that holds the first event, at least half of them; their names."""
    first = min(case.world.events, key=lambda row: row["timestamp"] or "")
    last = max(f"w{EACH // 2:02d}", (first["account_id"] or "")[:3])
    kept = {name: [row for row in getattr(case.world, name) if (row["account_id"] or "")[:3] <= last] for name in ("events", "accounts", "users", "subscriptions")}
    return replace(case, world=World(**kept)), [f"w{n:02d}" for n in range(EACH) if f"w{n:02d}" <= last]
