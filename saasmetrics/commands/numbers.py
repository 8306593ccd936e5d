"""The number that a table leads with: its column, and the row that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import MEASURED, Room
from saasmetrics.commands.starter import NINE, Line
from saasmetrics.messages import did_you_mean, refuse

if TYPE_CHECKING:
    import polars as pl

    from saasmetrics.definitions.model import Definition

STATES = ("state", "band", "stage", "way")
BASES = ("eligible", "base", "attempts", "accounts", "accounts_before", "existing", "paying", "judged")
UNITS = {"activation rate": "share", "time to first value": "days", "feature adoption": "share", "retention by activation": "share"}


class Asked(NamedTuple):
    """A table, and the column meant; empty: the one that it leads with."""

    room: Room
    column: str = ""


class Number(NamedTuple):
    """One number of a table, read the same way off every frame of it."""

    name: str
    room: Room
    unit: str
    read: Callable[[pl.DataFrame, Definition], Line]


def named(text: str) -> Asked:
    """`activation.rate`, or with a column `activation.rate.activated`."""
    rooms = catalog.rooms()
    key = text.replace("-", "_").replace(" ", ".")
    name, _, column = (key, "", "") if key in rooms else key.rpartition(".")
    if name not in rooms:
        refuse("SM130", f"there is no table '{text}'{did_you_mean(key, rooms)}; `saasmetrics explain` lists them all")
    known = [column.name for column in rooms[name].columns if column.unit in MEASURED]
    if column and column not in known:
        refuse("SM130", f"{name} has no number '{column}'{did_you_mean(column, known)}; it has {', '.join(known)}")
    return Asked(rooms[name], column)


def of_starter() -> list[Number]:
    """The nine numbers to begin with."""
    return [Number(metric.name, catalog.rooms()[metric.room], UNITS.get(metric.name, "count"), metric.read) for metric in NINE]


def number(told: Asked, frame: pl.DataFrame) -> Number:
    """The number asked for; which row it stands in is read off this frame: the first that has it, of periods the last final."""
    from saasmetrics.report.pick import current

    room, column = told.room, told.column
    if not column:
        for known in of_starter():
            if known.room == room:
                return known._replace(name=room.key)
    if state := state_of(room):
        label = next((value for value in frame[state] if value is not None), None) if not column else None
        if label is not None:
            return Number(f"{room.key} {label}", room, "count", partial(_called, state, label))
    shown = next(one for one in room.columns if one.name == (column or _leading(room)))
    rows = current(frame.to_dicts(), room)
    where = _where(room, [row for row in rows if row[shown.name] is not None] or rows)
    at = f" ({', '.join(f'{name} {value}' for name, value in where.items())})" if where else ""
    return Number(f"{room.key} {shown.name}{at}", room, shown.unit, partial(_standing, room, shown.name, where))


def state_of(room: Room) -> str:
    """The column that calls an account something; empty where there is none, or several rows an account."""
    return next((column.name for column in room.columns if column.name in STATES), "") if room.keys == ["account"] else ""


def _leading(room: Room) -> str:
    """What the table says itself; else the rate, the number with an interval beside it, the first rate of several, the first number."""
    if room.headline:
        return room.headline
    numbers = {column.name: column.unit for column in room.columns if column.unit in MEASURED}
    names = [name for name, unit in numbers.items() if unit != "days"] or list(numbers)
    if "rate" in names or "low" not in names:
        return next((name for name in names if name == "rate" or name.endswith("_rate")), names[0])
    return names[max(names.index("low") - 1, 0)]


def _where(room: Room, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The keys of the first row, by which it is found in other frames of the table; a period is always the last one, but for a cohort's."""
    from saasmetrics.report.pick import PERIODS

    last = ("week", "position") if "cohort" in room.keys else (*PERIODS, "position")
    return {name: rows[0][name] for name in room.keys if name not in last} if rows else {}


def _standing(room: Room, column: str, where: Mapping[str, Any], frame: pl.DataFrame, _: Definition) -> Line:
    from saasmetrics.report.pick import current

    rows = current(frame.to_dicts(), room)
    row = next((row for row in rows if all(row[name] == value for name, value in where.items())), None)
    if row is None or row[column] is None:
        return Line("", status="no such row" if row is None else row.get("status") or "unknown")
    base = next((row[name] for name in BASES if name in row and name != column), None)
    value = row[column] if isinstance(row[column], int) else float(row[column])
    return Line("", value, base, status=row.get("status") or "final")


def _called(state: str, label: str, frame: pl.DataFrame, _: Definition) -> Line:
    """How many accounts are called so."""
    return Line("", int((frame[state] == label).sum()), frame.height, status="final")
