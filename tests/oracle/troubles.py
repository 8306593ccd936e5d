"""The tables of reliability and friction: what the oracle says of them, held against the product's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from oracle import aftermath, desk, friction, let_down, operations, outages, stable, sufferers, trust, waiting
from oracle.compare import own, tables
from oracle.split import Rows, setting, split
from oracle.truth import Truth
from oracle.working import differences
from oracle.world import World
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.tables import Table

MODULES = (operations, waiting, outages, stable, friction, desk, aftermath, trust, sufferers, let_down)
TABLES: dict[str, Callable[..., Rows]] = {name: rows for module in MODULES for name, rows in module.TABLES.items()}
SPLIT = tuple(name for name in TABLES if "by" in catalog.rooms()[name].settings)
NEEDS = {"reliability.incidents": "incidents", "reliability.incident_accounts": "incidents", "friction.issues": "tickets", "friction.resolution": "tickets", "friction.self_serve": "tickets"}


def told(truth: Truth, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    """The oracle's rows of one table."""
    room = catalog.rooms()[name]
    chosen = {key: setting(truth, room.folder, key, one.default) for key, one in room.settings.items() if key != "by"}
    return split(truth, by, TABLES[name], **{**chosen, **settings})


def check(loaded: Loaded, truth: World | Truth, as_of: date, names: Sequence[str] = tuple(TABLES), by: Sequence[str] = (), **settings: Any) -> dict[str, Table]:
    """The tables, when they are the oracle's, and none is missing that has its input."""
    truth = Truth(loaded.definition, truth, as_of) if isinstance(truth, World) else truth
    made = tables(loaded, as_of, names, by=tuple(by), settings=settings)
    wrong = [line for name, table in made.items() for line in differences(table, told(truth, name, by, **own(name, settings)), by)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    told_of = {name for name in names if name != "reliability.sync_lag" or loaded.definition.reliability.syncs}
    assert set(made) == {name for name in told_of if getattr(truth.world, NEEDS.get(name, "events")) is not None}
    return made
