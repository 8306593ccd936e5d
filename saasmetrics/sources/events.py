"""The events: account, user, event, time and the properties that rules ask for; one row an event.

Grain: one event. Columns afterwards: account, user, event (text), time (µs), key (hash of the event id, if there is
one), and each property as text under its own path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from saasmetrics.definitions.sources import Events
from saasmetrics.messages import counted
from saasmetrics.sources import doubts, times
from saasmetrics.sources.columns import Piece, Want, compare, present
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import SHOWN, Entry, Ledger
from saasmetrics.sources.parquet import readable
from saasmetrics.sources.reading import Reader, format_of
from saasmetrics.sources.spool import put

PIECE = 4_000_000  # rows
FAR = ~pl.col("time").is_between(times.EARLIEST, times.LATEST, closed="left")


@dataclass(frozen=True)
class Part:
    """The good rows of one file: lazy for Parquet, in memory for text formats."""

    entry: Entry
    frame: pl.LazyFrame
    lined: pl.LazyFrame  # the same rows with `_line`
    span: tuple[int, int] = (0, 0)  # first and last time
    rows: int = 0  # how many, where any of them can be had without reading those before it
    held: bool = False  # in memory
    numbered: bool = False  # `_line` counts its rows

    def at(self, places: pl.Series) -> pl.LazyFrame:
        """The rows at these places among its rows, from 0 on, with `_line`. Of a file that is read where it lies the others need not be decoded."""
        if self.numbered:
            return self.lined.filter(pl.col("_line").is_in((places + 1).cast(pl.Int64).implode()))
        return self.lined.with_row_index("_at").filter(pl.col("_at").is_in(places.implode())).drop("_at")

    def pieces(self) -> list[Part]:
        """The same rows, so many at a time that memory holds them."""
        starts = range(0, self.rows, PIECE) if self.rows > PIECE else ()
        return [replace(self, frame=self.frame.slice(at, PIECE), lined=self.lined.slice(at, PIECE), numbered=False) for at in starts] or [self]

    def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """A frame made of this part; what cannot be read is refused by the name of the file."""
        with readable(self.entry.path):
            return frame.collect(engine="streaming")


def read(reader: Reader, source: Events, opened: Sequence[tuple[Entry, Input]], properties: Sequence[str]) -> list[Part]:
    """All files. Rows without account, event or time are filtered and counted; unreadable times are rejected."""
    parts = [one(reader, source, entry, given, properties) for entry, given in opened]
    agree(reader, source, [entry for entry, _ in opened], properties)
    return parts


def one(reader: Reader, source: Events, entry: Entry, given: Input, properties: Sequence[str]) -> Part:
    """One file."""
    wanted = wants(source, properties)
    read_as = [f"p:{path}" for path in properties]
    pieces = reader.pieces(given, entry, source, wanted, ["time", *read_as])
    if format_of(given, source.format) == "csv":
        pieces = doubts.looked_at(pieces, read_as, source, entry)
    batches = [_aside(part) if reader.spills else part for part in (_part(reader, piece, source, entry) for piece in pieces)]
    return _joined(entry, batches) if batches else Part(entry, _nothing(wanted), _nothing(wanted))


def agree(reader: Reader, source: Events, entries: Sequence[Entry], properties: Sequence[str]) -> None:
    """After all files: what they have to have in common, and how many rows were left out."""
    compare(wants(source, properties), entries, reader.ledger)
    say_filtered(reader.ledger, source, entries)


def wants(source: Events, properties: Sequence[str]) -> list[Want]:
    """The columns to look for; those of properties bear p: before their names."""
    where = source.mapping
    core = [Want(name, where[name], required=True, guessed=name not in source.columns) for name in ("account", "time", "event")]
    soft = [Want(name, where[name], declared=name in source.columns, even=True, guessed=name not in source.columns) for name in ("user", "id")]
    return core + soft + [Want(f"p:{path}", path, declared=True, decimal=source.decimal) for path in properties]


def _joined(entry: Entry, batches: Sequence[Part]) -> Part:
    if len(batches) == 1:
        return batches[0]
    spans = [batch.span for batch in batches if batch.span != (0, 0)] or [(0, 0)]
    span = min(low for low, _ in spans), max(high for _, high in spans)
    rows = sum(b.rows for b in batches) if all(b.rows for b in batches) else 0
    return Part(entry, pl.concat(b.frame for b in batches), pl.concat(b.lined for b in batches), span, rows)


def _aside(part: Part) -> Part:
    """Rows that are in memory, on disk instead, until the run is over."""
    if not part.held:
        return part
    scan = pl.scan_parquet(put(part.lined), glob=False)
    return replace(part, frame=scan.drop("_line"), lined=scan)


def _part(reader: Reader, piece: Piece, source: Events, entry: Entry) -> Part:
    rule = reader.rule(source)
    dtype = piece.frame.collect_schema()["time"]
    with_id = "id" not in entry.missing
    if piece.eager or not times.instant(dtype, rule):
        return _in_memory(reader, piece, source, entry, with_id)
    return _typed(reader, piece, source, entry, with_id)


def _in_memory(reader: Reader, piece: Piece, source: Events, entry: Entry, with_id: bool) -> Part:
    """Times are read once and kept; text becomes categorical, which holds each distinct value once."""
    with readable(entry.path):
        frame = piece.frame.collect()
    frame = _filtered(reader.read_times(frame, ["time"], source, entry), entry)
    columns = [_compact(name, frame.schema[name]) for name in frame.columns if name not in ("id", "time", "_line")]
    kept = frame.lazy().select(*_keyed(with_id), *columns, "time", "_line").collect()
    if entry.lined:
        doubts.say(kept, reader, entry)
    low, high = kept.select(pl.col("time").min().alias("low"), pl.col("time").max().alias("high")).row(0)
    return Part(entry, kept.lazy().drop("_line"), kept.lazy(), (low or 0, high or 0), kept.height, held=True)


def _compact(name: str, dtype: pl.DataType) -> pl.Expr:
    """Text as categorical, numbers as they are."""
    return pl.col(name).cast(pl.Categorical) if dtype == pl.String else pl.col(name)


def _filtered(frame: pl.DataFrame, entry: Entry) -> pl.DataFrame:
    if frame.select(_whole(frozenset())).item():
        return frame  # a filter copies every column
    there = {"account": present(pl.col("account")), "event": present(pl.col("event")), "time": pl.col("time").is_not_null()}
    for name, good in there.items():
        kept = frame.filter(good)
        entry.filter(f"without {name}", frame.height - kept.height)
        frame = kept
    return frame


def _typed(reader: Reader, piece: Piece, source: Events, entry: Entry, with_id: bool) -> Part:
    """Instants need no reading: the file stays where it is; only what is wrong with it is counted here."""
    frame = piece.frame.with_columns(time=times.micros(pl.col("time")))
    low, high, whole = _bounds(frame, piece, entry)
    far = low is not None and (low < times.EARLIEST or high >= times.LATEST)
    if far:
        _reject_far(reader, frame, source, entry)
        frame = frame.filter(~FAR.fill_null(False))
        low, high, whole = _bounds(frame, piece, entry)
    good = [] if whole else _good(frame, entry)
    properties = [name for name in frame.collect_schema() if name.startswith("p:")]
    kept = frame.filter(*good).select(*_keyed(with_id), "account", "user", *properties, "event", "time", "_line")
    return Part(entry, kept.drop("_line"), kept, (low or 0, high or 0), 0 if good or far else entry.rows_read, numbered=not good and not far)


def _bounds(frame: pl.LazyFrame, piece: Piece, entry: Entry) -> tuple[Any, ...]:
    """First and last time, and whether every row is whole."""
    bounds = pl.col("time").min().alias("low"), pl.col("time").max().alias("high")
    with readable(entry.path):
        return frame.select(*bounds, _whole(piece.sure)).collect(engine="streaming").row(0)


def _reject_far(reader: Reader, frame: pl.LazyFrame, source: Events, entry: Entry) -> None:
    """Rows of times that are none, each with its row."""
    code, what = times.TROUBLES["year"]
    with readable(entry.path):
        rows = frame.filter(FAR).select("_line", pl.col("time").cast(pl.Datetime("us")).cast(pl.String)).collect(engine="streaming")
    places = [(line, f"line {line}: {source.mapping['time']} '{text}' {what}") for line, text in rows.sort("_line").head(SHOWN).rows()]
    reader.ledger.reject(entry, code, f"{source.mapping['time']} year", places, rows.height)


def _whole(sure: frozenset[str]) -> pl.Expr:
    """Whether every row surely has account, event and time: an id that begins above the blank is never blank."""
    begun = [(pl.col(name) >= "!").fill_null(False).all() for name in ("account", "event") if name not in sure]
    return pl.all_horizontal(*begun, pl.col("time").is_not_null().all())


def _good(frame: pl.LazyFrame, entry: Entry) -> list[pl.Expr]:
    """What rows must fulfil; those that do not are counted."""
    account, event, time = present(pl.col("account")), present(pl.col("event")), pl.col("time").is_not_null()
    lost = {"account": ~account, "event": account & ~event, "time": account & event & ~time}
    with readable(entry.path):
        counts = frame.select(rows.sum().alias(name) for name, rows in lost.items()).collect(engine="streaming")
    for name, rows in counts.row(0, named=True).items():
        entry.filter(f"without {name}", rows)
    return [account & event & time] if any(counts.row(0)) else []


def _keyed(with_id: bool) -> list[pl.Expr]:
    """By what ids are compared."""
    return [pl.when(pl.col("id").is_not_null()).then(pl.col("id").hash(7)).alias("key")] if with_id else []


def _nothing(wants: Sequence[Want]) -> pl.LazyFrame:
    texts = {want.name: pl.Categorical for want in wants if want.name not in ("id", "time")}
    return pl.LazyFrame(schema={**texts, "time": pl.Int64})


def names(part: Part) -> pl.DataFrame:
    """event, n: every event name of a file, and how often it occurs."""
    return part.collect(part.frame.group_by(pl.col("event").cast(pl.String)).agg(n=pl.len().cast(pl.Int64)))


def say_filtered(ledger: Ledger, source: Events, entries: Sequence[Entry]) -> None:
    """How many rows of all lack what they cannot do without."""
    read_ = sum(entry.rows_read for entry in entries)
    for name in ("account", "event", "time"):
        rows = sum(entry.filtered.get(f"without {name}", 0) for entry in entries)
        if rows:
            ledger.warn("SM320", f"{counted(rows, 'row')} without {source.mapping[name]} left out ({rows / read_:.1%} of {read_})")
