"""An export that begins late: what is told of the time before is told in full, or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from worlds import Row, generated, tables, variant

from saasmetrics.definitions.read import read
from saasmetrics.report.compose import compose
from saasmetrics.tables import Asked

BEGINS = "2026-10-01"  # a Thursday; T is 39 days later
UNKNOWN = (None, "unknown")
OF_PERIODS = {  # rows of whole periods
    "engagement.active_accounts": ("active", "dormant", "existing"),
    "engagement.active_users": ("users", "accounts"),
    "value.north_star": ("n", "accounts"),
    "value.vanity_periods": ("events", "logins", "active_accounts"),
}
OF_ACCOUNTS = {
    "adoption.breadth_accounts": ("users", "users_before", "teams_before", "teams_change"),
    "adoption.tiers": ("held",),
    "churn_risk.accounts": ("trend", "weekly"),
    "churn_risk.churned": ("reason",),
    "engagement.trend": ("weekly",),
    "expansion.premium": ("pull", "before"),
    "value.signals": ("series",),
}
KEYS = {"adoption.tiers": ["workflow", "level"], "expansion.premium": ["account", "feature"], "value.signals": ["workflow"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("whole"), accounts=80)


@pytest.fixture(scope="module")
def late(whole: Path) -> Path:
    """The last 39 days of the same export."""
    return variant(whole, whole.parent / "late", since)


@pytest.fixture(scope="module")
def worlds(whole: Path, late: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that is told of both."""
    rooms = [*OF_PERIODS, *OF_ACCOUNTS]
    return tables(whole, rooms), tables(late, rooms)


def since(rows: list[Row]) -> list[list[Row]]:
    return [[row for row in rows if row["timestamp"] >= BEGINS]]


def pairs(worlds: tuple[dict[str, Any], dict[str, Any]], room: str, column: str, keys: list[str], status: str = "") -> list[tuple[Any, Any]]:
    """What the whole export says, and what the late one does."""
    whole, late = (world[room].frame for world in worlds)
    if status:
        late = late.filter(pl.col("status") == status)
    joined = late.join(whole, on=keys, suffix="_whole", nulls_equal=True)
    return joined.select(f"{column}_whole", column).rows()


@pytest.mark.parametrize(("room", "column"), [(room, column) for room, columns in OF_PERIODS.items() for column in columns])
def test_a_period_that_is_final_was_seen_in_full(worlds: tuple[dict[str, Any], dict[str, Any]], room: str, column: str) -> None:
    found = pairs(worlds, room, column, ["period"], "final")
    assert len(found) >= 3
    assert [(right, told) for right, told in found if told not in (right, None)] == []
    assert any(told is not None for _, told in found)


@pytest.mark.parametrize("room", [room for room in OF_PERIODS if room != "value.north_star"])
def test_the_period_in_which_it_begins_is_partial(worlds: tuple[dict[str, Any], dict[str, Any]], room: str) -> None:
    first = worlds[1][room].frame.sort("period").row(0, named=True)
    assert (first["period"], first["status"]) == (date(2026, 9, 28), "partial")


@pytest.mark.parametrize(("room", "column"), [(room, column) for room, columns in OF_ACCOUNTS.items() for column in columns])
def test_what_is_told_of_the_time_before_is_told_in_full(worlds: tuple[dict[str, Any], dict[str, Any]], room: str, column: str) -> None:
    found = pairs(worlds, room, column, KEYS.get(room, ["account"]))
    every = [pair for right, told in found for pair in (zip(right, told, strict=True) if isinstance(told, list) else [(right, told)])]
    assert [(right, told) for right, told in every if told not in (right, *UNKNOWN)] == []
    assert any(right not in UNKNOWN for right, _ in every)


def test_a_report_of_the_week_after_says_nothing_of_who_fell_silent(late: Path) -> None:
    said = [told.reading.said for told in compose(read(late), Asked(as_of=date(2026, 10, 14))).lines]
    active = [text for text in said if "in the week of 2026-10-05" in text and "back" in text]
    assert len(active) == 1
    assert "fell silent" not in active[0]
