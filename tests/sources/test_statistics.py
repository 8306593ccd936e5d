"""What a large Parquet file says of its columns spares work, and never changes what is read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from saasmetrics.sources import parquet
from saasmetrics.sources.columns import Piece, Want
from saasmetrics.sources.files import Input, expand
from saasmetrics.sources.ledger import Ledger

COLUMNS = {
    "whole": (["a", "b", "c", "d"], True),
    "empty": (["a", "", "c", "d"], False),
    "blank": (["a", " ", "c", "d"], False),
    "some": (["a", None, "c", "d"], False),
    "none": ([None] * 4, False),
    "late": (["a", "b", "c", ""], False),  # only the second row group has it
    "low": (["\t", "b", "c", "d"], False),
}


def _piece(folder: Path, many: int, monkeypatch: pytest.MonkeyPatch, dtype: type[pl.DataType] = pl.String) -> Piece:
    path = folder / "events.parquet"
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.String).cast(dtype) for name, (values, _) in COLUMNS.items()})
    frame.write_parquet(path, row_group_size=2)
    monkeypatch.setattr(parquet, "MANY", many)
    ledger = Ledger()
    given: Input = expand(("events.parquet",), folder, ledger)[0]
    entry = ledger.open("events", given.shown, given.size)
    return next(parquet.read(given, [Want(name, name) for name in COLUMNS], entry, ledger, []))


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
def test_with_and_without_statistics_the_same_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: type[pl.DataType]) -> None:
    plain = _piece(tmp_path, 10, monkeypatch, dtype).frame.collect()
    assert _piece(tmp_path, 0, monkeypatch, dtype).frame.collect().equals(plain)
    assert plain.schema == pl.Schema({**dict.fromkeys(COLUMNS, pl.String), "_line": pl.Int64})
    assert plain["empty"].to_list() == ["a", None, "c", "d"]


def test_a_column_is_sure_only_when_every_row_begins_above_the_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _piece(tmp_path, 0, monkeypatch).sure == {name for name, (_, sure) in COLUMNS.items() if sure}
    assert not _piece(tmp_path, 10, monkeypatch).sure
