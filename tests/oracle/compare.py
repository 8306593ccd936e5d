"""Computes the product's tables and holds them against the oracle, row by row, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from oracle import activation, engagement, retention, scores, steps
from oracle.days import EPOCH
from oracle.scores import Sum
from oracle.split import Rows, setting, split
from oracle.truth import Truth
from oracle.world import World
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded
from saasmetrics.sources.ledger import Ledger
from saasmetrics.tables import Asked, Table, compute

TABLES = {
    "activation.rate": activation.rate, "activation.time_to_value": activation.time_to_value, "activation.steps": steps.steps,
    "activation.accounts": activation.accounts, "adoption.tiers": engagement.tiers, "churn_risk.accounts": scores.risk_accounts,
    "churn_risk.signals": scores.risk_signals, "engagement.active_accounts": engagement.active_accounts,
    "expansion.accounts": scores.growth_accounts, "retention.cohorts": retention.cohorts, "retention.logos": retention.logos,
}  # fmt: skip
CLOSE = 1e-14  # a microsecond in half a year is more


def tables(loaded: Loaded, as_of: date, names: Sequence[str] = (), **asked: Any) -> dict[str, Table]:
    """The product's tables, by name."""
    return run(loaded, as_of, names, **asked)[0]


def run(loaded: Loaded, as_of: date | None, names: Sequence[str] = (), **asked: Any) -> tuple[dict[str, Table], Ledger]:
    rooms = [room for name, room in catalog.rooms().items() if (not names or name in names) and ("by" in room.settings or not asked.get("by"))]
    made, ledger = compute(loaded, rooms, Asked(as_of=as_of, allow_empty=True, **asked), skip=True)
    return {table.name: table for table in made}, ledger


def expected(loaded: Loaded, world: World, as_of: date, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    """The oracle's rows of one table."""
    truth = Truth(loaded.definition, world, as_of)
    return told(truth, name, by, **settings)


def told(truth: Truth, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    room = catalog.rooms()[name]
    chosen = {key: setting(truth, room.folder, key, one.default) for key, one in room.settings.items() if key != "by"}
    return split(truth, by, TABLES[name], **{**chosen, **settings})


def differences(table: Table, rows: Rows, by: Sequence[str] = ()) -> list[str]:
    """Every cell that differs, in words."""
    keys = [*by, *catalog.rooms()[table.name].keys]
    ours = {tuple(str(row[key]) for key in keys): row for row in rows}
    theirs = {tuple(str(row[key]) for key in keys): row for row in table.frame.iter_rows(named=True)}
    assert len(theirs) == table.frame.height, f"{table.name}: keys are not unique"
    found = [f"{table.name} {key}: only the product has it: {theirs[key]}" for key in theirs if key not in ours]
    found += [f"{table.name} {key}: only the oracle has it: {ours[key]}" for key in ours if key not in theirs]
    for key in ours.keys() & theirs.keys():
        assert ours[key].keys() == theirs[key].keys(), (sorted(ours[key]), sorted(theirs[key]))
        found += [
            f"{table.name} {key} {name}: product {theirs[key][name]!r}, oracle {shown(value)!r}"
            for name, value in ours[key].items() if not same(theirs[key][name], value)
        ]  # fmt: skip
    return sorted(found)


def same(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, Sum):
        return says(theirs, ours)
    if isinstance(theirs, datetime) and isinstance(ours, int):
        return (theirs - EPOCH) // timedelta(microseconds=1) == ours
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, theirs, ours))
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return abs(theirs - ours) <= CLOSE * max(1.0, abs(ours))
    if isinstance(ours, Decimal) or isinstance(theirs, Decimal):
        return theirs is not None and ours is not None and Decimal(theirs) == Decimal(ours)
    return type(theirs) is type(ours) and theirs == ours or str(theirs) == str(ours) and theirs is not None


def says(evidence: str | None, found: Sum) -> bool:
    """Whether the sentences hold the numbers of every fired signal, and stand there only when one fired."""
    fired = [state for state in found.states.values() if state.state == "fired"]
    words = re.findall(r"\d+(?:\.\d+)?", evidence or "")
    return bool(evidence) == bool(fired) and all(number in words for state in fired for number in state.numbers) if evidence is not None or found.enough else True


def shown(value: Any) -> Any:
    return dict(value.states) if isinstance(value, Sum) else value


def check(loaded: Loaded, truth: World | Truth, as_of: date, names: Sequence[str] = tuple(TABLES), by: Sequence[str] = (), **settings: Any) -> dict[str, Table]:
    """The tables, when they are the oracle's."""
    made = tables(loaded, as_of, names, by=tuple(by), settings=settings)
    truth = Truth(loaded.definition, truth, as_of) if isinstance(truth, World) else truth
    wrong = [line for name, table in made.items() for line in differences(table, told(truth, name, by, **own(name, settings)), by)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    return made


def own(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Of these settings, those that the table has."""
    return {key: value for key, value in settings.items() if key in catalog.rooms()[name].settings}


def bytes_of(table: Table) -> bytes:
    """The table's content, to the bit."""
    frame = table.frame.with_columns(pl.selectors.by_dtype(pl.List(pl.String), pl.List(pl.Int64)).cast(pl.List(pl.String)).list.join("\x1f", ignore_nulls=False))
    return frame.write_csv().encode()


def folder_of(loaded: Loaded) -> Path:
    return loaded.path.parent
