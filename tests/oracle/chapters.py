"""The tables of activation, adoption, retention and qualification beyond the first ones, and how they are compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from oracle import (
    behaviour,
    breadth,
    compare,
    depth,
    drivers,
    farewells,
    features,
    invites,
    modules,
    onboarding,
    openings,
    qualification,
    segments,
    stall_reasons,
)
from oracle.compare import own, tables
from oracle.split import Rows, setting, split
from oracle.text import Text
from oracle.truth import Truth
from oracle.world import World
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.tables import Table

MODULES = (behaviour, breadth, depth, drivers, farewells, features, invites, modules, onboarding, openings, qualification, segments, stall_reasons)
TABLES: dict[str, Callable[..., Rows]] = {name: rows for module in MODULES for name, rows in module.TABLES.items()}
JUDGED = ("retention.by_behaviour", "retention.drivers")  # a segment without any account that can be judged has no rows
CLOSE = 1e-9  # intervals of differences are sums of roots: the last digits are the machine's
NEEDS = {"expansion.seats": "subscriptions", "retention.before_churn": "subscriptions", "qualification.conversion": "subscriptions", "qualification.signals": "subscriptions", "retention.segments": "accounts", "retention.mix": "accounts", "adoption.stall_reasons": "tickets"}


def told(truth: Truth, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    """The oracle's rows of one table."""
    room = catalog.rooms()[name]
    chosen = {key: setting(truth, room.folder, key, one.default) for key, one in room.settings.items() if key != "by"}
    more = {"segmented": bool(by)} if name in JUDGED else {}
    return split(truth, by, TABLES[name], **chosen | settings | more)


def same(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, Text):
        return ours.fits(theirs)
    if isinstance(ours, qualification.Words):
        return ours.said(theirs)
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return abs(theirs - ours) <= CLOSE * max(1.0, abs(ours))
    return compare.same(theirs, ours)


def differences(table: Table, rows: Rows, by: Sequence[str] = ()) -> list[str]:
    """Every cell that differs, in words."""
    keys = [*by, *catalog.rooms()[table.name].keys]
    ours, theirs = ({tuple(str(row[key]) for key in keys): row for row in found} for found in (rows, table.frame.to_dicts()))
    assert len(theirs) == table.frame.height, f"{table.name}: keys are not unique"
    found = [f"{table.name} {key}: only the product has it: {theirs[key]}" for key in theirs if key not in ours]
    found += [f"{table.name} {key}: only the oracle has it: {ours[key]}" for key in ours if key not in theirs]
    for key in ours.keys() & theirs.keys():
        assert ours[key].keys() == theirs[key].keys(), (table.name, sorted(ours[key]), sorted(theirs[key]))
        cells = [(name, theirs[key][name], value) for name, value in ours[key].items()]
        found += [f"{table.name} {key} {name}: product {other!r}, oracle {value!r}" for name, other, value in cells if not same(other, value)]
    return sorted(found)


def check(loaded: Loaded, truth: World | Truth, as_of: date, names: Sequence[str], by: Sequence[str] = (), **settings: Any) -> dict[str, Table]:
    """The tables, when they are the oracle's."""
    truth = Truth(loaded.definition, truth, as_of) if isinstance(truth, World) else truth
    made = tables(loaded, as_of, names, by=tuple(by), settings=settings)
    wrong = [line for name, table in made.items() for line in differences(table, told(truth, name, by, **own(name, settings)), by)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    missing = [name for name in names if name not in made and getattr(truth.world, NEEDS.get(name, "events")) is not None]
    assert by or not missing, missing
    return made
