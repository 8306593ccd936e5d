"""Times that no calendar has, as databases export them: what never comes is no end, any other is refused by its row, and nothing panics."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import HEADER, ROWS, World

LAST, LAST_DAY = 2**63 - 1, 2**31 - 1
KINDS: dict[str, Any] = {"us": pa.timestamp("us"), "us UTC": pa.timestamp("us", "UTC"), "ms New York": pa.timestamp("ms", "America/New_York"), "date": pa.date32()}
ASK = ("revenue", "mrr", "-f", "json", "--as-of", "2026-03-01")


def subscriptions(world: World, start: Any, end: Any, kind: str) -> None:
    world.csv(*ROWS)
    number = pa.int32() if kind == "date" else pa.int64()
    columns = {"account_id": ["acme"], "mrr": ["100"], "start_date": pa.array([start], number).cast(KINDS[kind]), "end_date": pa.array([end], number).cast(KINDS[kind])}
    pq.write_table(pa.table(columns), world.home / "subscriptions.parquet")
    world.define(sources="subscriptions: {files: subscriptions.parquet}")


def begun(kind: str) -> int:
    day = (date(2025, 12, 1) - date(1970, 1, 1)).days
    return day if kind == "date" else day * 86_400_000 * (1 if kind.startswith("ms") else 1_000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("below", [0, 1])
def test_infinity_is_no_end(world: World, kind: str, below: int) -> None:
    subscriptions(world, begun(kind), (LAST_DAY if kind == "date" else LAST) - below, kind)
    ran = world.run(*ASK)
    assert [row["mrr"] for row in ran.rows] == ["100.00"] * len(ran.rows) and len(ran.rows) >= 3, ran.err
    assert ran.err == ""


@pytest.mark.parametrize("word", ["infinity", "Infinity"])
def test_nor_is_the_word_for_it(world: World, word: str) -> None:
    world.csv(*ROWS)
    world.put("subscriptions.csv", f"account_id,mrr,start_date,end_date\nacme,100,2025-12-01,{word}\n")
    world.define(sources="subscriptions: {files: subscriptions.csv}")
    ran = world.run(*ASK)
    assert [row["mrr"] for row in ran.rows] == ["100.00"] * len(ran.rows) and len(ran.rows) >= 3, ran.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["smallest", "next to it", "far"])
def test_what_lies_beyond_any_calendar_is_refused_by_its_row(world: World, kind: str, end: str) -> None:
    last = LAST_DAY if kind == "date" else LAST
    subscriptions(world, begun(kind), {"smallest": -last - 1, "next to it": -last, "far": last - 1_000_000}[end], kind)
    ran = world.refused(3, "subscriptions.parquet:1: SM3", "line 1: end_date '", args=("revenue", "mrr"))
    assert "panicked" not in ran.err and "corrupt" not in ran.err


@pytest.mark.parametrize("kind", KINDS)
def test_infinity_is_no_beginning(world: World, kind: str) -> None:
    subscriptions(world, LAST_DAY if kind == "date" else LAST, None, kind)
    world.refused(3, "subscriptions.parquet:1: SM311 line 1: start_date '9999-12-31", args=("revenue", "mrr"))


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_that_never_came_is_refused_by_its_row(world: World, kind: str) -> None:
    rows = [row.split(",") for row in ROWS]
    number = pa.int32() if kind == "date" else pa.int64()
    times = pa.array([LAST_DAY if kind == "date" else LAST, *[begun(kind)] * 5], number).cast(KINDS[kind])
    pq.write_table(pa.table({**{name: [row[at] for row in rows] for at, name in enumerate(HEADER.split(",")[:3])}, "timestamp": times}), world.home / "events.parquet")
    world.define("files: events.parquet")
    world.refused(3, "events.parquet:1: SM311 line 1: timestamp '9999-12-31")
    assert world.run("activation", "accounts", "-f", "json", "--max-reject", "1").counts()[0]["rejected"] == {"timestamp year": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_inspect_looks_at_it(world: World, kind: str) -> None:
    subscriptions(world, begun(kind), LAST_DAY if kind == "date" else LAST, kind)
    ran = world.inside("inspect", "subscriptions.parquet")
    assert ran.code == 0 and "9999-12-31" in ran.out and "panicked" not in ran.err


def test_ordinary_times_stay_as_they_are() -> None:
    import polars as pl

    from saasmetrics.sources.beyond import within

    for kind in (pl.Datetime("us"), pl.Datetime("ms", "Asia/Tokyo"), pl.Datetime("ns"), pl.Date()):
        values = pl.Series("t", [datetime(1970, 1, 1), datetime(1901, 2, 3, 4, 5), datetime(2100, 1, 1), None]).cast(pl.Datetime("us")).cast(kind)
        assert values.to_frame().select(within(pl.col("t"), kind)).to_series().equals(values, null_equal=True)
