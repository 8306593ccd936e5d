"""Tables as they stood on several days, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from saasmetrics.catalog import Room
from saasmetrics.clock import Clock
from saasmetrics.definitions.read import Loaded
from saasmetrics.facts._book import Book
from saasmetrics.facts._replay import replayed
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.tables import Asked, frame, possible

Days = Callable[[Clock], Sequence[date]]


def replay(loaded: Loaded, rooms: Sequence[Room], asked: Asked, days: Days) -> dict[date, dict[str, pl.DataFrame]]:
    """Day → table → its rows as of that day. `days` chooses the days by the clock of T, none later than T.

    Each is what the tables would have shown on that day with the rows that were there; only late rows and later merges are known.
    Tables whose input is not declared are left out.
    """
    wanted = [room for room in rooms if possible(room, loaded, skip=True)]
    needs = frozenset(need for room in wanted for need in room.needs)
    reader = Reader(loaded.path.parent, loaded.definition.timezone, Ledger(asked.max_reject, asked.strict), asked.verify)
    book = Book(loaded.definition, reader, asked.as_of, needs, asked.progress, replayed=True)
    with reader.watched():
        books = {day: book if day == book.clock.as_of else replayed(book, day) for day in days(book.clock)}
        told = {day: {room.key: frame(room, then, asked) for room in wanted} for day, then in books.items()}
    reader.finish()
    return told
