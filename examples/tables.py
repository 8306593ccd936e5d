"""Writes tables: the same rows as CSV, NDJSON or Parquet, plain or compressed, in one file or several."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """Rows of text; an empty text stands for no value."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    time: str = ""
    values: tuple[str, ...] = ()


def table(records: Iterable[Mapping[str, str]], header: Iterable[str]) -> Table:
    """A table from records; what a record lacks has no value."""
    names = tuple(header)
    return Table(names, [tuple(record.get(name, "") for name in names) for record in records])


def as_csv(content: Table) -> bytes:
    """A header and one line a row."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(content.header)
    writer.writerows(content.rows)
    return lines.getvalue().encode()


def as_ndjson(content: Table) -> bytes:
    """One object a row; no value is null."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    records = (dict(zip(content.header, (cell or None for cell in row), strict=True)) for row in content.rows)
    return "".join(encode(record) + "\n" for record in records).encode()


def as_gzip(content: Table) -> bytes:
    """CSV through gzip, without the time of day in its header."""
    return gzip.compress(as_csv(content), mtime=0)


def as_zstd(content: Table) -> bytes:
    """CSV through Zstandard."""
    packed: bytes = import_module("pyarrow").compress(as_csv(content), codec="zstd", asbytes=True)
    return packed


def as_parquet(content: Table) -> bytes:
    """Text columns, save the time and the values, which are a decimal that prints as in the text formats."""
    import polars as pl

    frame = pl.DataFrame(content.rows, schema=dict.fromkeys(content.header, pl.String), orient="row")
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all())).with_columns(
        pl.col(content.time).str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="us", time_zone="UTC"),
        pl.col(content.values).cast(pl.Decimal(18, 2)),
    )
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="zstd")
    return packed.getvalue()


FORMATS: Mapping[str, Callable[[Table], bytes]] = {
    "csv": as_csv,
    "csv.gz": as_gzip,
    "csv.zst": as_zstd,
    "ndjson": as_ndjson,
    "parquet": as_parquet,
}


def clear(folder: Path, name: str = "part") -> None:
    """An empty place for the parts: those of an earlier run are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*"):
        old.unlink()


def write_parts(content: Table, folder: Path, format: str, parts: int, name: str = "part") -> None:
    """The rows in their order, in files of about the same length."""
    clear(folder, name)
    bounds = [len(content.rows) * n // parts for n in range(parts + 1)]
    for n, (start, end) in enumerate(pairwise(bounds)):
        part = replace(content, rows=content.rows[start:end])
        (folder / f"{name}-{n:05d}.{format}").write_bytes(FORMATS[format](part))
