"""What is measured, against what, and the goal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TABLES = sorted(path.stem for path in (Path(__file__).parent / "sql").glob("*.*.sql"))
SMALL = "small:"  # on 100,000 events


class Line(NamedTuple):
    """One line of the report: a measurement, the one it is held against, and the goals."""

    label: str
    name: str
    base: str = ""
    ratio: float | None = None  # at most so many times the base
    memory: float | None = None  # at most so many megabytes


def lines(chdb: bool) -> list[Line]:
    """All of them, in the order of the report."""
    return [*_folds(chdb), *_tables(), *_files()]


def _folds(chdb: bool) -> Iterator[Line]:
    for source, text in (("ids", "ids"), ("bare", "no ids")):
        duckdb = f"fold.duckdb.{source}"
        yield Line(f"bare scan ({text})", f"scan.polars.{source}")
        yield Line(f"fold ({text})", f"fold.ours.{source}", duckdb, 0.7, 800)
        yield Line(f"fold ({text}), DuckDB", duckdb)
        if chdb:
            yield Line(f"fold ({text}), chDB", f"fold.chdb.{source}", duckdb)


def _tables() -> Iterator[Line]:
    for source, text in (("ids", "ids"), ("bare", "no ids")):
        duckdb = f"table.duckdb.{source}"
        yield Line(f"four commands in one go ({text})", f"table.ours.{source}", duckdb, 0.6)
        yield Line(f"their tables one by one ({text}), DuckDB", duckdb)
    for key in TABLES:
        duckdb = f"table.duckdb.ids.{key}"
        yield Line(key, f"table.ours.ids.{key}", duckdb, 1.0)
        yield Line(f"{key}, DuckDB", duckdb)


def _files() -> Iterator[Line]:
    yield Line("CSV proved and read", "csv.ours", "csv.read", 2.5)
    yield Line("CSV as text, unproved, Polars read_csv", "csv.read")
    yield Line("CSV typed, unproved, Polars scan_csv", "csv.scan", "csv.read")
    yield Line("--help", "start.ours.help", "start.bare.help", 1.6)
    yield Line("--help of a bare typer app", "start.bare.help")
    yield Line("activation --help", "start.ours.help_command", "start.bare.help")
    yield Line("check", "start.ours.check", "start.bare.help")
    yield Line("explain activation.rate", "start.ours.explain", "start.bare.help")
    yield Line("four commands, 100,000 events", f"{SMALL}table.ours.ids", f"{SMALL}table.duckdb.ids")
    yield Line("four commands, 100,000 events, DuckDB", f"{SMALL}table.duckdb.ids")
