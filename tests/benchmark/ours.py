"""What is measured of saasmetrics: the fold, the tables, the reading of a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import polars as pl

from saasmetrics import catalog, tables
from saasmetrics.definitions.read import read
from saasmetrics.facts._book import Book
from saasmetrics.facts._files import Files
from saasmetrics.report.compose import compose
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader

from .data import AS_OF, Place
from .plan import CHAPTERS
from .timing import Time, timed
from .told import DATED, SERIES

FACTS = frozenset({"usage", "moments", "durations"})
FOLD = ((Book, "origin"), (Book, "staff"), (Files, "twins"), (Book, "folded"))  # all that `fold` measures: the files, colleagues, copies of rows


def fold(place: Place, source: str) -> tuple[Time, Any]:
    """Usage, times of the steps and durations for every rule of the definition."""
    book = _book(place, source)
    with timed() as time:
        folded = book.folded
    return time, [_checksum(folded.take(name)) for name in sorted(FACTS)]


def duties(place: Place, source: str) -> tuple[Time, Any]:
    """What every table needs besides its own facts: copies of rows, and the first and last event of every account."""
    book = _book(place, source, frozenset({"seen"}))
    with timed() as time:
        seen = book.get("seen").collect()
    return time, [seen.height, *(int(seen[name].cast(pl.Int128).sum()) for name in ("n", "first_at", "last_at"))]


def reading(place: Place) -> tuple[Time, Any]:
    """The CSV proved and read, with times and text as the fold wants them."""
    book = _book(place, "csv")
    with timed() as time:
        entries = book.origin.entries
    return time, sum(entry.rows_read for entry in entries)


def computed(place: Place, source: str, keys: Sequence[str]) -> tuple[Time, Any]:
    """These tables in one go."""
    loaded, rooms = read(place.definition(source)), catalog.rooms()
    with timed() as time:
        made, _ = tables.compute(loaded, [rooms[key] for key in keys], tables.Asked(as_of=AS_OF))
    return time, {table.name: [table.frame.columns, table.frame.rows()] for table in made}


def chapters(place: Place, source: str) -> tuple[Time, Any]:
    """All tables of CHAPTERS that the definition has the sources for, in one go; its parts: the fold, and the rest."""
    loaded = read(place.definition(source))
    rooms = [room for room in catalog.rooms().values() if room.folder in CHAPTERS]
    with timed() as time, _within(FOLD) as folding:
        made, _ = tables.compute(loaded, rooms, tables.Asked(as_of=AS_OF), skip=True)
    rest = Time(time.wall - folding.wall, time.cpu - folding.cpu, time.peak)
    time.parts = {name: {**vars(part)} for name, part in (("fold", folding), ("rest", rest))}
    return time, {table.name: table.frame.height for table in made}


def report(place: Place, source: str) -> tuple[Time, Any]:
    """The weekly report, with nothing kept from a run before; its part: the fold."""
    loaded = read(place.definition(source))
    with timed() as time, _within(FOLD) as folding:
        made = compose(loaded, tables.Asked(as_of=AS_OF))
    time.parts = {"fold": {**vars(folding)}}
    return time, {told.line.name: [reading.value for reading in told.weeks] for told in made.lines if told.line.name in {*DATED, *SERIES}}


@contextmanager
def _within(names: Sequence[tuple[type, str]]) -> Iterator[Time]:
    """The time in which these properties are made, however they call each other."""
    told, depth, plain = Time(), 0, {(home, name): home.__dict__[name].func for home, name in names}

    def watched(name: tuple[type, str], owner: Any) -> Any:
        nonlocal depth
        depth += 1
        with timed() as time:
            made = plain[name](owner)
        depth -= 1
        if not depth:
            told.wall, told.cpu, told.peak = told.wall + time.wall, told.cpu + time.cpu, time.peak
        return made

    for home, name in names:
        home.__dict__[name].func = partial(watched, (home, name))
    yield told
    for home, name in names:
        home.__dict__[name].func = plain[home, name]


def _book(place: Place, source: str, wanted: frozenset[str] = FACTS) -> Book:
    definition = read(place.definition(source, "ordered")).definition
    reader = Reader(place.folder, definition.timezone, Ledger())
    return Book(definition, reader, AS_OF, wanted, every_rule=wanted == FACTS)


def _checksum(rows: pl.LazyFrame) -> list[int]:
    """Groups, and the sums of everything, over whole groups."""
    sums = {"n": pl.col("n").sum(), "value": pl.col("value").sum()}
    sums |= {"first_at": pl.col("first_at").min(), "last_at": pl.col("last_at").max()}
    names = rows.collect_schema().names()
    keys_ = [name for name in names if name not in sums]
    whole = rows.group_by(keys_).agg([sums[name] for name in names if name in sums]).filter(pl.col("n") > 0)
    numbers = [name for name in names if name not in ("account", "user")]
    return [int(item) for item in whole.select(pl.len(), pl.col(numbers).cast(pl.Int128).sum()).collect().row(0)]
