"""What a replay shows of an earlier day is what a run as of that day shows, for every table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from small import Small
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


MACHINES = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}, accounts: {files: accounts.csv}, users: {files: users.csv}}
roles: {service: robot}
workflows: {selling: {core: true, success: sold, tiers: {basic: sold}}}
"""


@pytest.mark.parametrize(("first", "then"), [("clerk", "robot"), ("robot", "clerk")])
@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 2, 27)], ids=str)
def test_who_was_a_machine_then_is_nobody_then_whatever_he_is_now(tmp_path: Path, first: str, then: str, day: date) -> None:
    made = Small(tmp_path, MACHINES).file("accounts.csv", "account_id,created_at", "a,2026-01-01")
    made.file("users.csv", "account_id,user_id,role,valid_from", f"a,u,{first},2026-01-01", f"a,u,{then},2026-03-03", "a,v,clerk,2026-01-01")
    made.file("events.csv", "account_id,event,timestamp,user_id", *(f"a,sold,2026-{at}T12:00:00Z,{who}" for at in ("01-02", "02-20", "03-05") for who in "uuv"))
    rooms = [catalog.rooms()[name] for name in ("engagement.active_users", "adoption.accounts", "value.north_star")]
    with replaying(made.loaded(), rooms, Asked(as_of=date(2026, 3, 9))) as at:
        again = [at.rows(room, day) for room in rooms]
    fresh = made.tables([room.key for room in rooms], day.isoformat())
    assert [frame.rows() for frame in again] == [table.frame.rows() for table in fresh]


PAID = {
    "movements": ("columns: {start: date, mrr: movement}", ("account_id,date,movement", "a,2026-01-01,100", "b,2026-01-01,50", "a,2026-03-05,-100")),
    "snapshots": ("columns: {start: month}", ("account_id,month,mrr", "a,2026-01-01,100", "b,2026-01-01,50", "a,2026-02-01,100", "b,2026-02-01,50", "b,2026-03-01,50")),
}  # fmt: skip


@pytest.mark.parametrize("shape", PAID)
def test_an_end_that_a_later_row_tells_was_not_known(tmp_path: Path, shape: str) -> None:
    columns, lines = PAID[shape]
    subscriptions = f"subscriptions: {{files: subs.csv, shape: {shape}, {columns}}}, users"
    made = Small(tmp_path, MACHINES.replace("users", subscriptions, 1)).file("subs.csv", *lines).file("accounts.csv", "account_id,created_at", "a,2026-01-01", "b,2026-01-01")
    made.file("users.csv", "account_id,user_id,role").file("events.csv", "account_id,event,timestamp,user_id", "a,sold,2026-01-02T12:00:00Z,u", "b,sold,2026-03-12T12:00:00Z,u")
    rooms, day = [room for name, room in catalog.rooms().items() if name in ("revenue.accounts", "revenue.mrr", "health.accounts", "expansion.seats")], date(2026, 2, 27)
    with replaying(made.loaded(), rooms, Asked(as_of=date(2026, 3, 12))) as at:
        again = [at.rows(room, day) for room in rooms]
        now = [at.rows(room, at.clock.as_of) for room in rooms]
    fresh = made.tables([room.key for room in rooms], day.isoformat())
    assert [frame.rows() for frame in again] == [table.frame.rows() for table in fresh]
    assert [frame.rows() for frame in again] != [frame.rows() for frame in now]
