"""The big mode: many rows, the same columns, no stories."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from generate.data import NOISE, SMALL, contents, generate, moment, records


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("big"), "--rows", "1050000", "--accounts", "500")


def test_the_big_mode_writes_parts_of_a_million_rows_in_time_order(big: Path) -> None:
    parts = [pl.read_parquet(path) for path in sorted((big / "events").iterdir())]
    assert [part.height for part in parts] == [1_000_000, 50_000]
    rows = pl.concat(parts)
    assert rows["timestamp"].is_sorted()
    assert 0.55 < rows.filter(pl.col("event").is_in(NOISE)).height / rows.height < 0.68


def test_the_big_mode_has_the_columns_of_the_small_one(big: Path, tmp_path: Path) -> None:
    small = generate(tmp_path, *SMALL)
    schemas = [pl.scan_parquet(folder / "events" / "*.parquet").collect_schema() for folder in (small, big)]
    assert schemas[0] == schemas[1]
    for name in ("accounts", "users", "subscriptions", "tickets"):
        assert list(records(small / f"{name}.csv")[0]) == list(records(big / f"{name}.csv")[0])


def test_the_big_mode_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / n, "--rows", "20000", "--accounts", "50") for n in ("1", "2"))
    assert contents(first) == contents(second)


def test_the_big_mode_knows_its_users(big: Path) -> None:
    first = pl.scan_parquet(big / "events" / "*.parquet").group_by("user_id").agg(pl.col("timestamp").min())
    joined = {user["user_id"]: user["joined_at"] for user in records(big / "users.csv")}
    for user, seen in first.collect().iter_rows():
        assert moment(joined[user]) <= seen
