"""The facts as they were known at earlier days: the events are read and folded once, whatever the number of days.

Accounts that were merged by T count as one at every earlier day, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.sources import Source
from saasmetrics.facts import _lists, _merges
from saasmetrics.facts._book import Book
from saasmetrics.facts._lists import LISTS
from saasmetrics.facts._visits import SCHEMA as VISITS
from saasmetrics.facts._visits import local_day, of_staff, visits
from saasmetrics.sources.events import Part
from saasmetrics.sources.files import Input, expand
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import Reader

DATED = ("subscriptions", "rates", "tickets", "incidents", "costs")  # what these lists tell depends on T

PEOPLE = {"account": pl.Categorical, "user": pl.Categorical, "day": pl.Int32}
SEEN = {"account": pl.Categorical, "day": pl.Int32, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64}


class Quiet(Reader):
    """Reads files again of which everything has been said and hashed."""

    def files(self, name: str, source: Source) -> list[tuple[Entry, Input]]:
        return [(self.ledger.open(name, given.shown, given.size), given) for given in expand(source.files, self.base, self.ledger)]


@dataclass
class Replay(Book):
    """A book as of an earlier day than the one it is made from."""

    later: Book | None = None

    @property
    def _source(self) -> Book:
        assert self.later is not None
        return self.later

    @cached_property
    def parts(self) -> list[Part]:
        """Those of the later book: nothing is read again."""
        return self._source.parts

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

    def _list(self, name: str) -> pl.LazyFrame | None:
        if name not in DATED:
            return self._source.get(next(key for key, table in LISTS.items() if table == name))  # type: ignore[no-any-return]
        quiet = Quiet(self.reader.base, self.reader.zone, Ledger(max_reject=2**62))
        found = _lists.read(name, self.definition, quiet, self.clock)
        return None if found is None else _merges.listed(found.lazy(), self.merged, name) if self.merged else found.lazy()

    def _seen(self) -> pl.LazyFrame:
        known = self._source.by_day(seen_by_day, SEEN).filter(pl.col("day") < self.clock.day)
        return known.group_by("account").agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max())

    def _visits(self) -> pl.LazyFrame:
        known = self._source.by_day(visits, VISITS).filter(pl.col("day") < self.clock.day)
        return known.join(self.get("accounts").select("account"), on="account", how="semi")

    def _admin_last(self) -> pl.LazyFrame:
        admins = self.get("members").filter("admin").select("account", "user")
        known = self._source.by_day(people_by_day, PEOPLE).filter(pl.col("day") < self.clock.day).join(admins, on=["account", "user"], how="semi")
        return known.group_by("account").agg(pl.col("day").max())


def replayed(later: Book, as_of: date) -> Replay:
    """`later`, which was made with `replayed`, as of an earlier day."""
    return Replay(later.definition, later.reader, as_of, later.wanted, every_rule=later.every_rule, replayed=True, later=later)


def seen_by_day(part: Part, clock: Clock, staff: Sequence[str], sign: int = 1) -> pl.DataFrame:
    """One file's accounts before T, a row a day: rows, first and last time. With sign −1 its rows are taken off again."""
    counted = [(sign * pl.len().cast(pl.Int64)).alias("n"), pl.col("time").min().alias("first_at"), pl.col("time").max().alias("last_at")]
    return _daily(part, clock, staff, ["account"], counted)


def people_by_day(part: Part, clock: Clock, staff: Sequence[str], sign: int = 1) -> pl.DataFrame:
    """One file's users before T, a row for each day on which one did anything at all."""
    return _daily(part, clock, staff, ["account", "user"], [])


def _daily(part: Part, clock: Clock, staff: Sequence[str], keys: Sequence[str], counted: Sequence[pl.Expr]) -> pl.DataFrame:
    inside = of_staff(part, staff)
    rows = part.frame.filter(~inside & (pl.col("time") < clock.now)).select(pl.col(keys).cast(pl.Categorical), "time", day=local_day(part, clock).cast(pl.Int32))
    return part.collect(rows.group_by(*keys, "day").agg(counted))
