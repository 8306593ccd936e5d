"""One line of the report: which table it is read off, how, and whose accounts stand behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl

from saasmetrics.definitions.model import Definition

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
Unit = Literal["share", "count", "days", "ms", "number", "money"]


class Reading(NamedTuple):
    """What a line says on one day. The value is empty where it is not known; `said` then tells why."""

    value: float | None
    said: str
    base: int | None = None
    low: float | None = None
    high: float | None = None
    status: str = "final"


@dataclass(frozen=True)
class Behind:
    """The accounts whose parts add up to the line's value: the sum of `part`, over the sum of `base` where there is one."""

    room: str
    part: Callable[[Definition], pl.Expr]
    base: Callable[[Definition], pl.Expr] | None = None
    because: Callable[[Row], str] = lambda row: ""
    events: Callable[[Definition], Iterable[str]] | None = None  # the rules whose events move it
    once: bool = False  # only the first time of each does
    rows: Callable[[Definition], pl.Expr] = lambda definition: pl.lit(True)  # of a room with several rows an account, the one that is meant

    def of(self, table: pl.DataFrame, definition: Definition) -> pl.DataFrame:
        """The rows of the room's table that the line is made of."""
        return table.filter(self.rows(definition))


@dataclass(frozen=True)
class Line:
    """One number of the report."""

    name: str
    block: str
    room: str
    read: Callable[[Rows, Definition], Reading]
    unit: Unit
    better: Literal["up", "down"]
    timing: Literal["leading", "lagging"] = "leading"
    behind: Behind | None = None
    columns: tuple[str, ...] = ()  # of a long table, those that are read
    dated: Callable[[Definition], bool] = lambda definition: True  # whether earlier weeks can be read off the facts of today, cut
    only: Callable[[Definition], Mapping[str, pl.Expr]] = lambda definition: {}  # then: the rows of facts that the number is made from
    lasting: bool = False  # or off the table of today: a period that is over keeps its row

    def told(self, table: pl.DataFrame, definition: Definition) -> Reading:
        """What it says of a table."""
        return self.read((table.select(self.columns) if self.columns else table).to_dicts(), definition)


def last_final(rows: Rows, **wanted: Any) -> dict[str, Any] | None:
    """The row of the last period that is final, among those with these values."""
    found = [row for row in rows if row["status"] == "final" and all(row[name] == value for name, value in wanted.items())]
    return max(found, key=lambda row: row["period"], default=None)


def only(rows: Rows, **wanted: Any) -> dict[str, Any] | None:
    """The first row with these values."""
    return next((row for row in rows if all(row[name] == value for name, value in wanted.items())), None)


def nothing(said: str) -> Reading:
    """No number, and why."""
    return Reading(None, said, status="no data")
