"""Numbers that a definition points to: further lines of the report, and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from saasmetrics import catalog
from saasmetrics.catalog import Room
from saasmetrics.checks import possible
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.definitions.report import Alert, FurtherLine, Pointer
from saasmetrics.messages import did_you_mean, refuse
from saasmetrics.outputs.cells import words
from saasmetrics.report.line import Line, Reading, Row, Rows, Unit, nothing

FURTHER = "further lines"
UNITS: dict[str, Unit] = {"share": "share", "ratio": "share", "count": "count", "score": "count", "days": "days", "money": "money"}
SHOWN = 8
PERIODS = ("period", "week")
DOUBTFUL = ("insufficient", "no data", "unknown")


class Alarm(NamedTuple):
    """How an alert stands."""

    name: str
    raised: bool
    said: str
    why: str
    lost: bool = False  # it points to nothing that there is, so that it would wait for ever


def row(rows: Rows, pointer: Pointer, loaded: Loaded, *path: str) -> Row | None:
    """The row that is meant; None when there is none (yet). A period that is not named is the last one that is final, of all rows: where it
    has none of them, an older one is not taken for it."""
    room = catalog.rooms()[pointer.table]
    latest = rows if _period(room) in pointer.where else current(rows, room)
    found = [one for one in latest if all(words(one[column], "key") == value for column, value in pointer.where.items())]
    if "cohort" in room.keys:
        found = _last_final(found, "period")
    if len(found) > 1:
        keys = ", ".join(key for key in room.keys if key != _period(room))
        refuse("SM130", f"'{path[-1]}' points to {len(found)} rows of {pointer.table}; choose one with `where:` ({keys})", str(loaded.path), *loaded.place(*path))
    return found[0] if found else None


def current(rows: Sequence[Row], room: Room) -> Sequence[Row]:
    """Of weeks or other periods only the last that is final; all rows of other tables."""
    return _last_final(rows, _period(room)) if _period(room) else rows


def _period(room: Room) -> str:
    """The column of the calendar that tells rows apart: not the periods since a cohort began."""
    final = any(column.name == "status" for column in room.columns) and "cohort" not in room.keys
    return next((key for key in room.keys if key in PERIODS), "") if final else ""


def _last_final(rows: Sequence[Row], period: str) -> list[Row]:
    final = [one for one in rows if one["status"] == "final"]
    last = max((one[period] for one in final), default=None)
    return [one for one in final if one[period] == last]


def further(loaded: Loaded) -> tuple[Line, ...]:
    """The lines that a definition adds."""
    return tuple(_line(name, told, loaded) for name, told in loaded.definition.report.lines.items())


def alarm(name: str, alert: Alert, rows: Rows, loaded: Loaded) -> Alarm:
    """Raised only by a number that is known and stands on enough."""
    place = f"{alert.table} {alert.column}"
    found = row(rows, alert, loaded, "alerts", name)
    value = None if found is None else found[alert.column]
    if found is None or value is None or found.get("status") in DOUBTFUL:
        lost = _lost(alert, rows, loaded)
        return Alarm(name, False, f"{place} cannot be judged ({lost or (found or {}).get('status') or 'no such row yet'})", alert.why, bool(lost))
    bound = alert.below if alert.below is not None else alert.above
    raised = bound is not None and (value < bound if alert.below is not None else value > bound)
    side = "below" if alert.below is not None else "above"
    unit = _unit(alert)
    late = ", and late events may still change it" if found.get("status") == "provisional" else ""
    return Alarm(name, raised, f"{place} is {words(value, unit)}, {'' if raised else 'not '}{side} {words(float(bound or 0), unit)}{late}", alert.why)


def _lost(pointer: Pointer, rows: Rows, loaded: Loaded) -> str:
    """What it points to that is nowhere: a table without its input, a value that no row has."""
    if not possible(catalog.rooms()[pointer.table], loaded, skip=True):
        return f"{pointer.table} needs what the definition file does not declare"
    for column, value in pointer.where.items() if rows else ():
        known = list(dict.fromkeys(words(one[column], "key") for one in rows))
        if value not in known:
            return f"no row has {column} {value}" + (did_you_mean(value, known) or f"; there are {', '.join(known[:SHOWN])}{', …' * (len(known) > SHOWN)}")
    return ""


def _unit(pointer: Pointer) -> str:
    return next(column.unit for column in catalog.rooms()[pointer.table].columns if column.name == pointer.column)


def _line(name: str, told: FurtherLine, loaded: Loaded) -> Line:
    def read(rows: Rows, _: Definition) -> Reading:
        found = row(rows, told, loaded, "report", "lines", name)
        if found is None or found[told.column] is None:
            return nothing("no such row yet" if found is None else "not known")
        return Reading(float(found[told.column]), f"{words(found[told.column], _unit(told))}: {told.earns_its_place}", status=found.get("status") or "final")

    return Line(name.replace("_", " "), FURTHER, told.table, read, UNITS.get(_unit(told), "number"), told.better, told.timing, dated=lambda _: False)
