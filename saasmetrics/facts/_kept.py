"""The events as files whose facts are kept from run to run: a file is read only for what no run before has asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts._digest import digest
from saasmetrics.facts._files import repeated
from saasmetrics.facts._fold import Folded, fold
from saasmetrics.facts._held import Held, placed, table
from saasmetrics.facts._kept_file import SEEN, KeptFile, Shared
from saasmetrics.facts._kept_ids import suspects
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import PEOPLE, Origin, Span, cut
from saasmetrics.facts._visits import SCHEMA as VISITS
from saasmetrics.facts._visits import people, visits
from saasmetrics.sources import events
from saasmetrics.sources.events import Part
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry
from saasmetrics.store import Chunk

NAMES = {"event": pl.String, "n": pl.Int64}


@dataclass
class Kept(Origin):
    """All files of the events, through a store."""

    run: Shared
    opened: Sequence[tuple[Entry, Input]]
    merged: Callable[[], Mapping[str, str]]
    say: Callable[[str], None]

    @cached_property
    def files(self) -> list[KeptFile]:
        """The files that hold any row, once all of them have been told."""
        every = [KeptFile(entry, given, self.run) for entry, given in self.opened]
        filled = [file for file in every if file.page["rows"]]
        events.agree(self.run.reader, self.run.source, [file.entry for file in every], self.run.columns)
        return filled

    @property
    def entries(self) -> Sequence[Entry]:
        """The pages of the ledger, one a file."""
        return [entry for entry, _ in self.opened if self.files is not None]

    @property
    def spans(self) -> Sequence[Span]:
        """First and last time of each file that holds any event."""
        return [file.span for file in self.files if file.span != (0, 0)]

    def folded(self, order: Order) -> Folded:
        """What is kept of each rule; the others are folded, and kept."""
        into = Held(once=self.run.store.once)
        asked = {output: order.pieces(output) for output in sorted(order.outputs)}
        part = cache(order.of)  # mostly the same of all files
        for number, file in enumerate(self.files, 1):
            missing = [(output, at) for output, pieces in asked.items() for at in _missing(pieces, file.pieces(output, order))]
            if missing:
                self.say(f"folding file {number} of {len(self.files)}")
                file.fold(part(tuple(at for _, at in missing), frozenset(output for output, _ in missing)))
            into.add(file.entry.path, {output: file.pieces(output, order) for output in asked}, asked)
        if asked and self.twins:
            fold([events.joined(self.twins)], order, self.run.zone, into, sign=-1)
        return into

    def people(self) -> Iterable[tuple[Entry, pl.LazyFrame]]:
        """By account, user and day."""
        return [(file.entry, table([file.people()], PEOPLE)) for file in self.files] + self._taken()

    def visits(self) -> pl.LazyFrame:
        """By half hours."""
        kept = [file.table("visits", lambda part: visits(part, self.run.zone)) for file in self.files]
        return pl.concat([table(kept, VISITS), *(visits(part, self.run.zone, -1).lazy() for part in self.twins)])

    def names(self) -> dict[str, int]:
        """Counted in each file."""
        every = table([file.table("names", events.names) for file in self.files], NAMES)
        return dict(every.group_by("event").agg(pl.col("n").sum()).sort("event").collect().iter_rows())

    def seen(self, staff: Sequence[str], clock: Clock) -> list[tuple[Entry, pl.DataFrame]]:
        """Of a file that ends before T no day needs to be looked at."""
        taken = self._taken()
        over = [file for file in self.files if file.span[1] < clock.now]
        key = letters(["seen", [(file.key, file.columns) for file in over], [*staff]])
        every = self.run.store.once(key, "seen of all", lambda: placed([file.seen(staff) for file in over], SEEN).sort("place").collect()).read()
        for at, inside in every.filter(pl.col("account").is_null()).select("place", "n").iter_rows():
            over[at].entry.filter("internal user", inside)
        days = [(file.entry, table([file.people()], PEOPLE)) for file in self.files if file not in over] + taken
        return [(over[at].entry, accounts) for at, accounts in _apart(every.drop_nulls("account"))] + [(entry, cut(frame, entry, staff, clock)) for entry, frame in days]

    def letters(self, clock: Clock) -> str:
        """The files that begin before T by their content, and of the rows to be taken off again those before T."""
        begun = [file for file in self.files if file.span[0] < clock.now]
        days = self.run.zone.offsets(min((file.span[0] for file in begun), default=clock.now), clock.now)
        return letters([sorted(file.key for file in begun), digest(self._gone.filter(pl.col("time") < clock.now)), days])

    @cached_property
    def twins(self) -> Sequence[Part]:
        """The rows to be taken off again, of each file that has some."""
        files = sorted((file for file in self.files if file.keyed), key=lambda file: (file.span[::-1], file.key))
        places = [next(place for place, (entry, _) in enumerate(self.opened) if entry is file.entry) for file in files]
        every = suspects(self.run.store, files, self.run.columns) if files else pl.DataFrame()
        rows = every if every.is_empty() else every.with_columns(_part=pl.col("place").replace_strict(range(len(places)), places)).drop("place")
        return repeated(rows, self.merged, self.entries, self.run.reader)

    @cached_property
    def _gone(self) -> pl.LazyFrame:
        return events.joined(self.twins).frame if self.twins else pl.LazyFrame(schema={"time": pl.Int64})

    def _taken(self) -> list[tuple[Entry, pl.LazyFrame]]:
        return [(part.entry, people(part, self.run.zone, -1).lazy()) for part in self.twins]


def _missing(pieces: Mapping[str, Sequence[int]], kept: Mapping[str, Chunk]) -> list[int]:
    """The numbers of the rules of which nothing is kept."""
    return [at for piece, (at, *_) in pieces.items() if piece not in kept]


def _apart(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Rows in the order of `place`: those of each place, of which none is copied."""
    start, frame = 0, rows.drop("place")
    for size, place in rows["place"].rle().struct.unnest().iter_rows():
        yield place, frame.slice(start, size)
        start += size
