"""Tables as they stood on several days, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from saasmetrics.catalog import Room
from saasmetrics.clock import Clock, date_of
from saasmetrics.definitions.read import Loaded
from saasmetrics.facts._book import Book
from saasmetrics.facts._made_of import once
from saasmetrics.facts._replay import Then, replayed
from saasmetrics.facts.accounts.accounts import own_accounts
from saasmetrics.tables import Asked, Run, frame, made, named, running, settings


@dataclass
class Replays:
    """Tables as of T and of earlier days, each worked out when it is asked for."""

    run: Run
    asked: Asked
    _books: dict[date, Book] = field(default_factory=dict)
    _shown: dict[tuple[str, date], pl.DataFrame] = field(default_factory=dict)
    _then: dict[date, Book] = field(default_factory=dict)
    _own: dict[date, set[str]] = field(default_factory=dict)
    _closed: bool = False
    _parts: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """That of T."""
        return self.run.book.clock

    def rows(self, room: Room, day: date) -> pl.DataFrame:
        """What the table would have shown on that day, no later than T, with the rows that were there: only late rows and
        later merges are known."""
        if (room.key, day) not in self._shown:
            self._shown[room.key, day] = frame(room, self.book(day), self.asked)
        return self._shown[room.key, day]

    def dated(self, room: Room, day: date, only: Mapping[str, pl.Expr] | None = None) -> pl.DataFrame:
        """As `rows`, but from the facts of T, cut: far quicker. Right only where days are `alike`, what a fact says of a day never
        changes after that day, and what is known of an account is when it happened; whoever asks has to hold it against `rows`. With `only`,
        facts are reduced to these rows: the others must not matter to what is read off the table."""
        book, clock, only = self.run.book, replace(self.clock, as_of=day), only or {}

        def get(name: str) -> Any:
            return clock if name == "clock" else _before(self._part(name, only), clock)

        about = named(room, book, self.asked), "cut", sorted((name, str(rows)) for name, rows in only.items())
        then = self._then.setdefault(day, replayed(book, day, Then))
        return once(then, room.needs, about, lambda: made(room, book, self.asked, get))

    def alike(self, day: date) -> bool:
        """Whether our own accounts of that day are those of T: else nothing of that day can be read off what is known at T."""
        listed = self.run.book.get("listed")
        if listed is None or "valid_from" not in listed.collect_schema():
            return True
        for one in {day, self.clock.as_of} - {*self._own}:
            found = own_accounts(listed, self.run.book.definition, replace(self.clock, as_of=one))
            self._own[one] = {*found.collect()["account"]}
        return self._own[day] == self._own[self.clock.as_of]

    def over(self, room: Room, day: date) -> pl.DataFrame:
        """The rows of the table of T whose period was over by that day. Right only where nothing later changes them."""
        table, clock = self.rows(room, self.clock.as_of), replace(self.clock, as_of=day)
        period = settings(room, self.run.book, self.asked)["period"]
        return table.filter(pl.col("period") <= date_of(clock.first_day(clock.last_complete(period), period)))

    def _part(self, name: str, only: Mapping[str, pl.Expr]) -> Any:
        """A fact of T, or some of its rows: these are looked for once for all days."""
        fact = self.run.book.get(name)
        if name not in only:
            return fact
        key = (name, str(only[name]))
        if key not in self._parts:
            self._parts[key] = fact.filter(only[name]).collect(engine=self.run.book.engine)
        return self._parts[key].lazy()

    @cached_property
    def events_by_day(self) -> pl.DataFrame:
        """day, n: all events but those of colleagues."""
        return self.run.book.every("days").group_by("day").agg(pl.col("n").sum()).sort("day").collect()

    def book(self, day: date) -> Book:
        """The facts as of that day."""
        if self._closed and day != self.clock.as_of:
            raise RuntimeError(f"{day}: what earlier days are made from was let go")
        if day not in self._books:
            self._books[day] = self.run.book if day == self.clock.as_of else replayed(self.run.book, day)
        return self._books[day]

    def let_go(self, day: date) -> None:
        """The facts of that day are not needed again, and take no more memory; tables that were made stay."""
        self._books.pop(day, None)

    def close(self) -> None:
        """No earlier day is needed again: what only they are made from takes no more memory."""
        made, self._closed = self.run.book._made, True
        for name in [name for name in made if name.startswith("always ")]:
            del made[name]


def _before(fact: Any, clock: Clock) -> Any:
    """Days and accounts from T on are not there yet, moments from T on are not known; what was not over lasts until T."""
    if not isinstance(fact, pl.LazyFrame):
        return fact
    bounds = {"day": clock.day, "created_at": clock.now, "at": clock.now}
    names = fact.collect_schema().names()
    there = [(pl.col(name) < bound).fill_null(True) for name, bound in bounds.items() if name in names]
    lasting = {"end_at": pl.min_horizontal("end_at", clock.now), "open": pl.col("open") | (pl.col("end_at") >= clock.now)} if {"end_at", "open"} <= {*names} else {}
    happened = [name for name in names if name.endswith("_at") and name not in ("due_at", *lasting)]
    return fact.filter(there or True).with_columns(*(pl.when(pl.col(name) < clock.now).then(name) for name in happened), **lasting)


@contextmanager
def replaying(loaded: Loaded, rooms: Sequence[Room], asked: Asked, settle: Callable[[Clock], date] | None = None) -> Iterator[Replays]:
    """Tables whose input is not declared are left out. `settle` moves T to a day of its own, by the clock of the data."""
    with running(loaded, rooms, asked, skip=True, replayed=True, settle=settle) as run:
        yield Replays(run, asked)
