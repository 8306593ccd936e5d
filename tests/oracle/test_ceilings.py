"""expansion.limits of random worlds and of the example data is the oracle's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from oracle import ceilings
from oracle.compare import tables
from oracle.days import DAY, day_of, moment, written
from oracle.test_example_data import DATES, Example, made
from oracle.truth import Truth
from oracle.unit_worlds import COLUMNS, HEADS, Case, definition
from oracle.unit_worlds import made as drawn
from oracle.working import differences
from oracle.world import Row, World, canonical, files, records
from oracle.writing import write_tables
from saasmetrics.definitions.read import Loaded

DATED = ("account_id", "user_id", "role", "invited_at", "joined_at", "deactivated_at")
NAME = "expansion.limits"
JUNE = moment("2026-06-16T00:00:00Z")


def held(loaded: Loaded, truth: Truth, limits: list[Row], near: float, horizon_days: int) -> set[str]:
    """The states that were seen, after every cell was held against the oracle."""
    source = loaded.definition.sources.limits
    assert source
    table = tables(loaded, day_of(truth.today), [NAME], settings={"near": near, "horizon_days": horizon_days})[NAME]
    wrong = differences(table, ceilings.limits(truth, list(truth.accounts.values()), canonical(limits, source), near, horizon_days))
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    return set(table.frame["state"])


def people(chance: Random, case: Case) -> list[Row]:
    """Around 28 days before T, and around T."""
    now = moment(f"{case.as_of}T00:00:00Z")
    times = [None, *(written(now - ago * DAY + more) for ago in (200, 28, 27, 1, 0) for more in (0, DAY // 2))]
    names = [row["account_id"] for row in case.world.accounts or []]
    return [
        {"account_id": name, "user_id": user, "role": chance.choice(("clerk", "clerk", "service")), "invited_at": chance.choice(times), "joined_at": chance.choice(times), "deactivated_at": chance.choice((None, None, *times))}
        for name in names for user in ("ann", "bob", "eve", "dan", "ivy") if chance.random() < 0.8
    ]  # fmt: skip


def steady(folder: Path, meter: str, limit: int, born: int, users: list[Row], near: float = 0.99) -> set[str]:
    """One account of so many days, as of the sixteenth of June."""
    events: list[Row] = [{"event_id": f"e{n}", "account_id": "a", "user_id": None, "timestamp": written(JUNE - n * DAY), "event": "posted"} for n in range(1, born + 1)]
    events += [{"event_id": "first", "account_id": "z", "timestamp": written(JUNE - 40 * DAY), "event": "posted"}]
    spans: list[Row] = [{"account_id": "z", "start_date": "2026-01-01", "end_date": "2026-02-01", "mrr": "1", "currency": "EUR"}]
    accounts: list[Row] = [{"account_id": name, "created_at": written(JUNE - ago * DAY), "plan": "team"} for name, ago in (("a", born), ("z", 40))]
    limits: list[Row] = [{"plan": "team", "meter": meter, "limit": str(limit)}]
    world, blocks = World(events, accounts, users, spans), definition(Random(0)) | {"timezone": "UTC", "late_after": "0s"}
    loaded = write_tables(folder, HEADS | {"users": DATED}, {**vars(world), "limits": limits}, blocks, COLUMNS)
    return held(loaded, Truth(loaded.definition, world, date(2026, 6, 16)), limits, near, 7)


@pytest.mark.parametrize("seed", range(40))
def test_random_worlds(seed: int) -> None:
    chance, case = Random(seed), drawn(seed)
    case = replace(case, world=replace(case.world, users=people(chance, case) if chance.random() < 0.8 else None))
    with TemporaryDirectory() as folder:
        loaded = write_tables(Path(folder), HEADS | {"users": DATED}, {**vars(case.world), "limits": case.limits}, case.blocks, COLUMNS)
        held(loaded, Truth(loaded.definition, case.world, case.as_of), case.limits, chance.choice((0.8, 0.3)), chance.choice((7, 90)))


@pytest.mark.parametrize(("limit", "born", "state"), [(29, 28, "bound for it"), (30, 28, "bound for it"), (31, 28, "far"), (30, 27, "far"), (15, 28, "at limit")])
def test_a_flow_gets_there_on_the_last_day_of_its_month_or_not(limit: int, born: int, state: str, tmp_path: Path) -> None:
    """One piece of work a day: fifteen in June before the sixteenth."""
    assert steady(tmp_path, "billing", limit, born, []) == {state}


@pytest.mark.parametrize(("limit", "state"), [(199, "close"), (200, "close"), (201, "far")])
def test_what_is_near_by_no_more_than_a_digit_is_close(limit: int, state: str, tmp_path: Path) -> None:
    """Fourteen pieces of work; 0.07 × 200 is a little more than that to a machine, and to nobody else."""
    assert steady(tmp_path, "billing", limit, 14, [], near=0.07) == {state}


@pytest.mark.parametrize(("limit", "state"), [(28, "at limit"), (34, "bound for it"), (35, "bound for it"), (36, "far")])
def test_seats_fill_within_the_horizon_or_not(limit: int, state: str, tmp_path: Path) -> None:
    """One person more a day, twenty-eight in all: the seventh from now is within seven days."""
    names = [f"u{n}" for n in range(28)]
    users: list[Row] = [{"account_id": "a", "user_id": name, "joined_at": written(JUNE - (n + 1) * DAY)} for n, name in enumerate(names)]
    assert steady(tmp_path, "seats", limit, 28, users) == {state}


def test_the_example_data(tmp_path: Path) -> None:
    example: Example = made(tmp_path, "accounting", "csv")
    source = example.loaded.definition.sources.limits
    assert source
    limits = [row for path in files(tmp_path, source.files) for row in records(path)]
    assert {"at limit", "close", "far"} <= held(example.loaded, example.truth(DATES[1]), limits, 0.8, 90)
