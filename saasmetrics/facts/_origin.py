"""Where the events come from: all that a run asks of them, in facts that add up and know no T.

A row says what happened on one local day or at one instant, under the account that the event itself names. T is a local
midnight, so that whoever knows it, the merged accounts and the colleagues cuts and joins exactly. Rows that repeat
another one are taken off by rows whose counts are negative; their times stay, since a twin remains.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.facts._fold import Folded
from saasmetrics.facts._order import Order
from saasmetrics.sources.ledger import Entry

Span = tuple[int, int]
PLACE = {"place": pl.Int32}  # of a file among the entries
PEOPLE = {"account": pl.Categorical, "user": pl.Categorical, "day": pl.Int32, "n": pl.Int64, "first_at": pl.Int64, "last_at": pl.Int64}
SEEN = {name: kind for name, kind in PEOPLE.items() if name not in ("user", "day")}
COUNTED = {**SEEN, **PLACE, "staff": pl.Boolean, "late": pl.Boolean}
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

    @property
    def events(self) -> int:
        """How many there are, whoever did them."""
        return sum(entry.rows_read for entry in self.entries)

    @abstractmethod
    def folded(self, order: Order) -> Folded:
        """What the order asks of the fold."""

    def heard(self, order: Order) -> set[int]:
        """The numbers of the rules that hold for any event."""
        return self.folded(order).rules

    @abstractmethod
    def people(self) -> pl.LazyFrame:
        """All events, whatever their name, by account, user and day, as PEOPLE, with the PLACE of their file."""

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
        told = self.people().select(pl.col("user").unique().cast(pl.String)).drop_nulls()
        return sorted(told.collect(engine="streaming")["user"])

    def seen(self, staff: Sequence[str], clock: Clock) -> pl.DataFrame:
        """Each file's accounts before T: place, account, rows, first and last time. Filters (and counts) staff and what lies after T."""
        return seen(cut(self.people(), staff, clock), self.entries)

    def days(self, staff: Sequence[str]) -> pl.LazyFrame:
        """All but the work of colleagues, by account and day, as DAYS; a day may have several rows."""
        every = self.people()
        return every.filter(~of_staff(every, staff)).group_by("account", "day").agg(TIMES)

    def last_days(self, users: pl.DataFrame, clock: Clock) -> pl.LazyFrame:
        """users (account, user) → account, day: the last day before T on which one of them did anything."""
        theirs = self.people().filter(pl.col("day") < clock.day).join(users.lazy(), on=["account", "user"], how="semi")
        return theirs.group_by("account").agg(pl.col("day").max())


def cut(people: pl.LazyFrame, staff: Sequence[str], clock: Clock) -> pl.DataFrame:
    """PEOPLE with their PLACE → COUNTED: whose they are, and whether before T."""
    asked = people.select("place", "account", "n", "first_at", "last_at", staff=of_staff(people, staff), late=pl.col("day") >= clock.day)
    return asked.group_by("account", "place", "staff", "late").agg(TIMES).select([*COUNTED]).collect(engine="streaming")


def seen(rows: pl.DataFrame, entries: Sequence[Entry]) -> pl.DataFrame:
    """COUNTED → the rows that count; the others are counted in the ledger."""
    others = {"internal user": pl.col("staff"), "after as_of": pl.col("late") & ~pl.col("staff")}
    for rule, test in others.items():
        for place, n in rows.filter(test).group_by("place").agg(pl.col("n").sum()).iter_rows():
            entries[place].filter(rule, n)
    return rows.filter(~pl.col("staff") & ~pl.col("late")).drop("staff", "late")


def of_staff(frame: pl.LazyFrame, staff: Sequence[str]) -> pl.Expr:
    """Whether a row is the work of an internal user."""
    dtype = frame.collect_schema()["user"]
    return pl.col("user").is_in(pl.Series(staff, dtype=dtype).implode()).fill_null(False) if staff else pl.lit(False)
