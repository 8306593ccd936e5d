"""Files and databases give the same facts, the same ledger and the same tables, to the last digit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.engines import ADDRESS, Address, database
from saasmetrics.facts._book import Book
from saasmetrics.facts._fold import SCHEMAS
from saasmetrics.messages import Refused
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.tables import Asked, compute
from tests.engines import rows
from tests.engines.servers import SERVERS, TABLE

ZONES = ("Europe/Berlin", "Australia/Lord_Howe")
SUMS = {"n": pl.col("n").sum(), "value": pl.col("value").sum(), "first_at": pl.col("first_at").min(), "last_at": pl.col("last_at").max()}


@pytest.fixture(scope="module", params=list(SERVERS))
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Every database that is there, with the same rows as the file."""
    folder = tmp_path_factory.mktemp(request.param)
    rows.frame().write_parquet(folder / "events.parquet")
    with SERVERS[request.param](folder, folder / "events.parquet") as remote:
        yield Address(request.param, remote)


@contextmanager
def asking(address: Address | None) -> Iterator[None]:
    """As --engine and --remote do."""
    token = ADDRESS.set(address)
    try:
        yield
    finally:
        ADDRESS.reset(token)


@contextmanager
def book(loaded: Loaded) -> Iterator[Book]:
    reader = Reader(loaded.path.parent, loaded.definition.timezone, Ledger())
    with database(loaded) as origin:
        yield Book(loaded.definition, reader, None, frozenset([*SCHEMAS, "visits", "tries"]), every_rule=True, database=origin)


def facts(book: Book) -> dict[str, pl.DataFrame]:
    """Everything that a run can ask of its events, each row once."""
    folded = book.origin.folded(replace(book._order(book.staff), outputs=frozenset(SCHEMAS)))
    frames = {name: book._moved(folded.take(name)) for name in sorted(folded.frames)} | {name: book.every(name) for name in ("visits", "people", "days")}
    return {name: once(frame.collect()) for name, frame in frames.items()}


def once(frame: pl.DataFrame) -> pl.DataFrame:
    keys = [name for name in frame.columns if name not in SUMS]
    summed = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).group_by(keys).agg(told for name, told in SUMS.items() if name in frame.columns)
    return summed.filter(pl.col("n") != 0 if "n" in summed.columns else True).sort(keys)


def digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def told(book: Book) -> tuple[Any, ...]:
    entry = book.origin.entries[0]
    return entry.rows_read, entry.filtered, book.origin.spans, book.origin.names(), book.origin.users(), book.folded.rules


def test_facts_as_files(address: Address, tmp_path: Path) -> None:
    """Where many machines work they write what they find, and nothing stays behind."""
    rows.frame().write_parquet(tmp_path / "events.parquet")
    shared = tmp_path / "shared"
    with asking(address._replace(facts_to=str(shared))):
        loaded = rows.definition(tmp_path, where={"table": TABLE})
        if address.engine != "spark":
            with pytest.raises(Refused, match="SM130 --facts-to is for spark"), book(loaded):
                pass
            return
        with book(loaded) as table:
            found = facts(table)
    with book(rows.definition(tmp_path)) as files:
        assert {name: digest(frame) for name, frame in found.items()} == {name: digest(frame) for name, frame in facts(files).items()}
    assert list(shared.iterdir()) == []


@pytest.mark.parametrize("zone", ZONES)
def test_facts_and_ledger(address: Address, zone: str, tmp_path: Path) -> None:
    rows.frame().write_parquet(tmp_path / "events.parquet")
    with book(rows.definition(tmp_path, zone)) as files:
        expected, page = facts(files), told(files)
    with asking(address), book(rows.definition(tmp_path, zone, where={"table": TABLE})) as table:
        found, other = facts(table), told(table)
    assert {name: frame.height > 20 for name, frame in expected.items()} == dict.fromkeys(expected, True)
    assert {name: digest(frame) for name, frame in found.items()} == {name: digest(frame) for name, frame in expected.items()}
    assert other == page
    assert set(page[1]) == {"without account", "without event", "without time", "duplicate"}


def test_tables(address: Address, tmp_path: Path) -> None:
    """One of each chapter, on the way of a whole run."""
    rows.frame().write_parquet(tmp_path / "events.parquet")
    leading = [next(room for key, room in catalog.rooms().items() if room.folder == folder) for folder in catalog.folders()]
    expected, _ = compute(rows.definition(tmp_path), leading, Asked(allow_empty=True), skip=True)
    with asking(address):
        found, _ = compute(rows.definition(tmp_path, where={"table": TABLE}), leading, Asked(allow_empty=True), skip=True)
    assert [table.name for table in found] == [table.name for table in expected]
    assert [table.frame.equals(other.frame) for table, other in zip(found, expected, strict=True)] == [True] * len(expected)
    assert any("nothing here says which version" in note for note in found[0].meta["notes"])


def test_twins_of_merged_accounts(tmp_path: Path) -> None:
    """Rows of one id in two accounts are one row, once the accounts are one."""
    some = rows.frame(1_000)
    again = some.filter(pl.col("account_id") == "a1").with_columns(account_id=pl.lit("a2"))
    pl.concat([some, again]).write_parquet(tmp_path / "events.parquet")
    (tmp_path / "merges.csv").write_text("from,to,effective\na1,a2,2024-01-01\n", "utf-8")
    with book(rows.definition(tmp_path, merges="merges.csv")) as files:
        expected = facts(files)
    loaded = rows.definition(tmp_path, where={"table": TABLE}, merges="merges.csv")
    with SERVERS["duckdb"](tmp_path, tmp_path / "events.parquet") as remote, asking(Address("duckdb", remote)), book(loaded) as table:
        found = facts(table)
    pages = table.origin.entries[0].filtered, files.origin.entries[0].filtered
    assert {name: digest(frame) for name, frame in found.items()} == {name: digest(frame) for name, frame in expected.items()}
    assert pages[0]["duplicate"] == pages[1]["duplicate"] > again.height / 3


def test_no_rows(tmp_path: Path) -> None:
    rows.frame(100).clear().write_parquet(tmp_path / "events.parquet")
    with SERVERS["duckdb"](tmp_path, tmp_path / "events.parquet") as remote, asking(Address("duckdb", remote)):
        loaded = rows.definition(tmp_path, where={"table": TABLE})
        with pytest.raises(Refused, match="SM315 no rows in the event files"):
            compute(loaded, [catalog.rooms()["activation.rate"]], Asked())
        (table,), _ = compute(loaded, [catalog.rooms()["activation.rate"]], Asked(allow_empty=True))
    assert table.meta["ledger"][0]["rows_read"] == 0


def test_unreadable_amounts(tmp_path: Path) -> None:
    """Only those of a rule that reads them."""
    some = rows.frame(500).with_columns(amount=pl.when(pl.col("event") == "other").then(pl.lit("much")).otherwise("amount"))
    some.write_parquet(tmp_path / "events.parquet")
    loaded = rows.definition(tmp_path, where={"table": TABLE})
    rooms = [catalog.rooms()["value.vanity"]]
    with SERVERS["duckdb"](tmp_path, tmp_path / "events.parquet") as remote, asking(Address("duckdb", remote)):
        assert compute(loaded, rooms, Asked())
    (tmp_path / "bad").mkdir()
    some.with_columns(amount=pl.when(pl.col("event") == "posted").then(pl.lit("much")).otherwise("amount")).write_parquet(tmp_path / "events.parquet")
    refused = pytest.raises(Refused, match="rows with a value in column 'amount' that is no amount, such as 'much'")
    with SERVERS["duckdb"](tmp_path / "bad", tmp_path / "events.parquet") as remote, asking(Address("duckdb", remote)), refused:
        compute(loaded, rooms, Asked())
