"""How late events arrive is measured the same way before there is a definition and beside one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from saasmetrics.commands.inspect import tables
from saasmetrics.definitions.read import parse
from saasmetrics.sources.lateness import DAY, Lateness, measured, of_source
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from saasmetrics.start.opening import Told
from saasmetrics.start.survey import Survey, survey

from .test_init import begun

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
BASE = "version: 1\ntimezone: Europe/Berlin\nworkflows: {w: {success: posted}}\nsources: {events: {files: FILE, columns: {ingested: received_at}}}\n"


def rows(hours: list[float | None]) -> list[dict[str, str | None]]:
    """An event every hour, and when it arrived."""
    times = [BEGIN + timedelta(hours=at) for at in range(len(hours))]
    arrived = [None if late is None else f"{time + timedelta(hours=late):%Y-%m-%dT%H:%M:%SZ}" for time, late in zip(times, hours, strict=True)]
    return [{"account_id": "a", "user_id": "u", "event": "posted", "timestamp": f"{time:%Y-%m-%dT%H:%M:%SZ}", "received_at": at} for time, at in zip(times, arrived, strict=True)]


def put(home: Path, ending: str, hours: list[float | None]) -> str:
    frame, name = pl.DataFrame(rows(hours)), f"events.{ending}"
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "ndjson": frame.write_ndjson}[ending](home / name)
    return name


def declared(home: Path, name: str) -> Lateness | None:
    definition = parse(BASE.replace("FILE", name).encode(), home / "d.yaml").definition
    return of_source(Reader(home, definition.timezone, Ledger()), definition.sources.events)


def looked(home: Path, name: str) -> Survey:
    return survey([name], Told(home))


@pytest.mark.parametrize("ending", ["csv", "parquet", "ndjson"])
def test_it_is_what_counting_by_hand_gives(ending: str, tmp_path: Path) -> None:
    random = Random(25)
    hours: list[float | None] = [random.choice([None, -1, 0, 2, 30, 80, 200]) for _ in range(300)]
    name, known = put(tmp_path, ending, hours), sorted(max(late, 0) for late in hours if late is not None)
    by_hand = [next(late for late in known if sum(other <= late for other in known) >= share * len(known)) for share in (0.5, 0.9, 0.99)]
    found = declared(tmp_path, name)
    assert found == looked(tmp_path, name).looked[0].lateness
    assert found == Lateness(len(known), tuple(int(late * DAY / 24) for late in by_hand), tuple(sum(late > days * 24 for late in known) for days in (1, 3, 7)))


@pytest.mark.parametrize(("hours", "days"), [([0, 0, 0], 1), ([0] * 99 + [50], 1), ([0] * 98 + [50, 50], 3), ([24], 1), ([25], 2), ([24 * 7], 7), ([24 * 30], None)])
def test_what_to_declare(hours: list[int], days: int | None) -> None:
    found = measured(pl.Series(hours) * (DAY // 24))
    assert found is not None and found.days == days


def test_a_clock_that_runs_ahead_is_not_late() -> None:
    assert measured(pl.Series([-DAY, -1, 0])) == Lateness(3, (0, 0, 0), (0, 0, 0))


def test_files_that_do_not_tell_say_nothing(tmp_path: Path) -> None:
    pl.DataFrame(rows([1, 2])).drop("received_at").write_csv(tmp_path / "events.csv")
    assert declared(tmp_path, "events.csv") is None
    assert [table.name for table in tables(looked(tmp_path, "events.csv")) if table.name == "inspect.lateness"] == []
    put(tmp_path, "csv", [None, None])
    assert declared(tmp_path, "events.csv") is None


def test_inspect_tells_it_in_a_table_of_its_own(tmp_path: Path) -> None:
    (table,) = (table for table in tables(looked(tmp_path, put(tmp_path, "csv", [0, 12, 36, 96]))) if table.name == "inspect.lateness")
    assert table.frame.rows() == [("events.csv", 4, 0.5, 4.0, 4.0, 0.5, 0.25, 0.0, "4d")]


@pytest.mark.parametrize(("hours", "said"), [([60], "late_after: 3d  # guess: "), ([1], ""), ([24 * 40], "")])
def test_init_proposes_what_is_measured(hours: list[float | None], said: str, tmp_path: Path) -> None:
    text = begun(tmp_path, put(tmp_path, "csv", hours * 30))
    assert said in text if said else "late_after" not in text
