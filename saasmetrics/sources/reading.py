"""One way into every source: its files, whatever their format, as frames of wanted columns with readable times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from saasmetrics.definitions.sources import Source
from saasmetrics.messages import Refused, counted, refuse
from saasmetrics.sources import csv, ndjson, parquet, times
from saasmetrics.sources.columns import Piece, Want
from saasmetrics.sources.files import Input, expand, plain
from saasmetrics.sources.ledger import SHOWN, Entry, Ledger
from saasmetrics.store import Store

MOVED = frozenset(times.MOVED)
ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson"}


@dataclass
class Reader:
    """What all sources of a run share: where paths start, the zone, the ledger, the hashes under way."""

    base: Path
    zone: str | None
    ledger: Ledger
    verify: bool = False
    spills: bool = False  # events are put aside on disk rather than held in memory
    store: Store | None = None  # knows the hashes of files that were not touched
    inputs: list[tuple[Entry, Input, Future[str]]] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def files(self, name: str, source: Source) -> list[tuple[Entry, Input]]:
        """The files of a source, each with its page in the ledger; their hashes are computed meanwhile."""
        opened = []
        for given in expand(source.files, self.base, self.ledger, follow=True):
            entry = self.ledger.open(name, given.shown, given.size)
            entry.lined, entry.loose = format_of(given, source.format) != "parquet", format_of(given, source.format) == "ndjson"
            self.inputs.append((entry, given, self._pool.submit(self._hash, given)))
            opened.append((entry, given))
        return opened

    def pieces(self, given: Input, entry: Entry, source: Source, wants: Sequence[Want], typed: Sequence[str]) -> Iterator[Piece]:
        """The rows of one file. Columns named in `typed` keep their type where the format has types."""
        if not given.size:
            refuse("SM304", "the file is empty: not even a header", given.shown)
        if format_of(given, source.format) == "parquet":
            if self.verify:
                self.check(given, source)
            yield from parquet.read(given, wants, entry, self.ledger, typed)
        elif format_of(given, source.format) == "ndjson":
            yield from ndjson.read(plain(given, source.encoding), wants, entry, self.ledger)
        else:
            yield from csv.read(given, plain(given, source.encoding), wants, entry, self.ledger, source.separator or ",")

    def check(self, given: Input, source: Source) -> None:
        """Every page of a Parquet file is held against its checksum."""
        if format_of(given, source.format) == "parquet":
            parquet.verify(given)

    def digest(self, entry: Entry) -> str:
        """The hash of an input's content."""
        return next(digest.result() for opened, _, digest in self.inputs if opened is entry)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What does not depend on T; where the same lists are read again and again, from memory."""
        return make()

    def rule(self, source: Source) -> times.Rule:
        """How the times of a source are to be read."""
        told = source.times
        return times.Rule(told.format, told.unit, told.zone or self.zone, told.ambiguous, told.nonexistent, self.zone or "UTC")

    def read_times(self, frame: pl.DataFrame, columns: Sequence[str], source: Source, entry: Entry) -> pl.DataFrame:
        """Columns of times → microseconds; rows with an unreadable one are rejected, doubtful ones counted."""
        rule = self.rule(source)
        bad = pl.Series("bad", [False]).new_from_index(0, frame.height)
        for column in columns:
            parsed = times.parse(frame[column], rule)
            bad = bad | parsed.trouble.is_not_null()
            self._say_moved(frame, parsed, rule, entry, MOVED if source.kind == "events" else MOVED - {"untimed"})
            self._reject(frame, column, source.mapping[column], parsed, entry)
            self._say_zoned(frame[column], column, parsed, entry)
            frame = frame.with_columns(parsed.micros.alias(column))
        return frame.filter(~bad) if bad.any() else frame

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is kept from run to run: there if it was there before, let go at the end."""
        if self.store and self.store.home.is_dir():
            with suppress(OSError):
                self.store.open()
        try:
            yield
        finally:
            if self.store:
                self.store.close()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """What is refused because a file changed meanwhile is refused for that."""
        try:
            yield
        except Refused:
            self._check_unchanged()
            raise

    def finish(self) -> None:
        """Fill in the hashes, and check that no input changed while it was read."""
        with self.watched():
            for entry, _, digest in self.inputs:
                entry.sha256 = digest.result()
        self.say_twins()
        self._check_unchanged()
        self._pool.shutdown()

    def say_twins(self) -> None:
        """Files with the same content, under names of their own: most likely one export, copied."""
        first: dict[tuple[str, str], str] = {}
        for entry, given, digest in self.inputs:
            twin = first.setdefault((entry.source, digest.result()), given.shown)
            if twin != given.shown and entry.rows_read and "duplicate" not in entry.filtered:
                self.ledger.warn("SM321", f"has the same content as {twin}, byte for byte: its rows count twice", given.shown)

    def _hash(self, given: Input) -> str:
        """The SHA-256 of the content; with `verify` it is never taken from an earlier run."""
        known = self.store.stamped(given.stamp) if self.store and not self.verify else None
        found = known or given.sha256()
        if self.store and not known:
            self.store.stamp(given.stamp, found)
        return found

    def _check_unchanged(self) -> None:
        for _, given, _ in self.inputs:
            given.check_unchanged()

    def _reject(self, frame: pl.DataFrame, column: str, shown: str, parsed: times.Parsed, entry: Entry) -> None:
        for kind in parsed.trouble.drop_nulls().unique().sort():
            code, what = times.TROUBLES[kind]
            rows = frame.filter(parsed.trouble == kind)
            values = rows.head(SHOWN).select("_line", pl.col(column).cast(pl.String)).rows()
            places = [(line, f"line {line}: {shown} '{value}' {what}") for line, value in values]
            self.ledger.reject(entry, code, f"{shown} {kind}", places, rows.height)

    def _say_zoned(self, values: pl.Series, column: str, parsed: times.Parsed, entry: Entry) -> None:
        """Of texts it counts whether they have a zone, where all have one or none."""
        if values.dtype == pl.String:
            kind = "" if parsed.zoned is None else times.ZONES[parsed.zoned]
            entry.kinds[column] = kind if entry.kinds.get(column) in (None, "text", kind) else ""

    def _say_moved(self, frame: pl.DataFrame, parsed: times.Parsed, rule: times.Rule, entry: Entry, kinds: Collection[str]) -> None:
        for kind, what in times.MOVED.items():
            lines = frame.filter(parsed.moved == kind)["_line"]
            if len(lines) and kind in kinds:
                told = f"line {lines[0]}: {counted(len(lines), 'time')} {what.format(taken=rule.ambiguous, zone=rule.zone)}"
                self.ledger.warn("SM321", told, entry.path, lines[0])


def format_of(given: Input, declared: str | None) -> str:
    """As declared, else by the content, else by the file's ending."""
    if declared:
        return declared
    if given.head.startswith(b"PAR1"):
        return "parquet"
    suffixes = [suffix.lower() for suffix in Path(given.shown).suffixes if suffix.lower() not in (".gz", ".zst", ".bz2")]
    named = ENDINGS.get(suffixes[-1], "csv") if suffixes else "csv"
    return "ndjson" if named == "csv" and given.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b'{"') else named
