"""CSV → text columns. A file is proved to be one record a line before Polars may project it (it drops rows silently
from one that is not); any other goes through Python's strict reader, which names the line of whatever is wrong."""

from __future__ import annotations

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path

import polars as pl

from saasmetrics.messages import refuse
from saasmetrics.sources import times
from saasmetrics.sources.columns import MALFORMED, NOT_JSON, Piece, Values, Want, batched, locate, picked, unread
from saasmetrics.sources.files import Input, check_encoding
from saasmetrics.sources.foreign import foreign
from saasmetrics.sources.ledger import Entry, Ledger
from saasmetrics.sources.values import inside

BATCH = 500_000
CHUNK = 1 << 18  # larger ones would be fetched from the system and given back each time
FIELD_LIMIT = 1 << 24
WIDE = 200  # columns from which on the pattern of a line would cost more than the exact reader
EPOCH = r"^\d{10}$|^\d{13}$"
LOOKS_LIKE_TIME = re.compile(r"^\d{4}-\d\d|^\d{9,}$|^\d{1,2}[/.]\d")
ABOVE = 50  # lines in which a header is looked for


@dataclass(frozen=True)
class Text:
    """One plain file: its header, where the wanted columns are, and where its rows are counted."""

    path: Path
    header: list[str]
    separator: str
    found: dict[Want, int]
    entry: Entry
    ledger: Ledger

    def again(self, row: list[str]) -> bool:
        """Whether a row is the header again: all that is wanted of it are the names of the columns."""
        names = ((row[place], self.header[place]) for place in self.found.values())
        return bool(self.found) and all(value == name for value, name in names)

    def reject(self, reason: str, line: int, what: str) -> None:
        self.ledger.reject(self.entry, MALFORMED, reason, [(line, f"line {line}: {what}")])


def read(given: Input, path: Path, wants: Sequence[Want], entry: Entry, ledger: Ledger, separator: str) -> Iterator[Piece]:
    """Pieces of one plain file; rows_read and rejected rows go to the entry."""
    header = read_header(path, given.shown, separator)
    _check_header(header, wants, path, given.shown, separator)
    text = Text(path, header, separator, locate(wants, header, entry), entry, ledger)
    yield from _fast(text, wants) if _proved(text) else batched(_exact(text, wants), wants)


def read_header(path: Path, shown: str, separator: str) -> list[str]:
    """The names in the first line; refuses what is no CSV at all."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start.strip(b"\xef\xbb\xbf \r\n"):
        refuse("SM304", "the file is empty: not even a header", shown)
    if start.startswith(b"PAR1"):
        refuse("SM304", "is Parquet: required column names cannot be found in it; declare format: parquet", shown)
    if what := foreign(start):
        refuse("SM304", f"looks like {what}", shown)
    check_encoding(start, shown)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            header = next(csv.reader(text, delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        _undecodable(path, shown, separator)
        refuse(MALFORMED, "line 1: header unreadable: a quote in it is not closed, or stands inside a name", shown, 1)
    if any("\0" in name for name in header):
        refuse(MALFORMED, "line 1: holds a NUL byte", shown, 1)
    return header


def headless(header: Sequence[str]) -> bool:
    """Whether the names of the columns are none: one is a time."""
    return any(re.match(pattern, name) for name in header for pattern in (times.ZONED, times.NAIVE, EPOCH))


def _check_header(header: Sequence[str], wants: Sequence[Want], path: Path, shown: str, separator: str) -> None:
    """Refuse a file whose names of columns are missing, or stand further down."""
    asked = {want.path for want in wants if want.required}
    if asked <= {*header}:
        return
    if headless(header) and not asked & {*header}:
        refuse("SM305", f"line 1 reads like a row ({', '.join(header)[:80]}): is the header missing? Write the names of the columns above it", shown, 1)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as text:
        lines = [next(csv.reader([line], delimiter=separator), []) for line in islice(text, ABOVE)]
    below = next((at for at, row in enumerate(lines, 1) if asked <= {*row}), None)
    if below:
        refuse("SM305", f"the names of the columns stand in line {below}, not in line 1: remove what stands above them", shown, below)


def _proved(text: Text) -> bool:
    """Whether every line is one record of that many fields: no quote open at its end, no stray byte, all UTF-8."""
    return 2 <= len(text.header) <= WIDE and (_even(text) or _regular(text))


def _even(text: Text) -> bool:
    """Whether no quote, carriage return or NUL stands in the file, so that a line is its separators, and each has as many."""
    row = text.separator.encode() * (len(text.header) - 1) + b"\n"
    others = bytes({*range(256)} - {*row, *b'"\r\0'})
    decode, told, chunk = getincrementaldecoder("utf-8")().decode, b"", b""
    try:
        with text.path.open("rb") as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                decode(chunk)
                told += chunk.translate(None, others)
                rows = row * (len(told) // len(row))
                if not told.startswith(rows):
                    return False
                told = told[len(rows) :]
            decode(b"", True)
    except UnicodeDecodeError:
        return False
    return told == (b"" if chunk.endswith(b"\n") else row[:-1])


def _regular(text: Text) -> bool:
    """The same of a file with quotes."""
    sep = re.escape(text.separator)
    field = rf'(?:[^"{sep}\r\x00]*|"(?:[^"\r\x00]|"")*")'
    good = pl.col("line").str.contains(rf"^{field}(?:{sep}{field}){{{len(text.header) - 1}}}$")
    try:
        lines = pl.scan_lines(text.path, name="line", glob=False)
        return bool(lines.select(good.all()).collect(engine="streaming").item())
    except (pl.exceptions.PolarsError, OSError):
        return False


def _fast(text: Text, wants: Sequence[Want]) -> Iterator[Piece]:
    header, entry = text.header, text.entry
    names = [f"c{place}" for place in range(len(header))]
    scan = pl.scan_csv(text.path, separator=text.separator, infer_schema=False, glob=False, with_column_names=lambda _: names)
    again = pl.all_horizontal(pl.col(names[place]) == header[place] for place in text.found.values())
    columns = [*picked(text.found, wants, names, header), again.fill_null(False).alias("_again"), unread(text.found, names, header).alias("_unread")]
    for batch in scan.select(columns).collect_batches(chunk_size=BATCH, maintain_order=True):
        rows = batch.with_row_index("_line", offset=entry.rows_read + 2).with_columns(pl.col("_line").cast(pl.Int64))
        entry.rows_read += batch.height
        for line in rows.filter("_again")["_line"]:
            text.reject(*_repeated(line))
        for line, what in rows.filter(pl.col("_unread").is_not_null() & ~pl.col("_again")).select("_line", "_unread").rows():
            text.reject(NOT_JSON, line, what)
        good = ~pl.col("_again") & pl.col("_unread").is_null()
        once = rows if rows.select(good.all()).item() else rows.filter(good)
        yield Piece(once.drop("_again", "_unread").lazy(), eager=True)


def _exact(text: Text, wants: Sequence[Want]) -> Iterator[tuple[int, Values]]:
    take = _taker(text, wants)
    for line, row in _records(text):
        text.entry.rows_read += 1
        wrong = _wrong(row, text, line)
        if wrong:
            text.reject(*wrong)
            continue
        try:
            values = take(row)
        except ValueError as error:
            text.reject(NOT_JSON, line, str(error))
        else:
            yield line, values


def _records(text: Text) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, fields) of every record; blank lines are none."""
    opened = 1
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=text.separator, strict=True)
        try:
            next(reader, None)
            opened = reader.line_num + 1
            for row in reader:
                if row:
                    yield opened, row
                opened = reader.line_num + 1
        except UnicodeDecodeError:
            _undecodable(text.path, text.entry.path, text.separator)
        except csv.Error as error:
            _broken(error, text.entry.path, opened, reader.line_num)


def _broken(error: csv.Error, shown: str, opened: int, line: int) -> None:
    if "unexpected end" in str(error):
        refuse(MALFORMED, f"line {opened}: quote opened at line {opened} is never closed", shown, opened)
    hint = f"; the quote was opened at line {opened}" if opened != line else ""
    if "field larger" in str(error):
        refuse(MALFORMED, f"line {opened}: a value larger than {FIELD_LIMIT >> 20} MiB{hint}", shown, opened)
    what = "stray quote: text after a closing quote"
    refuse(MALFORMED, f"line {line}: {what}{hint}; write a quote inside a value twice, not with a backslash", shown, line)


def _wrong(row: list[str], text: Text, line: int) -> tuple[str, int, str] | None:
    columns = len(text.header)
    if len(row) != columns:
        return "wrong number of fields", line, f"{len(row)} fields, expected {columns}"
    if text.again(row):
        return _repeated(line)
    whole = text.separator.join(row)
    if "\0" in whole:
        return "NUL byte", line, "holds a NUL byte"
    if "\n" in whole and _swallowed(whole, columns, text.separator):
        return "unclosed quote", line, f"a quote opened at line {line} swallows whole rows"
    return None


def _repeated(line: int) -> tuple[str, int, str]:
    return "header repeated", line, "the header again"


def _swallowed(record: str, columns: int, separator: str) -> bool:
    """Whether a record of several lines holds whole rows: a quote that was never meant to open or to close there."""
    full = [_like_row(line.split(separator), columns) for line in record.split("\n")]
    return any(full[1:-1]) or full[0] and full[-1]


def _like_row(parts: list[str], columns: int) -> bool:
    return len(parts) == columns and any(LOOKS_LIKE_TIME.match(part) for part in parts)


def _taker(text: Text, wants: Sequence[Want]) -> Callable[[list[str]], Values]:
    """What picks the wanted values out of a row; as tuples of text, which the garbage collector need not look through."""
    places = [(text.found.get(want), want.path, want.decimal) for want in wants]
    direct = [at for at, path, _ in places if at is not None and path == text.header[at]]
    if len(direct) == len(places) > 1:
        return itemgetter(*direct)
    return lambda row: tuple(
        None if at is None else row[at] if path == text.header[at] else inside(row[at], path, decimal) for at, path, decimal in places
    )


def _undecodable(path: Path, shown: str, separator: str) -> None:
    """Refuse with the line, the byte and its offset, if the file is not UTF-8."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(separator.encode()) + 1
                byte = f"byte 0x{line[error.start]:02x} at offset {offset + error.start}"
                refuse("SM308", f"line {number}: not UTF-8: {byte}, in field {column}; declare encoding: latin-1 (or cp1252)", shown, number, column)
            offset += len(line)
