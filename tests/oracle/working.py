"""The tables of value, engagement and journey: what the oracle says of them, held against the product's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from types import ModuleType
from typing import Any

from oracle import (
    attempts,
    compare,
    exposure,
    habits,
    journey,
    movers,
    presence,
    rhythm,
    roles,
    seats,
    sentences,
    shoulders,
    signals_of_value,
    star,
    star_tests,
    trajectory,
    trend,
    users,
)
from oracle.compare import own, tables
from oracle.split import Rows, setting, split
from oracle.text import Text
from oracle.truth import Truth
from oracle.world import World
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.tables import Table

VALUE = (star, star_tests, habits, shoulders, attempts, signals_of_value, trajectory, presence, sentences)
ENGAGEMENT = (exposure, movers, seats, users, trend, roles, rhythm)
MODULES: tuple[ModuleType, ...] = (*VALUE, *ENGAGEMENT, journey)
TABLES: dict[str, Callable[..., Rows]] = {name: rows for module in MODULES for name, rows in module.TABLES.items()}
CLOSE = 1e-9  # sums of roots and logarithms: the last digits are the machine's
UNTOLD = {"engagement.rhythm": {"weekly_echo", "monthly_echo"}, "value.vanity_periods": {"tickets"}}  # no formula is written down, and no tickets here


def told(truth: Truth, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    """The oracle's rows of one table."""
    room = catalog.rooms()[name]
    chosen = {key: setting(truth, room.folder, key, one.default) for key, one in room.settings.items() if key != "by"}
    return split(truth, by, TABLES[name], **{**chosen, **settings})


def same(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, Text):
        return ours.fits(theirs)
    if isinstance(ours, float | int) and isinstance(theirs, float):
        return abs(theirs - ours) <= CLOSE * max(1.0, abs(ours))
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, theirs, ours))
    return compare.same(theirs, ours)


def differences(table: Table, rows: Rows, by: Sequence[str] = ()) -> list[str]:
    """Every cell that differs, in words."""
    keys = [*by, *catalog.rooms()[table.name].keys]
    ours, theirs = ({tuple(str(row[key]) for key in keys): row for row in found} for found in (rows, table.frame.to_dicts()))
    assert len(theirs) == table.frame.height and len(ours) == len(rows), f"{table.name}: keys are not unique"
    found = [f"{table.name} {key}: only the product has it: {theirs[key]}" for key in theirs if key not in ours]
    found += [f"{table.name} {key}: only the oracle has it: {ours[key]}" for key in ours if key not in theirs]
    for key in ours.keys() & theirs.keys():
        more = set(ours[key]) ^ set(theirs[key]) ^ UNTOLD.get(table.name, set())
        assert not more, (table.name, more)
        cells = [(name, theirs[key][name], value) for name, value in ours[key].items()]
        found += [f"{table.name} {key} {name}: product {other!r}, oracle {value!r}" for name, other, value in cells if not same(other, value)]
    return sorted(found)


def check(loaded: Loaded, truth: World | Truth, as_of: date, names: Sequence[str] = tuple(TABLES), by: Sequence[str] = (), **settings: Any) -> dict[str, Table]:
    """The tables, when they are the oracle's."""
    truth = Truth(loaded.definition, truth, as_of) if isinstance(truth, World) else truth
    made = tables(loaded, as_of, names, by=tuple(by), settings=settings)
    wrong = [line for name, table in made.items() for line in differences(table, told(truth, name, by, **own(name, settings)), by)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    return made
