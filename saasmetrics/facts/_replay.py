"""The facts as they were known at earlier days: the events are read and folded once, whatever the number of days.

Accounts that were merged by T count as one at every earlier day, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from saasmetrics.definitions.sources import Source
from saasmetrics.facts import _lists, _merges
from saasmetrics.facts._book import Book
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._origin import TIMES, Origin
from saasmetrics.sources.files import Input, expand
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import Reader

DATED = ("subscriptions", "rates", "tickets", "incidents", "costs")  # what these lists tell depends on T


@dataclass
class Quiet(Reader):
    """Reads files again of which everything has been said and hashed; and each list once, whatever the number of days."""

    known: dict[str, Any] = field(default_factory=dict)

    def rows(self, name: str, read: Callable[[], Any]) -> Any:
        if name not in self.known:
            self.known[name] = read()
        return self.known[name]

    def files(self, name: str, source: Source) -> list[tuple[Entry, Input]]:
        return [(self.ledger.open(name, given.shown, given.size), given) for given in expand(source.files, self.base, self.ledger, follow=True)]


@dataclass
class Replay(Book):
    """A book as of an earlier day than the one it is made from."""

    later: Book | None = None

    @property
    def _source(self) -> Book:
        assert self.later is not None
        return self.later

    @cached_property
    def origin(self) -> Origin:
        """That of the later book: nothing is read again."""
        return self._source.origin

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Those of the later book."""
        return self._source.rules

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """As known at the later T."""
        return self._source.staff

    @cached_property
    def merged(self) -> dict[str, str]:
        """As known at the later T."""
        return self._source.merged

    def whole(self, name: str) -> pl.LazyFrame:
        """The fold of the later book."""
        return self._source.whole(name)

    def every(self, name: str) -> pl.LazyFrame:
        """Those of the later book."""
        return self._source.every(name)

    def _list(self, name: str) -> pl.LazyFrame | None:
        if name not in DATED:
            return self._source.get(next(key for key, table in LISTS.items() if table == name))  # type: ignore[no-any-return]
        found = _lists.read(name, self.definition, self._quiet, self.clock)
        return None if found is None else _merges.listed(found.lazy(), self.merged, name) if self.merged else found.lazy()

    @property
    def _quiet(self) -> Quiet:
        """One for all the days of the later book."""
        made = self._source._made
        return made.setdefault("quiet", Quiet(self.reader.base, self.reader.zone, Ledger(max_reject=2**62)))  # type: ignore[no-any-return]

    def _seen(self) -> pl.LazyFrame:
        return self.every("days").filter(pl.col("day") < self.clock.day).group_by("account").agg(TIMES)

    def _admin_last(self) -> pl.LazyFrame:
        admins = self.get("members").filter("admin").select("account", "user")
        known = self.every("people").filter(pl.col("day") < self.clock.day).join(admins, on=["account", "user"], how="semi")
        return known.group_by("account").agg(pl.col("day").max())


def replayed(later: Book, as_of: date) -> Replay:
    """`later`, which was made with `replayed`, as of an earlier day."""
    return Replay(later.definition, later.reader, as_of, later.wanted, every_rule=later.every_rule, replayed=True, later=later)
