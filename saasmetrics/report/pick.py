"""Numbers that a definition points to: further lines of the report, and alerts."""

from __future__ import annotations

from typing import NamedTuple

from saasmetrics import catalog
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.report import Alert, FurtherLine, Pointer
from saasmetrics.messages import refuse
from saasmetrics.outputs.cells import words
from saasmetrics.report.line import Line, Reading, Row, Rows, Unit, nothing

FURTHER = "further lines"
UNITS: dict[str, Unit] = {"share": "share", "ratio": "share", "count": "count", "score": "count", "days": "days", "money": "money"}
DOUBTFUL = ("insufficient", "no data", "unknown", "provisional")


class Alarm(NamedTuple):
    """How an alert stands."""

    name: str
    raised: bool
    said: str
    why: str


def row(rows: Rows, pointer: Pointer, name: str) -> Row | None:
    """The row that is meant; None when there is none (yet)."""
    found = [one for one in rows if all(words(one[column], "key") == value for column, value in pointer.where.items())]
    if found and "period" in found[0] and "status" in found[0]:
        found = [one for one in found if one["status"] == "final"]
        last = max((one["period"] for one in found), default=None)
        found = [one for one in found if one["period"] == last]
    if len(found) > 1:
        keys = catalog.rooms()[pointer.table].keys
        refuse("SM130", f"'{name}' points to {len(found)} rows of {pointer.table}; choose one with `where:` ({', '.join(keys)})")
    return found[0] if found else None


def further(definition: Definition) -> tuple[Line, ...]:
    """The lines that a definition adds."""
    return tuple(_line(name, told) for name, told in definition.report.lines.items())


def alarm(name: str, alert: Alert, rows: Rows) -> Alarm:
    """Raised only by a number that is known and stands on enough."""
    place = f"{alert.table} {alert.column}"
    found = row(rows, alert, name)
    value = None if found is None else found[alert.column]
    if found is None or value is None or found.get("status") in DOUBTFUL:
        return Alarm(name, False, f"{place} cannot be judged ({(found or {}).get('status') or 'no such row yet'})", alert.why)
    bound = alert.below if alert.below is not None else alert.above
    raised = bound is not None and (value < bound if alert.below is not None else value > bound)
    side = "below" if alert.below is not None else "above"
    unit = _unit(alert)
    return Alarm(name, raised, f"{place} is {words(value, unit)}, {'' if raised else 'not '}{side} {words(float(bound or 0), unit)}", alert.why)


def _unit(pointer: Pointer) -> str:
    return next(column.unit for column in catalog.rooms()[pointer.table].columns if column.name == pointer.column)


def _line(name: str, told: FurtherLine) -> Line:
    def read(rows: Rows, _: Definition) -> Reading:
        found = row(rows, told, name)
        if found is None or found[told.column] is None:
            return nothing("no such row yet" if found is None else "not known")
        return Reading(float(found[told.column]), f"{words(found[told.column], _unit(told))}: {told.earns_its_place}", status=found.get("status") or "final")

    return Line(name.replace("_", " "), FURTHER, told.table, read, UNITS.get(_unit(told), "number"), told.better, told.timing, dated=lambda _: False)
