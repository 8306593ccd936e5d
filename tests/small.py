"""Small worlds for tests of single claims: a definition, a few lines of CSV, and the rows that a table makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded, read
from saasmetrics.sources.ledger import Ledger
from saasmetrics.tables import Asked, Table, compute

Rows = list[dict[str, Any]]


class Small:
    """A folder with a definition and its exports. Subclasses say how lines are abbreviated."""

    heads: Mapping[str, str] = {}  # the first line of each table
    chapter = ""  # of rooms that are asked for by their short name

    def __init__(self, home: Path, definition: str) -> None:
        self.home, self.definition, self.ledger = home, definition, Ledger()
        self.shape: dict[str, str] = {}  # what is filled into the braces of the definition, if it has any
        for name in self.heads:
            self.write(name)

    def file(self, name: str, *lines: str) -> Self:
        (self.home / name).write_text("\n".join(lines) + "\n", "utf-8")
        return self

    def write(self, table: str, *lines: str) -> Self:
        """The lines of a table; cells left out at the end are empty."""
        head = self.heads[table]
        return self.file(f"{table}.csv", head, *(line + "," * (head.count(",") - line.count(",")) for line in lines))

    def define(self, text: str) -> Self:
        self.definition = text
        return self

    def told(self) -> str:
        """The definition as it is written at last."""
        return self.definition.format(**self.shape) if self.shape else self.definition

    def loaded(self) -> Loaded:
        return read(self.file("saasmetrics.yml", self.told()).home / "saasmetrics.yml")

    def tables(self, rooms: Sequence[str], as_of: str, by: tuple[str, ...] = (), **settings: Any) -> list[Table]:
        """Several tables of one run."""
        asked = Asked(date.fromisoformat(as_of), by, settings=settings, allow_empty=True)
        keys = [f"{self.chapter}.{room}" if self.chapter else room for room in rooms]
        made, self.ledger = compute(self.loaded(), [catalog.rooms()[key] for key in keys], asked)
        return made

    def table(self, room: str, as_of: str, by: tuple[str, ...] = (), **settings: Any) -> Table:
        return self.tables([room], as_of, by, **settings)[0]

    def rows(self, room: str, as_of: str, by: tuple[str, ...] = (), **settings: Any) -> Rows:
        return self.table(room, as_of, by, **settings).frame.to_dicts()


def at(rows: Rows, **wanted: Any) -> dict[str, Any]:
    """The only row with these values."""
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found
