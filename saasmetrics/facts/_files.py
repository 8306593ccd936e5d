"""The events as this machine's files hold them: read and folded in every run, and only as far as the tables need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts import _merges
from saasmetrics.facts._admins import admin_last
from saasmetrics.facts._fold import Folded, fold
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import COUNTED, DAYS, PEOPLE, PLACE, Origin, Span, cut, of_staff, seen
from saasmetrics.facts._visits import SCHEMA, by_day, days, people, visits
from saasmetrics.sources import events, repeats
from saasmetrics.sources.events import Part
from saasmetrics.sources.ledger import Entry
from saasmetrics.sources.reading import Reader


@dataclass
class Files(Origin):
    """All files of the events, each read where it lies or held in memory."""

    parts: Sequence[Part]
    reader: Reader
    zone: Clock  # whose days count; its T does not matter
    merged: Callable[[], Mapping[str, str]]  # rows of two accounts that became one may be twins
    say: Callable[[str], None]

    @cached_property
    def twins(self) -> Part | None:
        """The rows to be taken off again."""
        rows, into = repeats.suspects(self.parts), self.merged()
        return repeats.duplicates(_merges.moved(rows.lazy(), into).collect() if into and rows.height else rows, self.entries, self.reader)

    @property
    def entries(self) -> Sequence[Entry]:
        """The pages of the ledger, one a file."""
        return [part.entry for part in self.parts]

    @property
    def spans(self) -> Sequence[Span]:
        """First and last time of each file that holds any event."""
        return [part.span for part in self.parts if part.span != (0, 0)]

    def folded(self, order: Order) -> Folded:
        """One pass over each file for all that is asked. Twins are found before it: their keys and its groups are never in memory together."""
        into, twins = Folded(), self.twins if order.outputs else None
        if order.outputs:
            fold([piece for part in self.parts if part.entry.rows_read for piece in part.pieces()], order, self.zone, into, say=self.say)
        if twins:
            fold([twins], order, self.zone, into, sign=-1)
        return into

    def people(self) -> pl.LazyFrame:
        """By account, user and day."""
        return self._people.lazy()

    def visits(self) -> pl.LazyFrame:
        """By half hours."""
        return self._visits.lazy().drop("place")

    def names(self) -> dict[str, int]:
        """Counted in the files."""
        every = pl.concat([pl.DataFrame(schema={"event": pl.String, "n": pl.Int64}), *map(events.names, self.parts)])
        return dict(every.group_by("event").agg(pl.col("n").sum()).sort("event").iter_rows())

    def users(self) -> list[str]:
        """Without the days of each."""
        found = [part.collect(part.frame.select(pl.col("user").cast(pl.String)).unique()) for part in self.parts]
        return sorted(pl.concat([pl.DataFrame(schema={"user": pl.String}), *found]).unique().drop_nulls()["user"])

    def seen(self, staff: Sequence[str], clock: Clock) -> pl.DataFrame:
        """Without the days and users, where these are not asked for anyway."""
        if self.finest:
            return seen(cut((self._visits if self.finest == "visits" else self._people).lazy(), staff, clock), self.entries)
        return seen(self._each(partial(_seen, staff=staff, now=clock.now), COUNTED), self.entries)

    def days(self, staff: Sequence[str]) -> pl.LazyFrame:
        """Without the users."""
        return self._each(partial(days, clock=self.zone, staff=staff), DAYS).lazy()

    def last_days(self, users: pl.DataFrame, clock: Clock) -> pl.LazyFrame:
        """The latest files first, the others for those of whom they do not tell."""
        return super().last_days(users, clock) if self.finest else admin_last(users, self.parts, clock)

    @cached_property
    def _visits(self) -> pl.DataFrame:
        return self._each(partial(visits, clock=self.zone), {**SCHEMA, **PLACE})

    @cached_property
    def _people(self) -> pl.DataFrame:
        return by_day(self._visits) if self.finest == "visits" else self._each(partial(people, clock=self.zone), {**PEOPLE, **PLACE})

    def _each(self, count: Callable[..., pl.DataFrame], schema: Mapping[str, Any]) -> pl.DataFrame:
        """What `count` makes of every file, with its place, and of the rows to be taken off."""
        own = [count(part).with_columns(place=pl.lit(at, pl.Int32)) for at, part in enumerate(self.parts) if part.entry.rows_read]
        every = [*own, *([count(self.twins, sign=-1)] if self.twins else [])]
        return pl.concat([pl.DataFrame(schema=schema), *(rows.select([*schema]) for rows in every)])


def _seen(part: Part, staff: Sequence[str], now: int, sign: int = 1) -> pl.DataFrame:
    """By the account alone where that is enough: one key is quicker to group by than three."""
    told = {"staff": of_staff(part.frame, staff) if staff else None, "late": pl.col("time") >= now if part.span[1] >= now else None}
    asked = {name: test for name, test in told.items() if test is not None}
    of = [name for name in PLACE if name in part.frame.collect_schema()]
    rows = part.frame.select("account", "time", *of, **asked).group_by("account", *asked, *of).agg(
        n=sign * pl.len().cast(pl.Int64), first_at=pl.col("time").min(), last_at=pl.col("time").max()
    )  # fmt: skip
    never = [pl.lit(False).alias(name) for name in told if name not in asked]
    return part.collect(rows.with_columns(pl.col("account").cast(pl.Categorical), *never))
