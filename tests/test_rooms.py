"""Every worked example of every room, and what a room has to have."""

from __future__ import annotations

import pytest

from examples import computed, facts_of, options, parsed, written
from saasmetrics import catalog
from saasmetrics.facts._closure import known

ROOMS = catalog.rooms()
EXAMPLES = [(room, example) for room in ROOMS.values() for example in room.examples]


@pytest.mark.parametrize(("room", "example"), EXAMPLES, ids=[f"{r.key}: {e.title}" for r, e in EXAMPLES])
def test_worked_example(room: catalog.Room, example: catalog.Example) -> None:
    head, rows = parsed(example.becomes)
    made = computed(room, facts_of(example), options(example))
    assert made.columns == head
    assert written(made) == rows


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_a_room_says_all_that_it_owes(room: catalog.Room) -> None:
    assert room.title.endswith((".", "?"))
    assert {"Columns", "Limits", "Covers"} <= set(room.sections)
    assert len(room.examples) >= 2
    assert set(room.needs) <= known()
    assert all(column.meaning for column in room.columns)
    assert len(room.path.read_text("utf-8").splitlines()) <= 260


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_behind_every_total_stand_its_accounts(room: catalog.Room) -> None:
    assert ("account" in room.keys) != bool(room.behind)
    assert not room.behind or "account" in ROOMS[room.behind].keys


def test_every_id_has_one_home() -> None:
    homes = catalog.coverage()
    assert homes["A04"] == "activation.rate"
    assert {home for home in homes.values() if not home.startswith("command.")} <= {*ROOMS, *(check.key for check in catalog.checks().values())}
