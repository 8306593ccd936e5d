"""Where the events come from: all that a run asks of them, in facts that add up and know no T.

A row says what happened on one local day or at one instant, under the account that the event itself names. T is a local
midnight, so that whoever knows it, the merged accounts and the colleagues cuts and joins exactly. Rows that repeat
another one are taken off by rows whose counts are negative; their times stay, since a twin remains.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts._fold import Folded
from saasmetrics.facts._order import Order
from saasmetrics.sources.ledger import Entry

Span = tuple[int, int]
PEOPLE = {"account": pl.Categorical, "user": pl.Categorical, "day": pl.Int32, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64}
DAYS = {name: kind for name, kind in PEOPLE.items() if name != "user"}
TIMES = (pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max())


class Origin(ABC):
    """One way to the events. The facts from which the others follow are abstract; where there is a leaner way than through them, take it."""

    finest: Literal["visits", "people", ""] = ""  # which of these is asked for anyway

    @property
    @abstractmethod
    def entries(self) -> Sequence[Entry]:
        """The pages of the ledger: one a file or table."""

    @property
    @abstractmethod
    def spans(self) -> Sequence[Span]:
        """First and last time of each that holds any event."""

    @abstractmethod
    def folded(self, order: Order) -> Folded:
        """What the order asks of the fold."""

    @abstractmethod
    def people(self) -> Iterable[tuple[Entry, pl.LazyFrame]]:
        """All events, whatever their name, by account, user and day; of each file apart, as PEOPLE."""

    @abstractmethod
    def visits(self) -> pl.LazyFrame:
        """The same by half hours, as in _visits.SCHEMA."""

    @abstractmethod
    def names(self) -> dict[str, int]:
        """Every event name and how often it occurs, repeated rows included."""

    def letters(self, clock: Clock) -> str | None:
        """For all that is known of the events before T; None where it cannot be told without reading them."""
        return None

    def users(self) -> list[str]:
        """Everybody who did anything."""
        told = joined(self.people()).select(pl.col("user").unique().cast(pl.String)).drop_nulls()
        return sorted(told.collect(engine="streaming")["user"])

    def seen(self, staff: Sequence[str], clock: Clock) -> list[tuple[Entry, pl.DataFrame]]:
        """Each file's accounts before T: rows, first and last time. Filters (and counts) staff and what lies after T."""
        return [(entry, cut(frame, entry, staff, clock)) for entry, frame in self.people()]

    def days(self, staff: Sequence[str]) -> pl.LazyFrame:
        """All but the work of colleagues, by account and day, as DAYS; a day may have several rows."""
        every = joined(self.people())
        return every.filter(~of_staff(every, staff)).group_by("account", "day").agg(TIMES)

    def last_days(self, users: pl.DataFrame, clock: Clock) -> pl.LazyFrame:
        """users (account, user) → account, day: the last day before T on which one of them did anything."""
        theirs = joined(self.people()).filter(pl.col("day") < clock.day).join(users.lazy(), on=["account", "user"], how="semi")
        return theirs.group_by("account").agg(pl.col("day").max())


def cut(people: pl.LazyFrame, entry: Entry, staff: Sequence[str], clock: Clock) -> pl.DataFrame:
    """PEOPLE of one file → its accounts before T, as `seen` tells them."""
    return seen(people.select("account", "n", "first_at", "last_at", staff=of_staff(people, staff), late=pl.col("day") >= clock.day), entry)


def seen(rows: pl.LazyFrame, entry: Entry) -> pl.DataFrame:
    """account, n, first_at, last_at, staff, late → one row an account that counts; the others are counted in the ledger."""
    found = rows.group_by("account", "staff", "late").agg(TIMES).collect(engine="streaming")
    entry.filter("internal user", int(found.filter("staff")["n"].sum()))
    entry.filter("after as_of", int(found.filter(pl.col("late") & ~pl.col("staff"))["n"].sum()))
    return found.filter(~pl.col("staff") & ~pl.col("late")).drop("staff", "late")


def of_staff(frame: pl.LazyFrame, staff: Sequence[str]) -> pl.Expr:
    """Whether a row is the work of an internal user."""
    dtype = frame.collect_schema()["user"]
    return pl.col("user").is_in(pl.Series(staff, dtype=dtype).implode()).fill_null(False) if staff else pl.lit(False)


def joined(people: Iterable[tuple[Entry, pl.LazyFrame]]) -> pl.LazyFrame:
    """The people of all files, the files one after the other."""
    return pl.concat([pl.LazyFrame(schema=PEOPLE), *(frame for _, frame in people)])
