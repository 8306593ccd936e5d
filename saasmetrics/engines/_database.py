"""A run whose events are a table of a database: one connection, and the facts that come through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from saasmetrics.engines import Address, named
from saasmetrics.engines._client import Client, told
from saasmetrics.engines._dialect import Dialect
from saasmetrics.engines._origin import SCHEMAS, Rows, table
from saasmetrics.engines._render import rendered
from saasmetrics.engines._shared import through
from saasmetrics.facts._order import Order
from saasmetrics.messages import refuse

if TYPE_CHECKING:
    from saasmetrics.definitions.model import Definition
    from saasmetrics.sources.reading import Reader


@dataclass
class Database:
    """An open connection. What goes wrong at the other end is refused without the secrets of its address."""

    address: Address
    dialect: Dialect
    client: Client
    origins: list[Rows] = field(default_factory=list)

    def origin(self, definition: Definition, order: Order, reader: Reader, *rest: Any) -> Rows:
        """The table that the definition names."""
        entry = reader.ledger.open("events", f"{self.address.engine}:{definition.sources.events.table}")
        entry.lined = False
        query = rendered(f"SELECT * FROM {table(definition)}", self.dialect)
        kinds = told(lambda: self.client.kinds(query), self.address.remote)
        self.origins.append(Rows(definition, order, entry, reader, kinds, self.ask, *rest))
        return self.origins[-1]

    def ask(self, name: str, text: str) -> pl.DataFrame:
        """A text of the small vocabulary → its rows; facts may come as files."""
        query, place = rendered(text, self.dialect), self.address.facts_to if name in SCHEMAS else None
        return told(lambda: through(place, partial(self.client.write, query)) if place else self.client.rows(query), self.address.remote)

    def settle(self) -> None:
        """What was read must be what is there now."""
        for origin in self.origins:
            if origin.look() != origin.state:
                refuse("SM402", "rows came or went", origin.entry.path)


@contextmanager
def connected(address: Address) -> Iterator[Database]:
    """A connection for one run."""
    module = named(address.engine)
    if not hasattr(module, "Client"):
        refuse("SM130", f"--engine {address.engine} cannot be asked from here; `saasmetrics sql --dialect {address.engine}` prints what to run there")
    if address.facts_to and not hasattr(module.Client, "write"):
        refuse("SM130", f"--facts-to is for spark; {address.engine} sends what it finds")
    made = Database(address, module.DIALECT, told(lambda: module.Client(address.remote), address.remote))
    try:
        yield made
        made.settle()
    finally:
        made.client.close()
