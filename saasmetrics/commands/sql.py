"""`sql`: what tables ask of a database that holds the events, for whoever wants to read it first, or to run it there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saasmetrics import catalog
from saasmetrics.commands.config import load
from saasmetrics.engines import ADDRESS, named
from saasmetrics.messages import did_you_mean, refuse, say

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.definitions.read import Loaded
    from saasmetrics.engines._database import Database
    from saasmetrics.engines._origin import Rows

YEARS = 5  # before T: the days whose offsets are known without a look at the data


def sql(*, tables: Sequence[str] | None, dialect: str | None, config: Path | None, as_of: str | None) -> None:
    """Print each query under its name."""
    from saasmetrics.commands.days import day
    from saasmetrics.outputs.write import to_stdout

    loaded, address = load(config), ADDRESS.get()
    if not dialect and not address:
        refuse("SM130", "--dialect is missing; one of bigquery, clickhouse, databricks, duckdb, postgres, snowflake, spark")
    to_stdout(script(loaded, tables or (), dialect or address.engine, day("--as-of", as_of) or date.today()).encode())  # type: ignore[union-attr]
    if not address:
        say("types of columns are supposed: texts, and an instant for the time; with --engine and --remote they are those of the table")


def script(loaded: Loaded, tables: Sequence[str], dialect: str, as_of: date) -> str:
    """The queries of some tables, by the types of the database if there is an address, else by what is usual; on top, what this SQL was run on."""
    from saasmetrics.engines._database import connected
    from saasmetrics.engines._render import rendered

    address, engine = ADDRESS.get(), named(dialect)
    with connected(address) if address else nullcontext() as database:
        texts = _texts(loaded, _needs(tables), as_of, database)
    return "\n".join([f"/* {engine.__doc__.strip()} */\n", *(f"-- {name}\n{rendered(text, engine.DIALECT)};\n" for name, text in texts.items())])


def _needs(tables: Sequence[str]) -> frozenset[str]:
    rooms, folders = catalog.rooms(), {name.replace("_", "-"): name for name in catalog.folders()}
    known = [*rooms, *folders]
    for name in tables:
        if name not in known:
            refuse("SM130", f"there is no table or chapter '{name}'{did_you_mean(name, known)}")
    asked = [room for key, room in rooms.items() if not tables or key in tables or room.folder in {folders.get(name) for name in tables}]
    return frozenset(need for room in asked for need in room.needs)


def _texts(loaded: Loaded, needs: frozenset[str], as_of: date, database: Database | None) -> dict[str, str]:
    """By going through a run that asks for everything and is told nothing."""
    from saasmetrics.facts._book import Book
    from saasmetrics.facts._closure import closure
    from saasmetrics.sources.ledger import Ledger
    from saasmetrics.sources.reading import Reader

    reader = Reader(loaded.path.parent, loaded.definition.timezone, Ledger())
    recorder = Recorder(as_of, database)
    origin: Any = Book(loaded.definition, reader, as_of, needs, database=recorder.origin).origin
    for asked in (lambda: origin.spans, lambda: origin.folded(origin.order), origin.people, *([origin.visits] if "visits" in closure(needs, loaded.definition) else [])):
        asked()
    return recorder.texts


@dataclass
class Recorder:
    """Stands where a database would."""

    as_of: date
    database: Database | None
    texts: dict[str, str] = field(default_factory=dict)

    def origin(self, *given: Any) -> Rows:
        """The table, asked here."""
        from saasmetrics.engines._origin import Rows, supposed

        if self.database:
            made = self.database.origin(*given)
            made.ask = self.ask
            return made
        definition, order, reader, *rest = given
        entry = reader.ledger.open("events", "supposed")
        return Rows(definition, order, entry, reader, supposed(definition, order), self.ask, *rest)

    def ask(self, name: str, text: str) -> pl.DataFrame:
        """Nothing, in the columns that an answer has; but the times of the table, if there is one."""
        import polars as pl

        from saasmetrics.clock import DAY, day_number
        from saasmetrics.engines._origin import SCHEMAS

        self.texts[name] = text
        if self.database and name == "rows":
            return self.database.ask(name, text)  # the one question that is really asked
        if name in SCHEMAS:
            return pl.DataFrame(schema=SCHEMAS[name])
        first = self.as_of - timedelta(days=365 * YEARS)
        return pl.DataFrame({"n": [1], "first_at": [day_number(first) * DAY], "last_at": [day_number(self.as_of) * DAY]})
