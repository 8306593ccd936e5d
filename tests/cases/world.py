"""A small world: events, perhaps accounts, and a definition, as files in a folder; and the tables made of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from saasmetrics import catalog, tables
from saasmetrics.definitions.read import read

Event = tuple[str, str, str]  # account, event, time


def days(calendar: Mapping[str, str], pattern: str, event: str = "worked") -> list[Event]:
    """{"anna": "10 11"} and "2020-06-{}T05:00:00Z": one event for each word."""
    return [(account, event, pattern.format(word)) for account, words in calendar.items() for word in words.split()]


def sequence(account: str, text: str, pattern: str = "2021-01-01T00:00:{}Z") -> list[Event]:
    """`signed@00 paid@01`: what one account did, in the order of the file."""
    pairs = (word.rsplit("@", 1) for word in text.split())
    return [(account, event, pattern.format(when)) for event, when in pairs]


class World:
    """One product. `told` is merged over a definition that has nothing but events and one core workflow."""

    def __init__(self, folder: Path, events: Iterable[Event], **told: Any) -> None:
        self.path = folder / "product.yaml"
        _write(folder / "events.csv", ("account_id", "event", "timestamp"), events)
        definition = {
            "version": 1, "timezone": "UTC", "late_after": "0d",
            "sources": {"events": {"files": "events.csv"}},
            "workflows": {"work": {"core": True, "success": "worked"}},
        }  # fmt: skip
        self.path.write_text(json.dumps(definition | told), "utf-8")

    def table(self, room: str, as_of: str, where: Sequence[tuple[str, str]] = (), **settings: Any) -> tables.Table:
        """One table as of that day."""
        by = tuple(settings.pop("by", ()))
        asked = tables.Asked(date.fromisoformat(as_of), by, tuple(where), settings, allow_empty=True)
        return tables.compute(read(self.path), [catalog.rooms()[room]], asked)[0][0]

    def rows(self, room: str, as_of: str, *columns: str, **settings: Any) -> list[tuple[Any, ...]]:
        """These columns of a table."""
        return self.table(room, as_of, **settings).frame.select(columns).rows()


def with_accounts(
    folder: Path, head: Sequence[str], rows: Iterable[Sequence[str]], segments: Sequence[str] = ()
) -> Any:
    """`sources:` with an accounts table as well."""
    _write(folder / "accounts.csv", head, rows)
    return {"events": {"files": "events.csv"}, "accounts": {"files": "accounts.csv", "segments": list(segments)}}


def funnel(*rules: str, order: str = "ordered", within: str = "14d") -> dict[str, Any]:
    """`activation:` with one step for each rule."""
    return {"order": order, "within": within, "steps": {f"step_{n}": {"rule": rule} for n, rule in enumerate(rules, 1)}}


def reached(world: World, as_of: str, **settings: Any) -> list[int]:
    """How many accounts got through each step."""
    return [row[0] for row in world.rows("activation.steps", as_of, "reached", **settings)]


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
