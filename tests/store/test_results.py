"""A table is worked out once from the same things: whatever of them changes, it is worked out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from saasmetrics import catalog, replay, tables
from saasmetrics.definitions.read import read
from saasmetrics.facts import _made_of
from saasmetrics.tables import Asked

from .world import ROOMS, World, keep_all

ALL = 2 * len(ROOMS)  # of T and of a week before
FIRST = [
    ("1", "a", "u", "opened", "2026-03-20T10:00:00Z", "ok", "7", "30", "x"),
    ("2", "a", "u", "posted", "2026-03-21T23:10:00Z", "ok", "7", "30", "x"),
    ("3", "b", "v", "posted", "2026-04-12T22:30:00Z", "ok", "7", "30", "x"),
]
LATER = ("9", "b", "w", "posted", "2026-04-16T10:00:00Z", "ok", "7", "30", "x")
REPEATED = [("2", "a", "u", "posted", "2026-03-21T23:10:00Z", "ok", "7", "30", "x"), LATER]
CHANGES: dict[str, Callable[[World], None]] = {
    "an event more": lambda world: world.rows["a.csv"].append(("4", "b", "v", "opened", "2026-03-27T10:00:00Z", "ok", "7", "30", "x")),
    "another rule": lambda world: setattr(world, "where", "status: bad"),
    "another zone": lambda world: setattr(world, "zone", "UTC"),
    "a colleague": lambda world: setattr(world, "staff", ("v",)),
    "a merged account": lambda world: setattr(world, "merges", (("b", "a"),)),
    "an account of our own": lambda world: setattr(world, "plans", (("a", "ours"),)),
    "another plan": lambda world: setattr(world, "plans", (("a", "basic"),)),
    "another day": lambda world: setattr(world, "as_of", date(2026, 4, 18)),
    "a file of earlier days": lambda world: world.rows.update({"b.csv": [("7", "c", "w", "posted", "2026-03-24T10:00:00Z", "ok", "7", "30", "x")]}),
    "no first file": lambda world: world.rows.update({"a.csv": [LATER]}),
}
LISTED = {
    "accounts.csv": ({"listed"}, "z,2026-04-15T08:00:00Z,pro"), "users.csv": ({"people"}, "b,v,owner,2026-04-15T08:00:00Z"),
    "subscriptions.csv": ({"subscribed", "paying", "contract_state", "spans"}, "b,2026-04-15,,10"),
}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    keep_all(monkeypatch)
    (tmp_path / "events").mkdir()
    made = World(tmp_path, rows={"a.csv": [*FIRST]}, plans=(("a", "pro"),), paid=(("a", "2026-03-20", "", "10"),))
    made.write()
    return made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that are really worked out."""
    found: list[str] = []
    make = tables.made
    for module in (tables, replay):
        monkeypatch.setattr(module, "made", lambda room, *rest: found.append(room.key) or make(room, *rest))
    return found


def test_from_the_same_things_no_table_is_made_again(world: World, made: list[str]) -> None:
    first = world.shown(store=True)
    assert len(made) == ALL
    assert world.shown(store=True) == first == world.shown(store=False)
    assert len(made) == 2 * ALL


@pytest.mark.parametrize("change", CHANGES)
def test_from_other_things_it_is(change: str, world: World, made: list[str]) -> None:
    before = world.shown(store=True)
    made.clear()
    CHANGES[change](world)
    world.write()
    after = world.shown(store=True)
    assert len(made) == ALL
    assert after == world.shown(store=False)
    assert after[0] != before[0]


def test_by_other_code_it_is(world: World, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    world.shown(store=True)
    made.clear()
    monkeypatch.setattr(_made_of, "of_all", lambda: "other code")
    world.shown(store=True)
    assert len(made) == ALL


@pytest.mark.parametrize(("rows", "again"), [([LATER], ALL // 2), ([LATER, LATER], ALL // 2), (REPEATED, ALL)], ids=["new rows", "a new row twice", "a row told before"])
def test_a_file_that_begins_later_touches_no_table_of_a_day_before(rows: list[tuple[str, ...]], again: int, world: World, made: list[str]) -> None:
    world.shown(store=True)
    made.clear()
    world.rows["b.csv"] = [*rows]
    world.write()
    after = world.shown(store=True)
    assert len(made) == again
    assert after == world.shown(store=False)


@pytest.mark.parametrize("file", LISTED)
def test_a_row_of_a_list_that_tells_of_later_days_touches_no_table_of_a_day_before(file: str, world: World, made: list[str]) -> None:
    added(world, "users.csv", "a,u,owner,2026-03-16T08:00:00Z")
    world.shown(store=True)
    made.clear()
    names, row = LISTED[file]
    added(world, file, row)
    after = world.shown(store=True)
    assert made == [room for room in ROOMS if names & {*asked(world, room)}]
    assert after == world.shown(store=False)


def test_how_a_subscription_ends_touches_the_tables_that_ask_for_more_than_who_has_one(world: World, made: list[str]) -> None:
    before = world.shown(store=True)
    made.clear()
    world.paid = (("a", "2026-03-20", "2026-04-01", "10"),)
    world.write()
    after = world.shown(store=True)
    assert {*made} == {room for room in ROOMS if {"paying", "contract_state", "spans"} & {*asked(world, room)}} != {*ROOMS}
    assert len(made) == 2 * len({*made}) > 0
    assert after == world.shown(store=False)
    assert after[0] != before[0]


def test_a_cut_table_of_an_earlier_day_is_made_once_whatever_the_later_day(world: World, made: list[str]) -> None:
    before = world.as_of - timedelta(7)
    first = cut(world, before)
    world.rows["b.csv"], world.as_of = [LATER], world.as_of + timedelta(7)
    world.write()
    assert cut(world, before) == first == cut(world, before, store=False)
    assert len(made) == 2  # the second one without the store
    world.rows["b.csv"] = REPEATED
    world.write()
    cut(world, before)
    assert len(made) == 3


def cut(world: World, day: date, store: bool = True) -> list[tuple[object, ...]]:
    """A table of that day from the facts of T."""
    room = catalog.rooms()["value.north_star"]
    with replay.replaying(read(world.home / "d.yaml"), [room], Asked(as_of=world.as_of, store=store)) as at:
        return at.dated(room, day).rows()


def asked(world: World, room: str) -> list[str]:
    """What its letters stand for, of lists."""
    return _made_of.told_by(catalog.rooms()[room].needs, read(world.home / "d.yaml").definition)


def added(world: World, file: str, row: str) -> None:
    """A row more in a list."""
    with (world.home / file).open("a", encoding="utf-8") as rows:
        rows.write(f"{row}\n")
