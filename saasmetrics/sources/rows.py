"""The small sources (all but the events): whole in memory, typed, each row counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from saasmetrics.definitions.columns import COLUMNS
from saasmetrics.definitions.sources import Source
from saasmetrics.messages import counted, did_you_mean
from saasmetrics.sources import doubts
from saasmetrics.sources.columns import Want, compare, present
from saasmetrics.sources.ledger import SHOWN, Entry
from saasmetrics.sources.parquet import readable
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.remembered import Opened, remembered

NEVER = r"^(2999|3000|4000|4712|9999)-12-31|^3000-01-01|^\s*[Ii]nfinity\s*$"  # what systems write where something has no end
ENDS = ("end", "renews", "cancelled", "resolved", "reopened", "invited", "joined", "deactivated")  # empty, they have not come
ACCOUNTS = ("account", "from", "to")
LABELS = ("plan", "currency")


@dataclass
class Rows:
    """All rows of one source under our names, with `_file` and `_line` to say where each came from."""

    frame: pl.DataFrame
    entries: list[Entry] = field(default_factory=list)

    def places(self, mask: pl.Expr) -> list[tuple[Entry, int]]:
        """Where the first rows are for which the mask holds."""
        return [(self.entries[at], line) for at, line in self.frame.filter(mask).select("_file", "_line").head(SHOWN).rows()]

    def without(self, mask: pl.Expr, rule: str) -> Rows:
        """The rows for which the mask does not hold; the others are counted under the rule."""
        counts: list[tuple[int, int]] = self.frame.filter(mask).group_by("_file").len().rows()
        for file, gone in counts:
            self.entries[file].filter(rule, gone)
        return Rows(self.frame.filter(~mask.fill_null(False)), self.entries)


def read(
    reader: Reader, source: Source, name: str, extra: Sequence[str], times_: Sequence[str], ids: Sequence[str],
    settled: Callable[[Rows], pl.DataFrame] = lambda rows: rows.frame,
) -> Rows:  # fmt: skip
    """The mapped columns of a source, and `extra` ones under their own names; `times_` become µs. Rows without an id go.

    `settled` is what of the rows is worth remembering; nothing but the rows decides it.
    """
    found = reader.once(name, lambda: _read(reader, source, name, extra, times_, ids, settled))
    return Rows(found.frame, found.entries)


def _read(
    reader: Reader, source: Source, name: str, extra: Sequence[str], times_: Sequence[str], ids: Sequence[str], settled: Callable[[Rows], pl.DataFrame],
) -> Rows:  # fmt: skip
    opened = reader.files(name, source)
    entries = [entry for entry, _ in opened]
    frame = remembered(reader, source, opened, [name, extra, times_, ids], lambda: settled(Rows(_whole(reader, source, opened, extra, times_, ids), entries)))
    return Rows(frame, entries)


def _whole(reader: Reader, source: Source, opened: Opened, extra: Sequence[str], times_: Sequence[str], ids: Sequence[str]) -> pl.DataFrame:
    wants = _wants(source, extra)
    frames = [
        _clean(reader, piece.frame, source, entry, times_, ids).with_columns(_file=pl.lit(at, pl.Int32))
        for at, (entry, given) in enumerate(opened)
        for piece in reader.pieces(given, entry, source, wants, times_)
    ]
    compare(wants, [entry for entry, _ in opened], reader.ledger)
    schema = {want.name: pl.Int64 if want.name in times_ else pl.String for want in wants}
    nothing = pl.DataFrame(schema={**schema, "_line": pl.Int64, "_file": pl.Int32})
    made = pl.concat([nothing, *(frame.select(nothing.columns) for frame in frames)])
    doubts.amounts(made, source, opened, reader)
    for at, (entry, _) in enumerate(opened):
        for name in [name for name in ids if name in ACCOUNTS]:
            doubts.say(made.filter(_file=at), reader, entry, name)
    labels = [name for name in made.columns if name in (*LABELS, *getattr(source, "segments", ()))]
    doubts.values(made, labels, source, opened, reader)
    return made


def leave_out(rows: Rows, mask: pl.Expr, rule: str, code: str, what: str, reader: Reader) -> Rows:
    """The rows for which the mask does not hold; each of the others is told with its line, and counted under the rule."""
    for entry, line in rows.places(mask):
        reader.ledger.warn(code, f"line {line}: {what}: left out", entry.path, line)
    return rows.without(mask, rule)


def reject(rows: Rows, bad: pl.Expr, name: str, shown: str, code: str, what: str, reader: Reader) -> Rows:
    """The rows that are not bad; the others are rejected at their line, with what stands in the column."""
    for (file,), wrong in sorted(rows.frame.filter(bad).partition_by("_file", as_dict=True).items()):
        places = [(line, f"line {line}: {shown} '{text}' {what}") for line, text in wrong.select("_line", name).rows()]
        reader.ledger.reject(rows.entries[int(str(file))], code, f"{shown} unreadable", places)
    return Rows(rows.frame.filter(~bad.fill_null(False)), rows.entries)


def say_strange(rows: Rows, column: str, known: Collection[str], told: str, reader: Reader) -> None:
    """Names that the definition does not know are most likely misspelt: the first of them, and how many rows are like it."""
    strange = rows.frame.filter(present(pl.col(column)) & ~pl.col(column).is_in(list(known))).sort("_file", "_line")
    if strange.height:
        entry, line, first = rows.entries[strange["_file"][0]], strange["_line"][0], strange[column][0]
        text = f"line {line}: {column} '{first}' is not in the definition{did_you_mean(first, known)} (rows like this: {strange.height}; {told})"
        reader.ledger.warn("SM321", text, entry.path, line)


def _wants(source: Source, extra: Sequence[str]) -> list[Want]:
    mapped = [_want(source, name, path) for name, path in source.mapping.items()]
    return mapped + [Want(path, path, declared=True, decimal=source.decimal) for path in extra if path not in source.mapping]


def _want(source: Source, name: str, path: str) -> Want:
    known, declared = COLUMNS[source.kind][name], name in source.columns
    return Want(name, path, name in source.required, declared, guessed=not declared, decimal=source.decimal if known.amount else ".", often=known.often)


def _clean(reader: Reader, piece: pl.LazyFrame, source: Source, entry: Entry, times_: Sequence[str], ids: Sequence[str]) -> pl.DataFrame:
    with readable(entry.path):
        frame = piece.collect()
    ends = [name for name in times_ if name in ENDS]
    frame = frame.with_columns(pl.when(~pl.col(name).cast(pl.String).str.contains(NEVER)).then(name).alias(name) for name in ends)
    frame = reader.read_times(frame, times_, source, entry)
    for name in ids:
        kept = frame.filter(present(pl.col(name)))
        gone = frame.height - kept.height
        entry.filter(f"without {name}", gone)
        if gone:
            reader.ledger.warn("SM320", f"{counted(gone, 'row')} without {source.mapping[name]} left out", entry.path)
        frame = kept
    return frame
