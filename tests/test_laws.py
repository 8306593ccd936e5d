"""Laws that hold for every room, whatever it measures. A new room is tested by them without a line being added."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, Row, generated, shuffled, split, tables, variant

from saasmetrics import catalog, outputs
from saasmetrics.tables import Table

ROOMS = sorted(catalog.rooms())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def told(world: Path) -> dict[str, Table]:
    return tables(world)


@pytest.fixture(scope="module")
def others(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Table]]:
    """The tables of worlds that differ in what must not matter."""
    changes = {"shuffled": shuffled, "split": split, "later": _later, "stranger": _stranger, "twice": lambda rows: [rows, rows[:500]]}
    return {name: tables(variant(world, tmp_path_factory.mktemp(name), change)) for name, change in changes.items()}


def _later(rows: list[Row]) -> list[list[Row]]:
    future = [{**row, "event_id": f"{row['event_id']}-later", "timestamp": f"{AS_OF}T12:00:00Z"} for row in rows[:2000]]
    return [rows + future]


def _stranger(rows: list[Row]) -> list[list[Row]]:
    new = [{**row, "event_id": f"{row['event_id']}-new", "account_id": "zz-stranger", "user_id": "zz"} for row in rows[-300:]]
    return [rows + new]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("change", ["shuffled", "split", "later", "twice"])
def test_what_must_not_matter(room: str, change: str, told: dict[str, Table], others: dict[str, dict[str, Table]]) -> None:
    assert others[change][room].frame.equals(told[room].frame)
    assert outputs.render([others[change][room]], "csv").data == outputs.render([told[room]], "csv").data


@pytest.mark.parametrize("room", [name for name in ROOMS if "account" in catalog.rooms()[name].keys])
def test_an_unrelated_account_changes_only_its_own_rows(room: str, told: dict[str, Table], others: dict[str, dict[str, Table]]) -> None:
    rest = others["stranger"][room].frame.filter(others["stranger"][room].frame["account"] != "zz-stranger")
    assert rest.height < others["stranger"][room].frame.height
    loose = {"quick"}  # the fastest quarter is a quarter of all accounts
    assert rest.drop(loose, strict=False).equals(told[room].frame.drop(loose, strict=False))


@pytest.mark.parametrize("room", ROOMS)
def test_keys_are_unique_and_units_are_kept(room: str, told: dict[str, Table]) -> None:
    table = told[room]
    keys = [column.name for column in table.columns if column.unit == "key"]
    assert table.frame.columns == [column.name for column in table.columns]
    assert table.frame.select(keys).is_unique().all()
    assert table.frame.height > 0
    for column in table.columns:
        values = table.frame[column.name].drop_nulls()
        if column.unit == "share" and column.name != "trend":
            assert values.is_between(0, 1).all(), column.name
        if column.unit in ("count", "days", "score"):
            assert (values >= 0).all(), column.name


@pytest.mark.parametrize("room", ROOMS)
def test_rows_stand_in_a_total_order(room: str, told: dict[str, Table]) -> None:
    table = told[room]
    order = catalog.rooms()[room].sections.get("Order", "").split() or [c.name for c in table.columns if c.unit == "key"]
    names = [name.lstrip("-") for name in order]
    again = table.frame.sample(fraction=1, shuffle=True, seed=1).sort(names, descending=["-" in n[:1] for n in order], nulls_last=True)
    assert again.equals(table.frame)


@pytest.mark.parametrize("room", ROOMS)
def test_no_events_invent_no_numbers(room: str, world: Path, tmp_path: Path, told: dict[str, Table]) -> None:
    empty = tables(variant(world, tmp_path, lambda rows: [[]]), [room], allow_empty=True)[room]
    assert empty.frame.schema == told[room].frame.schema
    for name in {"retained", "reached", "activated", "active", "held"} & {c.name for c in empty.columns if c.unit == "count"}:
        assert not empty.frame[name].sum()


@pytest.mark.parametrize("room", [name for name in ROOMS if "by" in catalog.rooms()[name].settings])
def test_segments_add_up_to_the_whole(room: str, world: Path, told: dict[str, Table]) -> None:
    parts = tables(world, [room], by=("plan",))[room].frame
    keys = [name for name in catalog.rooms()[room].keys if name != "plan"]
    counts = [c.name for c in told[room].columns if c.unit == "count"]
    summed = parts.group_by(keys).agg(pl.col(counts).sum()).sort(keys) if keys else parts.select(counts).sum()
    whole = told[room].frame.sort(keys) if keys else told[room].frame
    assert summed.select(counts).equals(whole.select(counts).fill_null(0))
