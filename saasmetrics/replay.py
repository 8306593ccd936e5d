"""Tables as they stood on several days, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from saasmetrics.catalog import Room
from saasmetrics.clock import Clock
from saasmetrics.definitions.read import Loaded
from saasmetrics.facts._book import Book
from saasmetrics.facts._replay import replayed
from saasmetrics.tables import Asked, Run, frame, running


@dataclass
class Replays:
    """Tables as of T and of earlier days, each worked out when it is asked for."""

    run: Run
    asked: Asked
    _books: dict[date, Book] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """That of T."""
        return self.run.book.clock

    def rows(self, room: Room, day: date) -> pl.DataFrame:
        """What the table would have shown on that day, no later than T, with the rows that were there: only late rows and
        later merges are known."""
        return frame(room, self.book(day), self.asked)

    def book(self, day: date) -> Book:
        """The facts as of that day."""
        if day not in self._books:
            self._books[day] = self.run.book if day == self.clock.as_of else replayed(self.run.book, day)
        return self._books[day]


@contextmanager
def replaying(loaded: Loaded, rooms: Sequence[Room], asked: Asked, settle: Callable[[Clock], date] | None = None) -> Iterator[Replays]:
    """Tables whose input is not declared are left out. `settle` moves T to a day of its own, by the clock of the data."""
    with running(loaded, rooms, asked, skip=True, replayed=True, settle=settle) as run:
        yield Replays(run, asked)
