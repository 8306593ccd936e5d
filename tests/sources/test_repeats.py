"""Rows whose id occurs more than once are found in a Parquet file by their ids alone, with the rows in which they stand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import cast

import polars as pl
import pytest

from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.sources import Events
from saasmetrics.facts import _files
from saasmetrics.facts._files import Files
from saasmetrics.facts._order import Order
from saasmetrics.sources import events, repeats
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


def _parts(folder: Path, keep: pl.Expr) -> list[events.Part]:
    reader = _reader(folder)
    pl.read_parquet(folder / "events.parquet").filter(keep).write_parquet(folder / "events.parquet", row_group_size=2)
    return events.read(reader, EVENTS, reader.files("events", EVENTS), ["line"])


@pytest.mark.parametrize(("keep", "numbered"), [(pl.lit(True), False), (pl.col("account_id").is_not_null(), True)])
def test_rows_are_found_by_their_places_whatever_is_left_out(tmp_path: Path, keep: pl.Expr, numbered: bool) -> None:
    (part,) = _parts(tmp_path, keep)
    own = repeats.keys(part).to_series()
    assert part.numbered == numbered
    assert ("SELECTION" in part.at(own.is_not_null().arg_true()).explain()) == numbered
    every = part.collect(part.lined.select("key", "_line", "account"))
    for some in (own.drop_nulls().head(1), own.drop_nulls(), own.clear()):
        rows = repeats.rows_of(part, repeats.placed(own, some))
        assert rows.select("key", "_line", "account").rows() == [row for row in every.rows() if row[0] in some.to_list()]


def test_a_part_of_a_part_knows_its_own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PIECE", 2)
    (part,) = _parts(tmp_path, pl.col("account_id").is_not_null())
    assert [piece.collect(piece.at(pl.Series([1]))).get_column("_line").to_list() for piece in part.pieces()] == [[2], [4], [6]]


def test_the_keys_of_all_rows_are_gone_before_the_fold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, known = _parts(tmp_path, pl.lit(True)), []
    source = Files(parts, Reader(tmp_path, "UTC", Ledger()), Clock(date(2026, 2, 1), "UTC"), dict, lambda _: None)
    monkeypatch.setattr(_files, "fold", lambda *_, **__: known.append("twins" in vars(source)))
    source.folded(Order(cast("Definition", None), (), frozenset({"daily"})))
    assert known == [True, True]


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
