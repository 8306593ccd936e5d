"""reliability.incidents: how often and how long core workflows were down, and who was near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from oracle.beats import Beat
from oracle.days import SECOND, day_of
from oracle.operations import events
from oracle.split import Rows
from oracle.truth import Account, Truth
from oracle.world import Row, instant

ALL = "all core workflows"
MINUTE = 60 * SECOND
NEAR = 7


@dataclass(frozen=True)
class Outage:
    """One incident of a workflow, as known at T."""

    number: str | tuple[str | None, ...]
    workflow: str
    start: int
    end: int
    first: int
    last: int
    open: bool
    incident: str | None
    severity: str | None


def outages(truth: Truth) -> list[Outage]:
    """Of each core workflow; an incident that names none is one of every workflow, and rows with one id are one incident, as are those without that differ in nothing but their end."""
    core, found = truth.definition.core_workflows(), []
    for row in each_once(truth.incidents):
        number = identity(row)
        start, end = instant(row["start"]), instant(row["end"])
        if start is not None and start < truth.now:
            is_open = end is None or end >= truth.now
            stop = truth.now if is_open or end is None else end
            days = truth.calendar.local(start), truth.calendar.local(max(stop - 1, start))
            found += [Outage(number, name, start, stop, *days, is_open, row["incident"], row["severity"]) for name in core if row["workflow"] in (None, name)]
    return found


def identity(row: Row) -> str | tuple[str | None, ...]:
    return row["incident"] or (row["start"], row["workflow"], row["severity"])


def numbers(truth: Truth) -> dict[str | tuple[str | None, ...], int]:
    """Of all that began before T, also of those that hit no core workflow: in the order in which they began."""
    begun = [(start, str(identity(row)), identity(row)) for row in truth.incidents if (start := instant(row["start"])) is not None and start < truth.now]
    first: dict[str | tuple[str | None, ...], int] = {}
    for *_, name in sorted(begun, key=lambda one: one[:2]):
        first.setdefault(name, len(first) + 1)
    return first


def each_once(rows: Iterable[Row]) -> list[Row]:
    found: dict[tuple[tuple[str, str | None], ...], Row] = {}
    for row in rows:
        named = ("incident", "workflow") if row["incident"] is not None else ("start", "end", "incident", "workflow", "severity")
        found.setdefault(tuple((name, row[name]) for name in named), row)
    return list(found.values())


def incidents(truth: Truth, accounts: Sequence[Account], period: str = "month", periods: int = 6) -> Rows:
    beat, all_ = Beat(truth, period), outages(truth)
    work = worked(truth, accounts)
    rows = []
    for index in range(beat.last - periods + 1, beat.running + 1):
        for workflow in (ALL, *truth.definition.core_workflows()):
            ours = [one for one in all_ if workflow in (ALL, one.workflow)]
            rows.append({"period": day_of(beat.first(index)), "workflow": workflow, **row(truth, beat, index, ours, work)})
    return rows


def worked(truth: Truth, accounts: Sequence[Account]) -> dict[str, dict[str, set[int]]]:
    """Workflow → account → days on which it tried or did it."""
    found: dict[str, dict[str, set[int]]] = {}
    for name in truth.definition.core_workflows():
        flow = truth.definition.workflows[name]
        rules = [rule for rule in (flow.attempt, flow.success) if rule]
        found[name] = {account.name: {event.day for event in events(truth, account.name, rules)} for account in accounts}
    return found


def row(truth: Truth, beat: Beat, index: int, ours: Sequence[Outage], work: dict[str, dict[str, set[int]]]) -> dict[str, Any]:
    days = range(beat.first(index), beat.first(index + 1))
    begin, end = truth.calendar.midnight(days.start), min(truth.calendar.midnight(days.stop), truth.now)
    touched = [one for one in ours if one.start < end and max(one.end, one.start + 1) > begin]
    spans = [(max(one.start, begin), min(one.end, end)) for one in touched]
    down = union(spans)
    near, during = exposed(touched, days, work)
    return {
        "incidents": len({one.number for one in touched}), "open": len({one.number for one in touched if one.open}), "minutes": down / MINUTE,
        "share": down / (end - begin), "longest": max((stop - start) / MINUTE for start, stop in spans) if spans else None,
        "exposed": len(near), "during": len(during), "status": "final" if index <= beat.last else "provisional",
    }  # fmt: skip


def union(spans: Iterable[tuple[int, int]]) -> int:
    """Their length, what overlaps once."""
    length, reached = 0, 0
    for start, stop in sorted(spans):
        length += max(0, stop - max(start, reached))
        reached = max(reached, stop)
    return length


def exposed(touched: Sequence[Outage], days: range, work: dict[str, dict[str, set[int]]]) -> tuple[set[str], set[str]]:
    """Who worked there up to the end of the period: in the seven days before or on a day of it; and on a day of it."""
    near, during = set(), set()
    for one in touched:
        last = min(one.last, days.stop - 1)
        for account, worked_on in work[one.workflow].items():
            if any(one.first - NEAR <= day <= last for day in worked_on):
                near.add(account)
            if any(one.first <= day <= last for day in worked_on):
                during.add(account)
    return near, during


TABLES = {"reliability.incidents": incidents}
