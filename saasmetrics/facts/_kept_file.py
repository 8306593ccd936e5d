"""One file of events through a store: what is kept of it, and its rows where that is not enough.

It is known by its content, by how its columns and times are to be read, and by the code that reads and folds it. What is
kept of it holds for any T and beside any other files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from secrets import token_hex
from typing import Any

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.codeprint import of_reading
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.definitions.sources import Events
from saasmetrics.facts._fold import SCHEMAS, Folded, fold, of_one
from saasmetrics.facts._held import FINER, firsts, table
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import PEOPLE, SEEN, Span, of_staff
from saasmetrics.facts._visits import people
from saasmetrics.sources import events, pages
from saasmetrics.sources.events import Part
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import Reader, format_of
from saasmetrics.store import Chunk, Store

Make = Callable[[Part], pl.DataFrame]
MANY = 2**62  # no ledger ends for what was told before


@dataclass(frozen=True)
class Shared:
    """What all files of a run are read with."""

    store: Store
    source: Events
    columns: Sequence[str]  # the properties that this run asks for
    reader: Reader
    zone: Clock  # whose days count; its T does not matter


@dataclass(eq=False)
class KeptFile:
    """One file; to be told first, then asked."""

    entry: Entry
    given: Input
    run: Shared

    @cached_property
    def page(self) -> pages.Page:
        """What there is to say of the file, said to the ledger; it is read if no run before has read it so."""
        found = pages.known(self.run.store.pages(self.key), self.run.columns)
        if found is None:
            return self._first()
        if self.run.reader.verify:
            self.run.reader.check(self.given, self.run.source)
        pages.tell(found, self.entry, self.run.reader.ledger)
        return found

    @property
    def span(self) -> Span:
        """First and last time."""
        low, high = self.page["span"]
        return low, high

    @property
    def keyed(self) -> bool:
        """Whether its events have ids."""
        return "id" not in self.page["missing"]

    @cached_property
    def key(self) -> str:
        """Letters for the content and how it is read."""
        source, reader = self.run.source, self.run.reader
        columns = {name: path for name, path in source.mapping.items() if name != "ingested"}
        how = [columns, format_of(self.given, source.format), source.separator, source.encoding, source.decimal, source.times.model_dump(), reader.zone]
        return letters([reader.digest(self.entry), how, of_reading(), pl.__version__])

    @property
    def columns(self) -> list[str] | None:
        """The columns for which alone its facts hold; None: for any."""
        return self.page["columns"] if self.page["told"] else None

    def table(self, output: str, make: Make, staff: Sequence[str] | None = None) -> Chunk:
        """A table of all events of the file; `staff` where it leaves out colleagues."""
        found = next(iter(self._tables(output, staff)), None)
        return found or self._put(output, make(self.part), staff)

    def people(self) -> Chunk:
        """By account, user and day."""
        return self.table("people", lambda part: people(part, self.run.zone))

    def seen(self, staff: Sequence[str]) -> Chunk:
        """By account alone, colleagues as accounts without a name."""
        return self.table("seen", lambda _: self._seen(staff), staff)

    def pieces(self, output: str, order: Order, whole: bool = True) -> dict[str, Chunk]:
        """The pieces of an output of the fold that are kept, by their letters; `whole`: and can be read."""
        found: dict[str, Chunk] = {}
        for name in (output, *FINER.get(output, ())):
            for chunk in self._tables(name, order.staff, whole):
                found = {**dict.fromkeys(chunk.about["pieces"], chunk), **found}
        return found

    def fold(self, order: Order) -> None:
        """Keep what the order asks of the fold, and the coarser outputs that follow from it."""
        into = Folded()
        fold(self.part.pieces(), order, self.run.zone, into)
        told: dict[str, Any] = {"size": into.size, "folded": token_hex(4)}
        for output, frames in into.frames.items():
            frame = pl.concat(frame.select(pl.col(name).cast(dtype) for name, dtype in of_one(SCHEMAS[output]).items()) for frame in frames)
            told["found"] = sorted(frame["rule"].unique())
            self._put(output, frame, order.staff, pieces=_numbers(order, output), **told)
            if output in ("usage", "daily"):
                self._put("firsts", firsts(frame.lazy()), order.staff, pieces=_numbers(order, "firsts"), **told)

    @cached_property
    def part(self) -> Part:
        """The rows; whatever is to be said of them has been said."""
        quiet = replace(self.run.reader, ledger=Ledger(max_reject=MANY), verify=False)
        return events.one(quiet, self.run.source, Entry(self.entry.source, self.entry.path), self.given, self.run.columns)

    def _first(self) -> pages.Page:
        tape = pages.Tape(entry=self.entry, to=self.run.reader.ledger)
        self.part = events.one(replace(self.run.reader, ledger=tape), self.run.source, self.entry, self.given, self.run.columns)
        self.given.check_unchanged()
        made = pages.page(tape, self.part.span, self.run.columns)
        self.run.store.turn(self.key, made)
        return made

    def _seen(self, staff: Sequence[str]) -> pl.DataFrame:
        every = table([self.people()], PEOPLE)
        account = pl.when(~of_staff(every, staff)).then("account").alias("account")
        return every.group_by(account).agg(pl.col("n").sum(), pl.col("first_at").min(), pl.col("last_at").max()).select([*SEEN]).collect(engine="streaming")

    def _tables(self, output: str, staff: Sequence[str] | None, whole: bool = True) -> list[Chunk]:
        """Those that hold for this run."""
        found = [chunk for chunk in self.run.store.chunks(self.key) if chunk.about["output"] == output]
        return [chunk for chunk in found if self._fits(chunk, staff) and (not whole or chunk.sound())]

    def _fits(self, chunk: Chunk, staff: Sequence[str] | None) -> bool:
        told = chunk.about
        return told["zone"] == self._zone and told["columns"] == self.columns and (staff is None or self._same(told["staff"], staff))

    def _same(self, then: str, staff: Sequence[str]) -> bool:
        """Whether the colleagues of then and now are the same ones as far as this file goes."""
        if then == letters(list(staff)):
            return True
        strange = {*staff} ^ {*self.run.store.listed(then)}
        there = table([self.people()], PEOPLE).filter(pl.col("user").is_in(pl.Series([*strange], dtype=pl.Categorical).implode()))
        return there.head(1).collect().is_empty()

    @cached_property
    def _zone(self) -> str:
        """Letters for where the days of its span begin."""
        return letters(self.run.zone.offsets(*self.span))

    def _put(self, output: str, frame: pl.DataFrame, staff: Sequence[str] | None, **more: Any) -> Chunk:
        self.given.check_unchanged()
        about = {"output": output, "zone": self._zone, "columns": self.columns, **more}
        about |= {} if staff is None else {"staff": self.run.store.keep_list(letters(list(staff)), staff)}
        return self.run.store.put(self.key, frame, about)


def _numbers(order: Order, output: str) -> dict[str, int]:
    return {piece: at for piece, (at, *_) in order.pieces(output).items()}
