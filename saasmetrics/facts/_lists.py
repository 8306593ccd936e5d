"""The sources beside the events: each read once, by name."""

from __future__ import annotations

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.sources import accounts, merges, subscriptions, tickets, users
from saasmetrics.sources.reading import Reader

LISTS = {"listed": "accounts", "people": "users", "spans": "subscriptions", "raised": "tickets"}


def read(name: str, definition: Definition, reader: Reader, clock: Clock) -> pl.DataFrame | None:
    """One source, None when it is not declared."""
    source, internal = getattr(definition.sources, name), definition.internal
    if source is None:
        return None
    if name == "accounts":
        return accounts.read(reader, source, [c.column for c in internal.accounts])
    if name == "users":
        return users.read(reader, source, [c.column for c in internal.users])
    if name == "tickets":
        return tickets.read(reader, source, definition.workflows, clock)
    return merges.read(reader, source) if name == "merges" else subscriptions.read(reader, source, clock)
