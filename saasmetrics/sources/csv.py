"""CSV → text columns. A file is proved to be one record a line before Polars may project it (it drops rows silently
from one that is not); any other goes through Python's strict reader, which names the line of whatever is wrong."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from saasmetrics.messages import refuse
from saasmetrics.sources.columns import Piece, Want, batched, locate, picked
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry, Ledger

BATCH = 500_000
FIELD_LIMIT = 1 << 24
LOOKS_LIKE_TIME = re.compile(r"^\d{4}-\d\d|^\d{9,}$|^\d{1,2}[/.]\d")


def read(given: Input, path: Path, wants: Sequence[Want], entry: Entry, ledger: Ledger, separator: str) -> Iterator[Piece]:
    """Pieces of one plain file; rows_read and rejected rows go to the entry."""
    header = read_header(path, given.shown, separator)
    found = locate(wants, header, entry)
    if _proved(path, len(header), separator):
        yield from _fast(path, wants, found, header, entry, separator)
    else:
        yield from batched(_exact(path, wants, found, header, entry, ledger, separator), wants)


def read_header(path: Path, shown: str, separator: str) -> list[str]:
    """The names in the first line; refuses what is no CSV at all."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start.strip(b"\xef\xbb\xbf \r\n"):
        refuse("SM304", "the file is empty: not even a header", shown)
    if start.startswith(b"PAR1"):
        refuse("SM304", "is Parquet: required column names cannot be found in it; declare format: parquet", shown)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        refuse("SM308", "looks like UTF-16, use encoding: utf-16", shown, 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            return next(csv.reader(text, delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        _undecodable(path, shown, separator)
        refuse("SM307", "header unreadable", shown, 1)


def _proved(path: Path, columns: int, separator: str) -> bool:
    """Whether every line is one record of that many fields. No quote open at a line's end, no stray byte."""
    sep = re.escape(separator)
    field = rf'(?:[^"{sep}\r\x00]*|"(?:[^"\r\x00]|"")*")'
    whole = rf"^{field}(?:{sep}{field}){{{columns - 1}}}$"
    if columns < 2:
        return False
    try:
        lines = pl.scan_lines(path, name="line", glob=False)
        return int(lines.select((~pl.col("line").str.contains(whole)).sum()).collect(engine="streaming").item()) == 0
    except (pl.exceptions.PolarsError, OSError):
        return False


def _fast(path: Path, wants: Sequence[Want], found: dict[Want, int], header: list[str], entry: Entry, separator: str) -> Iterator[Piece]:
    names = [f"c{place}" for place in range(len(header))]
    scan = pl.scan_csv(path, separator=separator, infer_schema=False, glob=False, with_column_names=lambda _: names)
    seen = 0
    columns = picked(found, wants, names, header) or [pl.lit(None).alias("_none")]
    for batch in scan.select(columns).collect_batches(chunk_size=BATCH, maintain_order=True):
        lines = pl.int_range(seen + 2, seen + 2 + batch.height, dtype=pl.Int64, eager=True).alias("_line")
        seen += batch.height
        entry.rows_read += batch.height
        yield Piece(batch.with_columns(lines).lazy(), eager=True)


def _exact(
    path: Path, wants: Sequence[Want], found: dict[Want, int], header: list[str], entry: Entry, ledger: Ledger, separator: str
) -> Iterator[tuple[int, list[str | None]]]:
    csv.field_size_limit(FIELD_LIMIT)
    take = _taker(wants, found, header)
    for line, row in _records(path, entry, separator):
        entry.rows_read += 1
        wrong = _wrong(row, header, line)
        if wrong:
            ledger.reject(entry, "SM307", wrong[0], [(line, wrong[1])])
        else:
            yield line, take(row)


def _records(path: Path, entry: Entry, separator: str) -> Iterator[tuple[int, list[str]]]:
    opened = 1
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            next(reader, None)
            while True:
                opened = reader.line_num + 1
                row = next(reader, None)
                if row is None:
                    return
                if row:
                    yield opened, row
        except UnicodeDecodeError:
            _undecodable(path, entry.path, separator)
        except csv.Error as error:
            _broken(error, entry.path, opened, reader.line_num)


def _broken(error: csv.Error, shown: str, opened: int, line: int) -> None:
    if "unexpected end" in str(error):
        refuse("SM307", f"line {opened}: quote opened at line {opened} is never closed", shown, opened)
    hint = f"; the quote was opened at line {opened}" if opened != line else ""
    if "field larger" in str(error):
        refuse("SM307", f"line {opened}: a value larger than {FIELD_LIMIT >> 20} MiB", shown, opened)
    refuse("SM307", f"line {line}: text after a closing quote{hint}; write a quote inside a value twice, not with a backslash", shown, line)


def _wrong(row: list[str], header: list[str], line: int) -> tuple[str, str] | None:
    if len(row) != len(header):
        return "wrong number of fields", f"line {line}: {len(row)} fields, expected {len(header)}"
    if row == header:
        return "header repeated", f"line {line}: the header again"
    if any("\0" in value for value in row):
        return "NUL byte", f"line {line}: holds a NUL byte"
    if any("\n" in value and _swallowed(value, len(header)) for value in row):
        return "unclosed quote", f"line {line}: a quote opened at line {line} swallows whole rows"
    return None


def _swallowed(value: str, columns: int) -> bool:
    """Whether a value over several lines holds a line that is itself a row: a quote that was never meant to open."""
    inner = value.splitlines()[1:-1]
    pieces = (line.split(",") for line in inner)
    return any(len(parts) == columns and any(LOOKS_LIKE_TIME.match(part) for part in parts) for parts in pieces)


def _taker(wants: Sequence[Want], found: dict[Want, int], header: list[str]):  # type: ignore[no-untyped-def]
    from saasmetrics.sources.ndjson import inside

    places = [(found.get(want), want.path) for want in wants]

    def take(row: list[str]) -> list[str | None]:
        return [None if at is None else row[at] if path == header[at] else inside(row[at], path) for at, path in places]

    return take


def _undecodable(path: Path, shown: str, separator: str) -> None:
    """Refuse with the line, the byte and its offset, if the file is not UTF-8."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(separator.encode()) + 1
                byte = f"byte 0x{line[error.start]:02x} at offset {offset + error.start}"
                refuse("SM308", f"line {number}: not UTF-8: {byte}, in field {column}; declare encoding: latin-1 (or cp1252)", shown, number, column)
            offset += len(line)
