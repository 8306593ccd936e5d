"""What is measured, against what, and the goal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SQL = Path(__file__).parent / "sql"
TABLES = sorted(path.stem for path in SQL.glob("*.*.sql"))
CHDB = sorted(path.stem for path in (SQL / "chdb").glob("*.*.sql"))
ALONE = ("adoption.tiers", "engagement.active_accounts", "engagement.stickiness", "retention.by_behaviour")
FOUR = [key for key in TABLES if key not in ALONE]  # those of the four commands
CHAPTERS = ("value", "activation", "adoption", "engagement", "retention", "qualification", "journey")
SMALL = "small:"  # on 100,000 events
PART = "/"  # chapters.ours.ids/fold: a part of the measurement before it


class Line(NamedTuple):
    """One line of the report: a measurement, the one it is held against, and the goals."""

    label: str
    name: str
    base: str = ""
    ratio: float | None = None  # at most so many times the base
    memory: float | None = None  # at most so many megabytes


def lines(chdb: bool) -> list[Line]:
    """All of them, in the order of the report."""
    return [*_folds(chdb), *_chapters(), *_report(), *_tables(chdb), *_files()]


def _folds(chdb: bool) -> Iterator[Line]:
    for source, text in (("ids", "ids"), ("bare", "no ids")):
        duckdb = f"fold.duckdb.{source}"
        yield Line(f"bare scan ({text})", f"scan.polars.{source}")
        yield Line(f"fold ({text})", f"fold.ours.{source}", duckdb, 0.7, 800)
        yield Line(f"fold ({text}), DuckDB", duckdb)
        if chdb:
            yield Line(f"fold ({text}), chDB", f"fold.chdb.{source}", duckdb)


def _chapters() -> Iterator[Line]:
    whole = "chapters.ours.ids"
    fold = f"{whole}{PART}fold"
    yield Line("all tables of seven chapters in one go (ids)", whole, fold)
    yield Line("of these: reading and fold", fold)
    yield Line("of these: everything after the fold", f"{whole}{PART}rest", fold, 1.0)


def _report() -> Iterator[Line]:
    whole, duckdb = "report.ours.ids", "report.duckdb.ids"
    yield Line("weekly report, nothing kept (ids)", whole, f"{whole}{PART}fold", 1.3)
    yield Line("of these: reading and fold", f"{whole}{PART}fold")
    yield Line("weekly report beside DuckDB's queries for twelve of its thirteen lines", whole, duckdb, 0.2)
    yield Line("queries for twelve lines of the report, a query a line and week, DuckDB", duckdb)


def _tables(chdb: bool) -> Iterator[Line]:
    for source, text in (("ids", "ids"), ("bare", "no ids")):
        duckdb = f"table.duckdb.{source}"
        yield Line(f"four commands in one go ({text})", f"table.ours.{source}", duckdb, 0.6)
        yield Line(f"their tables one by one ({text}), DuckDB", duckdb)
    yield Line("what each table needs besides: copies of rows, first and last events", "duties.ours.ids", "duties.duckdb.ids")
    yield Line("the same, DuckDB (in none of its queries)", "duties.duckdb.ids")
    for key in TABLES:
        duckdb = f"table.duckdb.ids.{key}"
        yield Line(key, f"table.ours.ids.{key}", duckdb, 1.0)
        yield Line(f"{key}, DuckDB", duckdb)
        if chdb and key in CHDB:
            yield Line(f"{key}, chDB", f"table.chdb.ids.{key}", duckdb)


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
