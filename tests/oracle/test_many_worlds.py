"""Three hundred examples of each law: random worlds, fifty at a time in one data set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from oracle.compare import TABLES, bytes_of, check, tables
from oracle.many import SETS, batch, half
from oracle.retention import Asked as Cohorts
from oracle.test_properties import changed, in_parts, others_shuffled, rows_in, shifted, shuffled
from oracle.worlds import Case
from oracle.writing import write
from saasmetrics import catalog
from saasmetrics.tables import Table

SPLIT = tuple(name for name in TABLES if name != "activation.time_to_value" and "by" in catalog.rooms()[name].settings)
WHOLE = ("activation.accounts", "churn_risk.accounts", "expansion.accounts")  # an account a row
EVERY = (*SPLIT, *(name for name in WHOLE if name not in SPLIT))
OWN = tuple(name for name in EVERY if name != "engagement.active_accounts")  # which has a row for every period since anybody was there
PLACES = {"rank", "quick"}  # among all accounts
COHORTS = (  # one for each set: cadence, periods, kind, mode, anchor
    ("week", 8, "on", "calendar", "activation"), ("day", 14, "unbounded", "rolling", "created"), ("month", 3, "on", "rolling", "first_active"),
    ("week", 12, "unbounded", "calendar", "every_active"), ("day", 9, "on", "calendar", "every_active"), ("month", 5, "unbounded", "calendar", "activation"),
)  # fmt: skip

every_set = pytest.mark.parametrize("which", range(len(SETS)), ids=[f"{zone} {as_of} {week}" for zone, week, as_of in SETS])


def made(folder: Path, case: Case, names: tuple[str, ...] = EVERY, **how: Any) -> dict[str, Table]:
    """The tables that can be split by world are; the others have a row an account."""
    loaded = write(folder, case.world, case.blocks, **how)
    split = tables(loaded, case.as_of, [name for name in names if name in SPLIT], by=("world",))
    whole = [name for name in names if name not in SPLIT]
    return {**split, **(tables(loaded, case.as_of, whole) if whole else {})}


def content(found: dict[str, Table]) -> dict[str, bytes]:
    return {name: bytes_of(table) for name, table in found.items()}


@every_set
def test_the_tables_are_the_oracles(which: int, tmp_path: Path) -> None:
    case = batch(which)
    loaded = write(tmp_path, case.world, case.blocks)
    check(loaded, case.world, case.as_of, SPLIT, by=("world",))
    check(loaded, case.world, case.as_of, [name for name in EVERY if name not in SPLIT])


@every_set
def test_cohorts_are_the_oracles_in_further_settings(which: int, tmp_path: Path) -> None:
    case = batch(which)
    asked = vars(Cohorts(*COHORTS[which]))
    check(write(tmp_path, case.world, case.blocks), case.world, case.as_of, ("retention.cohorts",), by=("world",), **asked)


@every_set
@pytest.mark.parametrize("way", ["order", "parts", "later", "twice"])
def test_what_must_not_matter_does_not(way: str, which: int, tmp_path: Path) -> None:
    case, chance = batch(which), Random(which)
    plain = changed(case, events=list({row["event_id"]: row for row in case.world.events}.values()))
    other = changed(plain, events=rows_in({way}, plain))
    if way == "order":
        other = changed(other, events=shuffled(other.world.events, chance), **others_shuffled(plain.world, chance))
    parts = in_parts(shuffled(other.world.events, chance), chance) if way == "parts" else None
    assert content(made(tmp_path / "other", other, parts=parts)) == content(made(tmp_path / "plain", plain))


@every_set
def test_other_accounts_change_nothing(which: int, tmp_path: Path) -> None:
    case = batch(which)
    part, names = half(case)
    every, alone = made(tmp_path / "every", case, OWN), made(tmp_path / "part", part, OWN)
    for name in OWN:
        rows = [[repr(row) for row in table[name].frame.drop(PLACES, strict=False).to_dicts() if of(row) in names] for table in (every, alone)]
        assert sorted(rows[0]) == sorted(rows[1]), name


def of(row: dict[str, Any]) -> str | None:
    return row["world"] if "world" in row else str(row["account"])[:3]  # type: ignore[no-any-return]


@every_set
def test_whole_weeks_later_is_the_same_whole_weeks_later(which: int, tmp_path: Path) -> None:
    names, weeks = ("activation.rate", "activation.steps", "adoption.tiers"), 7 + which
    case = batch(which)
    case = replace(case, blocks={**case.blocks, "timezone": "UTC"}, world=replace(case.world, subscriptions=None))
    moved = replace(case, world=shifted(case.world, weeks), as_of=case.as_of + timedelta(weeks=weeks))
    assert content(made(tmp_path / "then", case, names)) == content(made(tmp_path / "now", moved, names))
