"""Rows whose id occurs more than once are found in a Parquet file by their ids alone, with the rows in which they stand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from saasmetrics.definitions.sources import Events
from saasmetrics.sources import events, parquet, repeats
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader

EVENTS = Events.model_validate({"files": "events.parquet", "columns": {"account": "account_id", "user": "user_id", "event": "event", "time": "at", "id": "event_id"}})


def _reader(folder: Path) -> Reader:
    rows = {"event_id": ["a", "b", "x", None, "b", "b", None], "account_id": ["1", "1", None, "2", "1", "3", "2"], "line": [7] * 7}
    frame = pl.DataFrame(rows).with_columns(user_id=pl.lit("u"), event=pl.lit("saved"), at=pl.lit(datetime(2026, 1, 5)))
    frame.with_columns(pl.col("at").dt.replace_time_zone("UTC")).write_parquet(folder / "events.parquet")
    return Reader(folder, "UTC", Ledger())


def test_twins_are_taken_off_and_conflicts_told_by_their_rows(tmp_path: Path) -> None:
    reader = _reader(tmp_path)
    parts = events.read(reader, EVENTS, reader.files("events", EVENTS), ["line"])
    found = repeats.suspects(parts)
    assert found.sort("_line").select("_line", "account").rows() == [(2, "1"), (5, "1"), (6, "3")]
    gone = repeats.duplicates(found, [part.entry for part in parts], reader)
    assert gone is not None and gone.frame.collect().select("account", "p:line").rows() == [("1", "7")]
    assert parts[0].entry.filtered == {"without account": 1, "duplicate": 1}
    assert [warning.line for warning in reader.ledger.warnings if "used for another event" in warning.message] == [2]


def test_the_filter_reaches_a_large_file_of_ids_that_are_never_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MANY", 0)
    reader = _reader(tmp_path)
    pl.read_parquet(tmp_path / "events.parquet").drop_nulls().write_parquet(tmp_path / "events.parquet")
    (part,) = events.read(reader, EVENTS, reader.files("events", EVENTS), [])
    assert "SELECTION" in repeats.rows_of(part, pl.Series("key", [1], dtype=pl.UInt64)).explain()


def test_a_conflict_across_files_names_both(tmp_path: Path) -> None:
    for name, account in (("first", "1"), ("second", "2")):
        (tmp_path / f"{name}.csv").write_text(f"event_id,account_id,user_id,event,at\nz,{account},u,saved,2026-01-05\nn{name},1,u,saved,2026-01-05\n", "utf-8")
    source, reader = EVENTS.model_copy(update={"files": ("*.csv",)}), Reader(tmp_path, "UTC", Ledger())
    parts = events.read(reader, source, reader.files("events", source), [])
    repeats.duplicates(repeats.suspects(parts), [part.entry for part in parts], reader)
    told = {Path(warning.file or "").name: warning.message for warning in reader.ledger.warnings if "another event" in warning.message}
    assert set(told) == {"first.csv", "second.csv"}
    assert "second.csv:2)" in told["first.csv"]
    assert "first.csv:2)" in told["second.csv"]
