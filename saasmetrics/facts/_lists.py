"""The sources beside the events: each read once, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.sources import accounts, costs, incidents, limits, merges, rates, subscriptions, tickets, users
from saasmetrics.sources.reading import Reader

LISTS = {
    "listed": "accounts", "people": "users", "spans": "subscriptions", "raised": "tickets", "outages": "incidents", "allowances": "limits",
    "spent": "costs", "quoted": "rates",
}  # fmt: skip
READERS: dict[str, Callable[[Reader, Any, Definition, Clock], pl.DataFrame]] = {
    "accounts": lambda reader, source, d, _: accounts.read(reader, source, [c.column for c in d.internal.accounts]),
    "users": lambda reader, source, d, _: users.read(reader, source, [c.column for c in d.internal.users]),
    "subscriptions": lambda reader, source, d, clock: subscriptions.read(reader, source, d.revenue, clock),
    "rates": lambda reader, source, _, clock: rates.read(reader, source, clock),
    "tickets": lambda reader, source, d, clock: tickets.read(reader, source, d.workflows, clock),
    "merges": lambda reader, source, *_: merges.read(reader, source),
    "incidents": lambda reader, source, d, clock: incidents.read(reader, source, d.workflows, clock),
    "limits": lambda reader, source, d, _: limits.read(reader, source, [*d.workflows, *d.rules]),
    "costs": lambda reader, source, _, clock: costs.read(reader, source, clock),
}


def read(name: str, definition: Definition, reader: Reader, clock: Clock) -> pl.DataFrame | None:
    """One source, None when it is not declared."""
    source = getattr(definition.sources, name)
    return None if source is None else READERS[name](reader, source, definition, clock)
