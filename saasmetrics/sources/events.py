"""The events: account, user, event, time and the properties that rules ask for; one row an event.

Grain: one event. Columns afterwards: account, user, event (text), time (µs), key (hash of the event id, if there is
one), and each property as text under its own path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from saasmetrics.definitions.sources import Events
from saasmetrics.messages import refuse
from saasmetrics.sources import times
from saasmetrics.sources.columns import Piece, Want, compare, present
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.parquet import readable
from saasmetrics.sources.reading import Reader

MANGLED = r"^\d(\.\d+)?E\+\d+$"
NOBODY = ("NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "undefined")


@dataclass(frozen=True)
class Part:
    """The good rows of one file: lazy for Parquet, in memory for text formats."""

    entry: Entry
    frame: pl.LazyFrame
    lined: pl.LazyFrame  # the same rows with `_line`; apart, because a row number keeps filters from reaching the file
    span: tuple[int, int] = (0, 0)  # first and last time

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
    pieces = reader.pieces(given, entry, source, wanted, ["time", *(f"p:{path}" for path in properties)])
    batches = [_part(reader, piece, source, entry) for piece in pieces]
    return _joined(entry, batches) if batches else Part(entry, _nothing(wanted), _nothing(wanted))


def agree(reader: Reader, source: Events, entries: Sequence[Entry], properties: Sequence[str]) -> None:
    """After all files: what they have to have in common, and how many rows were left out."""
    compare(wants(source, properties), entries, reader.ledger)
    say_filtered(reader.ledger, source, entries)


def suspects(parts: Sequence[Part]) -> pl.DataFrame:
    """All rows whose id occurs more than once, with `_part` (its place) and `_line`."""
    keyed = [part for part in parts if "key" in part.frame.collect_schema()]
    twice = doubled([part.collect(part.frame.select("key")).to_series() for part in keyed])
    found = [part.collect(rows_of(part, twice)).with_columns(_part=pl.lit(number)) for number, part in enumerate(parts) if part in keyed and len(twice)]
    return pl.concat(found) if found else pl.DataFrame()


def duplicates(rows: pl.DataFrame, entries: Sequence[Entry], reader: Reader) -> list[Part]:
    """The rows, of all that `suspects` gives, that repeat an earlier one with the same id and content, to be taken off again; counted per file.

    One id with different contents is reported and kept: it is not for us to choose.
    """
    if rows.is_empty():
        return []
    content = [name for name in rows.columns if name not in ("_part", "_line")]
    ranked = rows.sort("_part", "_line").with_columns(again=~pl.struct(content).is_first_distinct())
    _say_conflicts(ranked.filter(~pl.col("again")), rows, entries, reader)
    return _repeats(ranked.filter("again"), entries)


def joined(parts: Sequence[Part]) -> Part:
    """Several parts as one, under the name of the first."""
    frame = pl.concat(part.frame for part in parts)
    span = min(part.span[0] for part in parts), max(part.span[1] for part in parts)
    return Part(parts[0].entry, frame, frame, span)


def wants(source: Events, properties: Sequence[str]) -> list[Want]:
    """The columns to look for; those of properties bear p: before their names."""
    where = source.mapping
    core = [Want(name, where[name], required=True) for name in ("account", "time", "event")]
    soft = [Want(name, where[name], declared=name in source.columns, even=True) for name in ("user", "id")]
    return core + soft + [Want(f"p:{path}", path, declared=True) for path in properties]


def _joined(entry: Entry, batches: Sequence[Part]) -> Part:
    spans = [batch.span for batch in batches if batch.span != (0, 0)] or [(0, 0)]
    span = min(low for low, _ in spans), max(high for _, high in spans)
    return Part(entry, pl.concat(b.frame for b in batches), pl.concat(b.lined for b in batches), span)


def _part(reader: Reader, piece: Piece, source: Events, entry: Entry) -> Part:
    rule = reader.rule(source)
    dtype = piece.frame.collect_schema()["time"]
    with_id = "id" not in entry.missing
    if piece.eager or not times.instant(dtype, rule):
        return _in_memory(reader, piece, source, entry, with_id)
    return _typed(piece, entry, with_id)


def _in_memory(reader: Reader, piece: Piece, source: Events, entry: Entry, with_id: bool) -> Part:
    """Times are read once and kept; text becomes categorical, which holds each distinct value once."""
    with readable(entry.path):
        frame = piece.numbered().collect()
    frame = _filtered(reader.read_times(frame, ["time"], source, entry), entry)
    _say_mangled(frame, reader, entry)
    columns = [_compact(name, frame.schema[name]) for name in frame.columns if name not in ("id", "time", "_line")]
    kept = frame.lazy().select(*_keyed(with_id), *columns, "time", "_line").collect()
    low, high = kept.select(pl.col("time").min().alias("low"), pl.col("time").max().alias("high")).row(0)
    return Part(entry, kept.lazy().drop("_line"), kept.lazy(), (low or 0, high or 0))


def _compact(name: str, dtype: pl.DataType) -> pl.Expr:
    """Text as categorical, numbers as they are."""
    return pl.col(name).cast(pl.Categorical) if dtype == pl.String else pl.col(name)


def _filtered(frame: pl.DataFrame, entry: Entry) -> pl.DataFrame:
    there = {"account": present(pl.col("account")), "event": present(pl.col("event")), "time": pl.col("time").is_not_null()}
    for name, good in there.items():
        kept = frame.filter(good)
        entry.filter(f"without {name}", frame.height - kept.height)
        frame = kept
    return frame


def _typed(piece: Piece, entry: Entry, with_id: bool) -> Part:
    """Instants need no reading: the file stays where it is; only what is wrong with it is counted here."""
    frame = piece.frame.with_columns(time=times.micros(pl.col("time")))
    with readable(entry.path):
        bounds = pl.col("time").min().alias("low"), pl.col("time").max().alias("high")
        low, high, whole = frame.select(*bounds, _whole(piece.sure)).collect(engine="streaming").row(0)
    if low is not None and (low < times.EARLIEST or high >= times.LATEST):
        refuse("SM311", f"a time {times.TROUBLES['range'][1]} ({low if low < times.EARLIEST else high} µs)", entry.path)
    good = [] if whole else _good(frame, entry)
    properties = [name for name in frame.collect_schema() if name.startswith("p:")]
    lined = frame.with_row_index("_line", offset=1)
    keep: list[pl.Expr | str] = [*_keyed(with_id), "account", "user", *properties, "event", "time"]
    kept = lined.filter(*good).select(*keep, pl.col("_line").cast(pl.Int64))
    return Part(entry, frame.filter(*good).select(keep), kept, (low or 0, high or 0))


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
    return [pl.when(pl.col("id").is_not_null()).then(pl.col("id").hash(7)).alias("key")] if with_id else []


def _nothing(wants: Sequence[Want]) -> pl.LazyFrame:
    texts = {want.name: pl.Categorical for want in wants if want.name not in ("id", "time")}
    return pl.LazyFrame(schema={**texts, "time": pl.Int64})


def keys(part: Part) -> pl.DataFrame:
    """The hashes of all ids."""
    return part.collect(part.frame.select("key").drop_nulls())


def names(part: Part) -> pl.DataFrame:
    """event, n: every event name of a file, and how often it occurs."""
    return part.collect(part.frame.group_by(pl.col("event").cast(pl.String)).agg(n=pl.len().cast(pl.Int64)))


def doubled(keys: Sequence[pl.Series]) -> pl.Series:
    """The keys that occur more than once: sorted by the eighth, so that little more than the keys is in memory."""
    found = [pl.Series("key", [], pl.UInt64)]
    for eighth in range(8 if keys else 0):
        low, high = eighth * 2**61, (eighth + 1) * 2**61 - 1
        some = pl.concat(key.filter(key.is_between(low, high)) for key in keys).sort(multithreaded=False)
        found.append(some.filter(some == some.shift(1)).unique())
    return pl.concat(found)


def rows_of(part: Part, keys: pl.Series) -> pl.LazyFrame:
    """The rows with these keys, in full."""
    texts = [pl.col(name).cast(pl.String) for name in sorted(part.frame.collect_schema()) if name not in ("key", "time")]
    return part.lined.filter(pl.col("key").is_in(keys.implode())).select("key", "time", *texts, "_line")


def _repeats(again: pl.DataFrame, entries: Sequence[Entry]) -> list[Part]:
    gone = []
    for (number,), rows in sorted(again.partition_by("_part", as_dict=True).items()):
        entry = entries[int(str(number))]
        entry.filter("duplicate", rows.height)
        texts = [name for name in rows.columns if name in ("account", "user", "event") or name.startswith("p:")]
        frame = rows.lazy().select(pl.col(texts).cast(pl.Categorical), "time")
        low, high = rows.select(pl.col("time").min().alias("low"), pl.col("time").max().alias("high")).row(0)
        gone.append(Part(entry, frame, frame, (low, high)))
    return gone


def _say_conflicts(distinct: pl.DataFrame, rows: pl.DataFrame, entries: Sequence[Entry], reader: Reader) -> None:
    shared = distinct.filter(pl.len().over("key") > 1).sort("_part", "time", "key")
    for number, key in shared.select("_part", "key").head(6).unique(maintain_order=True).rows():
        there = rows.filter((pl.col("_part") == number) & (pl.col("key") == key))
        lines = there["_line"].sort().head(6).to_list()
        what = f"line {lines[0]}: its event id is used for another event too (lines {', '.join(map(str, lines))}); both are kept"
        reader.ledger.warn("SM321", what, entries[number].path, lines[0])


def say_filtered(ledger: Ledger, source: Events, entries: Sequence[Entry]) -> None:
    """How many rows of all lack what they cannot do without."""
    read_ = sum(entry.rows_read for entry in entries)
    for name in ("account", "event", "time"):
        rows = sum(entry.filtered.get(f"without {name}", 0) for entry in entries)
        if rows:
            ledger.warn("SM320", f"{rows} rows without {source.mapping[name]} left out ({rows / read_:.1%} of {read_})")


def _say_mangled(frame: pl.DataFrame, reader: Reader, entry: Entry) -> None:
    """Ids that a spreadsheet rounded, and words that stand for no id: kept as they are, and said."""
    account = pl.col("account")
    doubts = {
        "ids in scientific notation may be several accounts merged by a spreadsheet": account.str.contains(MANGLED),
        "reads like a missing id, and is counted as an account": account.is_in(NOBODY),
    }
    for what, doubtful in doubts.items():
        for line, name in frame.filter(doubtful).head(1).select("_line", "account").rows():
            reader.ledger.warn("SM321", f"line {line}: account '{name}': {what}", entry.path, line)
