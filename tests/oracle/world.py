"""What a definition reads, as plain rows of text: from files as written by the generator, or made up by a test."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from oracle.days import moment
from saasmetrics.definitions.model import Definition

Row = dict[str, str | None]


@dataclass(frozen=True)
class World:
    """The rows of every table, under the names of the export; None: no such table."""

    events: list[Row]
    accounts: list[Row] | None = None
    users: list[Row] | None = None
    subscriptions: list[Row] | None = None
    tickets: list[Row] | None = None
    incidents: list[Row] | None = None
    rates: list[Row] | None = None
    costs: list[Row] | None = None

    def without(self, **changed: Any) -> World:
        return replace(self, **changed)


@dataclass(frozen=True)
class Event:
    """One event that counts."""

    account: str
    user: str | None
    time: int
    day: int
    name: str
    row: Row = field(repr=False, compare=False, hash=False)


def canonical(rows: Iterable[Row], source: Any) -> list[Row]:
    """Rows under the canonical names; the other columns as they are; an empty cell is None."""
    names = source.mapping
    found = []
    for row in rows:
        kept = {key: value or None for key, value in row.items()}
        found.append({**kept, **{name: kept.get(column) for name, column in names.items()}})
    return found


def from_files(definition: Definition, folder: Path) -> World:
    """The tables that a definition declares, read with the plainest means."""
    sources = definition.sources
    tables = {name: getattr(sources, name) for name in ("accounts", "users", "subscriptions", "tickets", "incidents", "rates", "costs")}
    events = [row for path in files(folder, sources.events.files) for row in records(path)]
    found = {name: [row for path in files(folder, source.files) for row in records(path)] if source else None for name, source in tables.items()}
    return World(events, **found)


def files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def records(path: Path) -> list[Row]:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path).with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))
        return frame.with_columns(pl.all().cast(pl.String)).to_dicts()
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def instant(text: str | None) -> int | None:
    return moment(text) if text else None
