"""Tables as they stood on several days, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from saasmetrics.catalog import Room, facts
from saasmetrics.clock import Clock, date_of
from saasmetrics.definitions.read import Loaded
from saasmetrics.facts._book import Book
from saasmetrics.facts._closure import in_force
from saasmetrics.facts._cut import ANEW, cut, ways
from saasmetrics.facts._made_of import once
from saasmetrics.facts._replay import Then, replayed
from saasmetrics.facts._shares import Shared, changed, rows
from saasmetrics.facts.accounts.accounts import own_accounts
from saasmetrics.tables import Asked, Run, frame, made, named, running, settings


@dataclass
class Replays:
    """Tables as of T and of earlier days, each worked out when it is asked for."""

    run: Run
    asked: Asked
    _books: dict[date, Book] = field(default_factory=dict)
    _shown: dict[tuple[str, date], pl.DataFrame] = field(default_factory=dict)
    _cut: dict[tuple[str, date], pl.DataFrame] = field(default_factory=dict)
    _then: dict[date, Book] = field(default_factory=dict)
    _own: dict[date, set[str]] = field(default_factory=dict)
    _closed: bool = False
    _parts: dict[tuple[str, str], Any] = field(default_factory=dict)

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
        """As `rows`, but from the facts of T, cut: far quicker. Right only where the lists are `alike`, and what a fact says of a day never
        changes after that day; whoever asks has to hold it against `rows`. With `only`, facts are reduced to these rows: the others must not
        matter to what is read off the table."""
        if (room.key, day) not in self._cut:
            self._cut[room.key, day] = self._dated(room, day, only or {})
        return self._cut[room.key, day]

    def _dated(self, room: Room, day: date, only: Mapping[str, pl.Expr]) -> pl.DataFrame:
        book, clock = self.run.book, replace(self.clock, as_of=day)

        def get(name: str) -> Any:
            if name == "clock":
                return clock
            fact = facts()[name]
            return self.book(day).get(name) if ways(fact) == ANEW else cut(self._part(name, only), fact, clock)

        about = named(room, book, self.asked), "cut", sorted((name, str(rows)) for name, rows in only.items())
        then = self._then.setdefault(day, replayed(book, day, Then))
        return once(then, room.needs, about, lambda: made(room, book, self.asked, get))

    def alike(self, room: Room, day: date) -> bool:
        """Whether the lists say of that day what they say at T, as far as the table goes by them: else nothing of that day can be read off what
        is known at T."""
        return self._same_own(day) and not any(self._changed(name, day) for name in in_force(room.needs, self.run.book.definition))

    def _changed(self, name: str, day: date) -> bool:
        """Whether a row of a list came into force between that day and T."""
        rows = self.run.book.get(name)
        if rows is None or "valid_from" not in rows.collect_schema():
            return False
        since = replace(self.clock, as_of=day).now
        return bool(rows.select(pl.col("valid_from").is_between(since, self.clock.now, closed="left").any()).collect().item())

    def _same_own(self, day: date) -> bool:
        """Whether our own accounts of that day are those of T."""
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
        book = self.run.book
        if name not in only:
            return book.get(name)
        key = (name, str(only[name]))
        if key not in self._parts:
            few = changed(book.held(name), lambda every: every.filter(only[name]))
            self._parts[key] = book.shares.made(lambda every: every, [few]) if isinstance(few, Shared) else book.hold(few)
        return rows(self._parts[key])

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
        book = self._books.pop(day, None)
        if book is not None and book is not self.run.book:
            book.let_go()

    def let_go_of_all_days(self) -> None:
        """What all earlier days are made from takes no more memory."""
        self.run.book.let_go("always ")

    def close(self) -> None:
        """No earlier day is needed again; tables that were made stay."""
        self._closed = True


@contextmanager
def replaying(loaded: Loaded, rooms: Sequence[Room], asked: Asked, settle: Callable[[Clock], date] | None = None) -> Iterator[Replays]:
    """Tables whose input is not declared are left out. `settle` moves T to a day of its own, by the clock of the data."""
    with running(loaded, rooms, asked, skip=True, replayed=True, settle=settle) as run:
        yield Replays(run, asked)
