"""The events as files whose facts are kept from run to run: a file is read only for what no run before has asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import polars as pl

from saasmetrics.clock import Clock
from saasmetrics.definitions.fingerprint import letters
from saasmetrics.facts._fold import Folded, fold
from saasmetrics.facts._held import Held, placed, table
from saasmetrics.facts._kept_file import KeptFile, Shared
from saasmetrics.facts._kept_twins import Twins, twins
from saasmetrics.facts._order import Order
from saasmetrics.facts._origin import COUNTED, PEOPLE, PLACE, SEEN, Origin, Span, cut, seen
from saasmetrics.facts._visits import SCHEMA as VISITS
from saasmetrics.facts._visits import people, visits
from saasmetrics.sources import events, repeats
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
        self.run.store.events = sum(entry.rows_read for entry, _ in self.opened)
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
        asked, part = _asked(order), cache(order.of)  # the parts are mostly the same of all files
        for number, file in enumerate(self.files, 1):
            missing = [(output, at) for output, pieces in asked.items() for at in _missing(pieces, file.pieces(output, order))]
            if missing:
                self.say(f"folding file {number} of {len(self.files)}")
                file.fold(part(tuple(at for _, at in missing), frozenset(output for output, _ in missing)))
            into.add(file.entry.path, {output: file.pieces(output, order) for output in asked}, asked)
        if asked and self.twins:
            fold([self.twins], order, self.run.zone, into, sign=-1)
        return into

    def heard(self, order: Order) -> set[int]:
        """As the store tells it, where it knows of all; no table is read for it."""
        into, asked = Held(once=self.run.store.once), _asked(order)
        for file in self.files:
            held = {output: file.pieces(output, order, whole=False) for output in asked}
            if any(_missing(pieces, held[output]) for output, pieces in asked.items()):
                return super().heard(order)
            into.add(file.entry.path, held, asked)
        return into.rules

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
        places = [self._places[file] for file in over]
        key = letters(["seen", [(file.key, file.columns) for file in over], [*staff], self._repeated.letters_of(places)])
        kept = self.run.store.once(key, "seen of all", lambda: self._over(over, places, staff, clock)).read()
        every = kept.with_columns(_replaced(range(len(places)), places))
        others = self._people([file for file in self.files if file not in over])
        return seen(pl.concat([every, cut(others, staff, clock)]), self.entries)

    def letters(self, clock: Clock) -> str:
        """The files that begin before T by their content, and of the rows to be taken off again those before T."""
        begun = [file for file in self.files if file.span[0] < clock.now]
        days = self.run.zone.offsets(min((file.span[0] for file in begun), default=clock.now), clock.now)
        return letters([sorted(file.key for file in begun), self._repeated.letters(clock.now), days])

    @cached_property
    def twins(self) -> Part | None:
        """The rows to be taken off again."""
        found = self._repeated
        low, high, n = found.told.select(pl.col("low").min(), pl.col("high").max(), pl.col("n").sum()).row(0)
        return repeats.taken(found.rows.filter("again"), (low, high), self.entries) if n else None

    @cached_property
    def _repeated(self) -> Twins:
        """What is known of them, once it has been told."""
        files = sorted((file for file in self.files if file.keyed), key=lambda file: (file.span[::-1], file.key))
        found = twins(self.run.store, files, [self._places[file] for file in files], self.run.columns, self.merged())
        repeats.count(found.told.select("_part", "n").rows(), self.entries)
        if found.told["contested"].sum():
            repeats.say_conflicts(found.rows.filter("contested").collect(), self.entries, self.run.reader)
        return found

    @cached_property
    def _places(self) -> dict[KeptFile, int]:
        entries = [entry for entry, _ in self.opened]
        return {file: next(place for place, entry in enumerate(entries) if entry is file.entry) for file in self.files}

    def _people(self, files: Sequence[KeptFile]) -> pl.LazyFrame:
        """Of these files, and of their rows that are to be taken off."""
        own = [table([file.people()], PEOPLE).with_columns(place=pl.lit(self._places[file], pl.Int32)) for file in files]
        return pl.concat([*own, self._gone([self._places[file] for file in files])])

    def _gone(self, places: Sequence[int]) -> pl.LazyFrame:
        """Of the rows of some files that are to be taken off."""
        if not self.twins or not any(self._repeated.letters_of(places)):
            return pl.LazyFrame(schema={**PEOPLE, **PLACE})
        some = self.twins.frame.filter(pl.col("place").is_in(places))
        return people(replace(self.twins, frame=some), self.run.zone, -1).lazy()

    def _over(self, files: Sequence[KeptFile], places: Sequence[int], staff: Sequence[str], clock: Clock) -> pl.DataFrame:
        """COUNTED of files that end before T, by their place among these."""
        own = placed([file.seen(staff) for file in files], SEEN).with_columns(staff=pl.col("account").is_null(), late=pl.lit(False))
        gone = cut(self._gone(places), staff, clock).with_columns(_replaced(places, range(len(places))))
        return pl.concat([own.select([*COUNTED]).collect(), gone])


def _replaced(places: Sequence[int], others: Sequence[int]) -> pl.Expr:
    return pl.col("place").replace_strict(places, others, return_dtype=pl.Int32)


def _asked(order: Order) -> dict[str, dict[str, list[int]]]:
    """Output by output its pieces."""
    return {output: order.pieces(output) for output in sorted(order.outputs)}


def _missing(pieces: Mapping[str, Sequence[int]], kept: Mapping[str, Chunk]) -> list[int]:
    """The numbers of the rules of which nothing is kept."""
    return [at for piece, (at, *_) in pieces.items() if piece not in kept]
