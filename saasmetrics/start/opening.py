"""Files → sheets: what belongs together, as one lazy frame of all columns and of all paths into their JSON.

Everything is read by the readers of the sources, so that nothing is lost: text formats go through them once, into a
temporary Parquet file of text columns; Parquet stays where it is. Memory is that of a batch.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from saasmetrics.messages import Problem, Refused, refuse
from saasmetrics.sources import csv, ndjson, parquet
from saasmetrics.sources.columns import Piece, Want
from saasmetrics.sources.files import Input, expand, plain
from saasmetrics.sources.foreign import foreign
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.reading import format_of
from saasmetrics.sources.spool import put
from saasmetrics.sources.values import DECODER, at_path
from saasmetrics.start import paths
from saasmetrics.start.together import below, placed

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".ndjson", ".jsonl", ".json", ".gz", ".zst", ".bz2")
SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 20_000
ALIKE = 0.7
PLACE, AT_ONCE = ("_line", "_file"), 100


@dataclass
class Sheet:
    """Files with the same columns: the parts of one table."""

    label: str
    format: str
    separator: str | None
    encoding: str
    inputs: list[Input]
    entries: list[Entry]
    tops: list[str]
    frames: list[pl.LazyFrame]
    pattern: str | None = None
    lists: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def frame(self) -> pl.LazyFrame:
        """All rows: every path under its own name; of text formats `_line` and `_file`, too."""
        return pl.concat(self.frames, how="diagonal_relaxed")

    @property
    def rows(self) -> int:
        """The rows of the frame: without the malformed ones."""
        return sum(entry.used for entry in self.entries)

    @property
    def records(self) -> int:
        return sum(entry.rows_read for entry in self.entries)


@dataclass(frozen=True)
class Told:
    """What the command line says about all files."""

    base: Path
    separator: str | None = None
    encoding: str | None = None


def opened(patterns: Sequence[str], told: Told, ledger: Ledger) -> tuple[list[Sheet], list[Problem]]:
    """The sheets behind files, patterns and folders, and why others cannot be read."""
    sheets: list[Sheet] = []
    refused: list[Problem] = []
    for given in _inputs(patterns, told.base, ledger):
        try:
            sheet = _sheet(given, told, ledger)
        except Refused as problem:
            refused += problem.problems
            continue
        twin = next((other for other in sheets if _alike(other, sheet)), None)
        if twin is None:
            sheets.append(sheet)
        else:
            _add(twin, sheet)
    for sheet in sheets:
        _gather(sheet)
    return sheets, refused


def _inputs(patterns: Sequence[str], base: Path, ledger: Ledger) -> list[Input]:
    folders = {pattern: f"{glob.escape(pattern.rstrip('/'))}/**/*" for pattern in patterns if (base / pattern).is_dir()}
    found = expand([folders.get(pattern, pattern) for pattern in patterns], base, ledger)
    named = {pattern for pattern in patterns if pattern not in folders}
    kept = [one for one in found if one.shown in named or Path(one.shown).suffix.lower() in ENDINGS]
    for one in found:
        if one not in kept:
            ledger.warn("SM322", f"passed over: looks like {what}" if (what := _foreign(one)) else "passed over: no export by its name", one.shown)
    return kept


def _foreign(given: Input) -> str | None:
    """What it is, where its first bytes say that it is nothing to read."""
    start = given.content.lstrip(b"\xef\xbb\xbf \r\n\t")
    return "a JSON array: write one object a line, as `jq -c '.[]'` does" if start.startswith(b"[") else foreign(start)


def _sheet(given: Input, told: Told, ledger: Ledger) -> Sheet:
    other = _foreign(given)
    kind = "parquet" if given.head.startswith(b"PAR1") else format_of(given, None)
    if not given.size:
        refuse("SM304", "the file is empty: not even a header", given.shown)
    if other and kind != "parquet":
        refuse("SM304", f"looks like {other}", given.shown)
    entry = ledger.open("inspected", given.shown, given.size)
    sheet = Sheet(given.shown, kind, None, told.encoding or "utf-8", [given], [entry], [], [])
    {"parquet": _parquet, "ndjson": _ndjson, "csv": _csv}[kind](sheet, given, entry, ledger, told)
    return sheet


def _parquet(sheet: Sheet, given: Input, entry: Entry, ledger: Ledger, told: Told) -> None:
    parquet.check_start(given)
    with parquet.readable(given.shown):
        scan = pl.scan_parquet(given.path, glob=False, hive_partitioning=False)
        schema = scan.collect_schema()
        sample = scan.head(SAMPLE // 10).collect()
    sheet.tops = schema.names()
    named = parquet.uuids(given) if pl.Binary in schema.dtypes() else set()
    places = [place for name, dtype in schema.items() for place in _typed(name, pl.String() if name in named else dtype, sample)]
    places += [(path, pl.String()) for name, dtype in schema.items() if dtype == pl.String for path in paths.in_texts(name, _json(sample[name]))]
    kinds: dict[str, Any] = {}
    for path, dtype in places:
        kinds.setdefault(path, dtype)  # a column called a.b before the path into a column a
    sheet.lists = [path for path, dtype in kinds.items() if _nested(dtype)]
    wants = [Want(path, path) for path, dtype in kinds.items() if not _nested(dtype) and path not in PLACE]
    pieces = list(parquet.read(given, wants, entry, ledger, [want.name for want in wants]))
    sheet.frames = [piece.frame for piece in pieces]


def _typed(name: str, dtype: Any, sample: pl.DataFrame) -> list[tuple[str, Any]]:
    values = paths.keyed(dtype)
    if values is None:
        return paths.in_type(name, dtype)
    keys = sample[name].explode().struct.field("key").drop_nulls().unique().sort().to_list()
    return [found for key in keys if "." not in key for found in paths.in_type(f"{name}.{key}", values)]


def _nested(dtype: Any) -> bool:
    return bool(dtype.is_nested()) or isinstance(dtype, pl.Duration | pl.Object | pl.Binary | pl.Time)


def _ndjson(sheet: Sheet, given: Input, entry: Entry, ledger: Ledger, told: Told) -> None:
    path = plain(given, sheet.encoding)
    records = _records(path)
    sheet.tops = list(dict.fromkeys(key for record in records for key in record))
    wants = [Want(name, name) for name in paths.in_records(records) if name not in PLACE]
    sheet.frames = [_spooled(ndjson.read(path, wants, entry, ledger), wants)]


def _records(path: Path) -> list[dict[str, Any]]:
    found = []
    with path.open("rb") as file:
        for _, line in zip(range(SAMPLE), file, strict=False):
            try:
                record = DECODER.decode(line.decode("utf-8-sig").strip())
            except (ValueError, RecursionError):
                continue  # the reader says it with its line
            found += [record] if isinstance(record, dict) else []
    return found


def _csv(sheet: Sheet, given: Input, entry: Entry, ledger: Ledger, told: Told) -> None:
    if sheet.encoding == "utf-8" and given.content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        sheet.encoding = "utf-16"
    try:
        _read_csv(sheet, given, entry, ledger, told)
    except Refused as refused:
        if refused.problems[-1].code != "SM308" or told.encoding or sheet.encoding != "utf-8":
            raise
        sheet.encoding, entry.rows_read = "cp1252", 0
        sheet.problems += [Problem(p.code, f"{p.message}; read as cp1252 here, which is a guess", p.file, p.line, severity="warning") for p in refused.problems]
        _read_csv(sheet, given, entry, ledger, told)


def _read_csv(sheet: Sheet, given: Input, entry: Entry, ledger: Ledger, told: Told) -> None:
    path = plain(given, sheet.encoding)
    sheet.separator = told.separator or _separator(path)
    sheet.tops = csv.read_header(path, given.shown, sheet.separator)
    twice = sorted({name for name in sheet.tops if sheet.tops.count(name) > 1})
    for name in twice:
        first, second, *others = (at for at, other in enumerate(sheet.tops, 1) if other == name)
        places = f"{first} and {second}{f' and {len(others)} more' if others else ''}"
        sheet.problems.append(Problem("SM306", f"column '{name}' appears twice, at positions {places}: no run can use it", given.shown, 1))
    wants = [Want(name, name) for name in sheet.tops if name not in twice and name not in PLACE]
    if csv.headless(sheet.tops):
        sheet.problems.append(Problem("SM305", "line 1 reads like a row and is taken for the names of the columns: is the header missing?", given.shown, 1))
    if len(sheet.tops) == 1:
        sheet.problems.append(Problem("SM304", "has one column: is the separator another one?", given.shown, 1, severity="warning"))
    sheet.frames = [_with_json(_spooled(csv.read(given, path, wants, entry, ledger, sheet.separator), wants))]


def _separator(path: Path) -> str:
    """The one that parts the first line into most names."""
    with path.open("rb") as file:
        first = file.readline(1 << 20).decode("utf-8", "replace")
    return max(SEPARATORS, key=lambda one: (first.count(one), -SEPARATORS.index(one)))


def _with_json(frame: pl.LazyFrame) -> pl.LazyFrame:
    sample = frame.head(SAMPLE // 10).collect()
    found = [path for name, dtype in sample.schema.items() if dtype == pl.String for path in paths.in_texts(name, _json(sample[name]))]
    return frame.with_columns(at_path(pl.col(path.split(".", 1)[0]), path).alias(path) for path in found if path not in sample.columns)


def _json(texts: pl.Series) -> list[str]:
    """The values of a column, if they are JSON objects or lists."""
    filled = texts.drop_nulls()
    return filled.to_list() if filled.len() and filled.str.contains(r"^\s*[\[{]").all() else []


def _spooled(pieces: Iterable[Piece], wants: Sequence[Want]) -> pl.LazyFrame:
    """All batches as text columns in Parquet files of ours, with the line of each row."""
    nothing = pl.LazyFrame(schema={**{want.name: pl.String for want in wants}, "_line": pl.Int64})
    return pl.concat([_aside(piece.frame) for piece in pieces] or [nothing])


def _aside(frame: pl.LazyFrame) -> pl.LazyFrame:
    return pl.scan_parquet(put(frame), glob=False)


def _alike(one: Sheet, other: Sheet) -> bool:
    """Whether two files are parts of one table."""
    here, there = set(one.tops), set(other.tops)
    kinds, others = one.entries[0].kinds, other.entries[0].kinds
    if any(kinds[name] != others[name] for name in kinds.keys() & others.keys()):
        return False
    same = (one.format, one.separator, one.encoding) == (other.format, other.separator, other.encoding)
    return same and len(here & there) >= ALIKE * len(here | there)


def _add(sheet: Sheet, part: Sheet) -> None:
    sheet.frames += part.frames
    for name in ("inputs", "entries", "problems"):
        getattr(sheet, name).extend(getattr(part, name))
    sheet.tops += [name for name in part.tops if name not in sheet.tops]


def _gather(sheet: Sheet) -> None:
    """Many files as few, of those that were put aside anyway; under one name, if there is one for exactly these."""
    if len(sheet.frames) > AT_ONCE and sheet.format != "parquet":
        sheet.frames = [_aside(pl.concat(sheet.frames[at : at + AT_ONCE], how="diagonal_relaxed")) for at in range(0, len(sheet.frames), AT_ONCE)]
    if len(sheet.inputs) > 1:
        sheet.pattern, first = below(sheet.inputs), sheet.inputs[0].shown
        sheet.label = str(placed(Path(first), sheet.pattern)) if sheet.pattern else f"{first} and {len(sheet.inputs) - 1} more"
