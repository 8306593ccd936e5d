"""What a replay shows of an earlier day is what a run as of that day shows, for every table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, generated, tables

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.replay import replaying
from saasmetrics.tables import Asked, Table

DAYS = [AS_OF, AS_OF - timedelta(days=7), AS_OF - timedelta(days=45)]
Frames = dict[date, dict[str, pl.DataFrame]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def again(world: Path) -> Frames:
    with replaying(read(world), list(catalog.rooms().values()), Asked(as_of=AS_OF)) as at:
        return {day: {room.key: at.rows(room, day) for room in at.run.rooms} for day in DAYS}


@pytest.fixture(scope="module")
def fresh(world: Path) -> Mapping[date, Mapping[str, Table]]:
    return {day: tables(world, as_of=day) for day in DAYS}


@pytest.mark.parametrize("room", sorted(catalog.rooms()))
def test_a_replay_is_the_run_of_that_day(room: str, again: Frames, fresh: Mapping[date, Mapping[str, Table]]) -> None:
    for day in DAYS:
        assert (room in again[day]) == (room in fresh[day])
        assert room not in fresh[day] or again[day][room].equals(fresh[day][room].frame), day
