"""The events as files whose facts are kept from run to run: a file is read only for what no run before has asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts._digest import digest, hashed
from saasmetrics.facts._files import repeated
from saasmetrics.facts._fold import Folded, fold
from saasmetrics.facts._held import Held, placed, table
from saasmetrics.facts._kept_file import KeptFile, Shared
from saasmetrics.facts._kept_ids import suspects
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import COUNTED, PEOPLE, PLACE, SEEN, Origin, Span, cut, seen
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
            fold([self.twins], order, self.run.zone, into, sign=-1)
        return into

    def people(self) -> pl.LazyFrame:
        """By account, user and day."""
        return self._people(self.files)

    def visits(self) -> pl.LazyFrame:
        """By half hours."""
        kept = [file.table("visits", lambda part: visits(part, self.run.zone)) for file in self.files]
        return pl.concat([table(kept, VISITS), *([visits(self.twins, self.run.zone, -1).lazy().drop("place")] if self.twins else [])])

    def names(self) -> dict[str, int]:
        """Counted in each file."""
        every = table([file.table("names", events.names) for file in self.files], NAMES)
        return dict(every.group_by("event").agg(pl.col("n").sum()).sort("event").collect().iter_rows())

    def seen(self, staff: Sequence[str], clock: Clock) -> pl.DataFrame:
        """Of a file that ends before T no day needs to be looked at."""
        over = [file for file in self.files if file.span[1] < clock.now]
        others = self._people([file for file in self.files if file not in over])
        key = letters(["seen", [(file.key, file.columns) for file in over], [*staff]])
        kept = self.run.store.once(key, "seen of all", lambda: placed([file.seen(staff) for file in over], SEEN).collect()).read()
        place = pl.col("place").replace_strict(range(len(over)), [self._places[file] for file in over], return_dtype=pl.Int32)
        every = kept.with_columns(place, staff=pl.col("account").is_null(), late=pl.lit(False)).select([*COUNTED])
        return seen(pl.concat([every, cut(others, staff, clock)]), self.entries)

    def letters(self, clock: Clock) -> str:
        """The files that begin before T by their content, and of the rows to be taken off again those before T."""
        begun = [file for file in self.files if file.span[0] < clock.now]
        days = self.run.zone.offsets(min((file.span[0] for file in begun), default=clock.now), clock.now)
        return letters([sorted(file.key for file in begun), digest(self._gone.lazy().filter(pl.col("time") < clock.now)), days])

    @cached_property
    def twins(self) -> Part | None:
        """The rows to be taken off again."""
        files = sorted((file for file in self.files if file.keyed), key=lambda file: (file.span[::-1], file.key))
        places = [self._places[file] for file in files]
        every = suspects(self.run.store, files, self.run.columns) if files else pl.DataFrame()
        rows = every if every.is_empty() else every.with_columns(_part=pl.col("place").replace_strict(range(len(places)), places)).drop("place")
        return repeated(rows, self.merged, self.entries, self.run.reader)

    @cached_property
    def _gone(self) -> pl.DataFrame:
        """What tells the rows to be taken off, wherever they stand."""
        every = self.twins.frame.drop("place") if self.twins else pl.LazyFrame(schema={"time": pl.Int64})
        return hashed(every, "time").collect()

    @cached_property
    def _places(self) -> dict[KeptFile, int]:
        entries = [entry for entry, _ in self.opened]
        return {file: next(place for place, entry in enumerate(entries) if entry is file.entry) for file in self.files}

    def _people(self, files: Sequence[KeptFile]) -> pl.LazyFrame:
        """Of these files, and of the rows of all that are to be taken off."""
        own = [table([file.people()], PEOPLE).with_columns(place=pl.lit(self._places[file], pl.Int32)) for file in files]
        return pl.concat([pl.LazyFrame(schema={**PEOPLE, **PLACE}), *own, *([people(self.twins, self.run.zone, -1).lazy()] if self.twins else [])])


def _missing(pieces: Mapping[str, Sequence[int]], kept: Mapping[str, Chunk]) -> list[int]:
    """The numbers of the rules of which nothing is kept."""
    return [at for piece, (at, *_) in pieces.items() if piece not in kept]
