"""Computes chosen rooms in one pass. Table = frame + declared columns + provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from shlex import quote
from typing import Any, Literal

import polars as pl

from saasmetrics import __version__, checks
from saasmetrics.catalog import Column, Room
from saasmetrics.definitions.fingerprint import fingerprint
from saasmetrics.definitions.read import Loaded
from saasmetrics.engines import database
from saasmetrics.facts._book import Book
from saasmetrics.facts._closure import known
from saasmetrics.facts._findings import close
from saasmetrics.facts._made_of import lists, once
from saasmetrics.facts.trouble._unstable import Weeks, concerned, needed, told, unstable_weeks
from saasmetrics.messages import did_you_mean, refuse
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.store import FOLDER, Store

ROWS_ONLY = "the events are a table of a database: its rows are counted, but nothing here says which version of it they are"


@dataclass(frozen=True)
class Table:
    """One finished table.

    `frame` has exactly the columns of `columns`, in that order, sorted by the key columns (or as `## Order` says).
    `meta` is plain data (strings, numbers, lists, dicts) ready for JSON: as_of, timezone, definitions, version,
    inputs, ledger, notes.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    picture: tuple[str, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What the command line adds to the definition."""

    as_of: date | None = None
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    max_reject: int = 0
    strict: bool = False
    allow_empty: bool = False
    verify: bool = False
    store: bool = False
    progress: bool = False


@dataclass
class Run:
    """One reading of the inputs. `notes` is complete once the run is over."""

    book: Book
    rooms: list[Room]
    notes: list[str] = field(default_factory=list)
    unstable: Weeks = field(default_factory=list)


@contextmanager
def running(loaded: Loaded, rooms: Sequence[Room], asked: Asked, *, skip: bool = False, **how: Any) -> Iterator[Run]:
    """What is asked is checked before the reading, what was read after it; `how` goes to the book of facts."""
    wanted = [room for room in rooms if checks.possible(room, loaded, skip)]
    checks.internal(loaded)
    checks.segments(loaded, wanted, asked.by, asked.where)
    store = Store(loaded.path.parent / FOLDER) if asked.store else None
    reader = Reader(loaded.path.parent, loaded.definition.timezone, Ledger(asked.max_reject, asked.strict), asked.verify, store=store)
    needs = frozenset(need for room in wanted for need in room.needs) | needed(wanted, loaded.definition)
    with reader.kept(), reader.watched(), database(loaded) as origin:
        run = Run(Book(loaded.definition, reader, asked.as_of, needs, asked.progress, database=origin, **how), wanted)
        for name in lists(needs, loaded.definition):
            run.book.get(name)
        checks.values(run.book, asked.where)
        yield run
        checks.events(loaded, run.book, asked.allow_empty)
        run.notes += close(run.book) + ([ROWS_ONLY] if origin else [])
        reader.finish()
    reader.ledger.enforce()


def compute(loaded: Loaded, rooms: Sequence[Room], asked: Asked, *, skip: bool = False) -> tuple[list[Table], Ledger]:
    """The tables, in the order asked for, from one reading of the inputs.

    With `skip`, tables whose input is not declared are left out with a note; without, they are refused.
    """
    with running(loaded, rooms, asked, skip=skip) as run:
        frames = [frame(room, run.book, asked) for room in run.rooms]
        run.unstable = unstable_weeks(run.book) if needed(run.rooms, loaded.definition) else []
    left_out = [room.key for room in rooms if room not in run.rooms]
    finished = [_table(room, made, loaded, run, _notes(room, loaded, left_out)) for room, made in zip(run.rooms, frames, strict=True)]
    return finished, run.book.reader.ledger


def meta(loaded: Loaded, book: Book, notes: Sequence[str]) -> dict[str, Any]:
    """Where numbers come from, as plain data."""
    entries = book.reader.ledger.entries
    return {
        "as_of": book.clock.as_of.isoformat(),
        "timezone": book.clock.zone,
        "definitions": {"file": str(loaded.path), "fingerprint": fingerprint(loaded.definition)},
        "product": loaded.definition.product,
        "version": __version__,
        "inputs": [entry.input() for entry in entries],
        "ledger": [entry.counts() for entry in entries],
        "notes": list(dict.fromkeys(notes)),
    }


def settings(room: Room, of: Loaded | Book, asked: Asked) -> dict[str, Any]:
    """The room's settings: its defaults, then the definition file, then the command line."""
    values = {name: setting.default for name, setting in room.settings.items()}
    values |= of.definition.settings(room.folder)
    values |= asked.settings
    values["by"] = asked.by
    return {name: value for name, value in values.items() if name in room.settings}


def columns(room: Room, by: Sequence[str]) -> tuple[Column, ...]:
    """The declared columns, the segments in front."""
    taken = tuple(by) if "by" in room.settings else ()
    return (*(Column(name, "key", "segment; where the accounts table has a history, at the creation of the account (segment_as_of)") for name in taken), *room.columns)


def finish(frame: pl.LazyFrame, room: Room, shown: Sequence[Column], engine: Literal["streaming", "in-memory"] = "streaming") -> pl.DataFrame:
    """What a room returns → exactly the declared columns and types, in their total order."""
    made = frame.collect(engine=engine)
    missing = [column.name for column in shown if column.name not in made.columns]
    if missing:
        refuse("SM501", f"{room.key} makes no column {', '.join(missing)}")
    typed = made.select(_typed(column, made.schema[column.name]).alias(column.name) for column in shown)
    return _ordered(typed, room, shown)


def _ordered(frame: pl.DataFrame, room: Room, shown: Sequence[Column]) -> pl.DataFrame:
    keys = [column.name for column in shown if column.unit == "key"]
    told = room.sections.get("Order", "").split()
    names = [*dict.fromkeys([*(name.lstrip("-") for name in told), *keys])]
    return frame.sort(names, descending=[f"-{name}" in told for name in names], nulls_last=True)


def _typed(column: Column, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column.name)
    if column.unit == "money":
        return _money(value, dtype)
    if column.unit == "time" and dtype.is_integer():
        return value.cast(pl.Datetime("us", "UTC"))
    if column.unit == "date" and dtype.is_integer():
        return value.cast(pl.Int32).cast(pl.Date)
    if column.unit in ("count", "score"):
        return value.cast(pl.Int64)
    if column.unit in ("share", "ratio", "days"):
        return value.cast(pl.Float64)
    if column.unit == "list":
        return value if dtype == pl.List(pl.Int64) else value.cast(pl.List(pl.String))
    if column.unit == "flag":
        return value.cast(pl.Boolean)
    if column.unit in ("label", "text") or dtype in (pl.Categorical, pl.Enum):
        return value.cast(pl.String)
    return value.cast(pl.Int64) if dtype.is_integer() else value


def _money(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Ten-thousandths → decimals of a hundredth, half away from zero."""
    if not dtype.is_integer():
        return value.cast(pl.Decimal(38, 2))
    cents = (value.abs() + 50).floordiv(100) * value.sign()
    return cents.cast(pl.Decimal(38, 2)) * pl.lit("0.01").cast(pl.Decimal(38, 2))


def frame(room: Room, book: Book, asked: Asked) -> pl.DataFrame:
    """The rows of one table from the facts of a book."""
    return once(book, room.needs, named(room, book, asked), lambda: made(room, book, asked, book.get))


def named(room: Room, book: Book, asked: Asked) -> tuple[Any, ...]:
    """What tells a table of a book from its others."""
    return room.key, sorted(settings(room, book, asked).items()), asked.where


def made(room: Room, book: Book, asked: Asked, get: Callable[[str], Any]) -> pl.DataFrame:
    """The rows of one table from the facts that `get` gives."""
    function = getattr(import_module(room.module), room.name)
    given = settings(room, book, asked)
    facts = [_filtered(get(need), need, book, asked) for need in _checked(room)]
    if "by" not in given or "accounts" not in room.needs:
        return finish(function(*facts, **given), room, columns(room, asked.by), book.engine)
    apart = {name: f"by {name}" for name in asked.by}  # no column that the room makes on its way has such a name
    facts = [fact.rename(apart) if need == "accounts" else fact for need, fact in zip(room.needs, facts, strict=True)]
    rows = function(*facts, **{**given, "by": tuple(apart.values())})
    back = {told: name for name, told in apart.items()}
    return finish(rows.drop(apart, strict=False).rename(back), room, columns(room, asked.by), book.engine)


def _checked(room: Room) -> Sequence[str]:
    for need in room.needs:
        if need not in known():
            refuse("SM501", f"{room.key} asks for a fact '{need}' that does not exist{did_you_mean(need, known())}; facts: {', '.join(sorted(known()))}")
    return room.needs


def _filtered(fact: Any, name: str, book: Book, asked: Asked) -> Any:
    """`--where`: only these accounts exist; every fact that names accounts is cut to them."""
    if not asked.where or not isinstance(fact, pl.LazyFrame) or "account" not in fact.collect_schema():
        return fact
    kept = book.get("accounts")
    for column, value in asked.where:
        kept = kept.filter(pl.col(column).cast(pl.String) == value)
    return fact.join(kept.select("account"), on="account", how="semi")


def _notes(room: Room, loaded: Loaded, left_out: Sequence[str]) -> list[str]:
    """What value means, beside its numbers; what a further table would make better."""
    outcome = [f"value: {loaded.definition.value.outcome}"] if room.folder == "value" and loaded.definition.value.outcome else []
    lines = (line.split(None, 1) for line in room.sections.get("Better with", "").splitlines() if line.strip())
    better = [f"{checks.SOURCES[name]}: it would add {what}" for name, what in lines if getattr(loaded.definition.sources, name) is None]
    return outcome + better + ([f"left out, for lack of their input: {', '.join(left_out)}"] if left_out else [])


def _table(room: Room, made: pl.DataFrame, loaded: Loaded, run: Run, notes: Sequence[str]) -> Table:
    touched = concerned(room, loaded.definition)
    more: dict[str, Any] = {"account_by_account": room.behind} if room.behind else {}
    more |= {"one_account": f"saasmetrics account {quote(made['account'][0])}"} if room.keys[:1] == ["account"] and made.height else {}
    more |= {"unstable_weeks": run.unstable} if touched else {}
    known = {**meta(loaded, run.book, [*run.notes, *notes, *(told(run.unstable) if touched else ())]), **more}
    by = [name for name in made.columns if name not in {column.name for column in room.columns}]
    return Table(room.key, room.title, columns(room, by), made, tuple(room.picture), known)
