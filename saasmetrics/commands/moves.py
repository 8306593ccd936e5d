"""How a number of any table moved between two days, and the accounts through which it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from saasmetrics import catalog
from saasmetrics.catalog import PARTS, Room
from saasmetrics.clock import day_number
from saasmetrics.commands import numbers
from saasmetrics.definitions.model import Definition
from saasmetrics.messages import refuse
from saasmetrics.outputs.cells import civil, words
from saasmetrics.replay import Replays
from saasmetrics.report import events
from saasmetrics.report.change import moved, parts
from saasmetrics.report.line import Behind, Line
from saasmetrics.report.lines import THIRTEEN

ADDED = ("count", "money", "number")  # units of which a sum over accounts means something
ORDER = ("entered", "up", "joined the base", "left the base", "down", "left", "called otherwise", "unchanged")
DIGITS = 6
Frames = tuple[pl.DataFrame, pl.DataFrame]


class Subject(NamedTuple):
    """What is asked for: a table, perhaps a column, the line of the report that is read off it, the table of its accounts."""

    asked: numbers.Asked
    line: Line | None
    behind: Room | None

    @property
    def rooms(self) -> list[Room]:
        more = [events.NEEDED] if self.line and self.line.behind and self.line.behind.events else []
        return [self.asked.room, *([self.behind] if self.behind and self.behind != self.asked.room else []), *more]


@dataclass
class Moves:
    """The number on both days; `accounts` by the size of their change, `summary` how they add up."""

    name: str
    unit: str
    then: float | None
    now: float | None
    accounts: list[tuple[Any, ...]]
    summary: list[tuple[Any, ...]]
    notes: list[str] = field(default_factory=list)


def looked_at(text: str) -> Subject:
    """`activation.rate`, or with a column `revenue.accounts.mrr`."""
    asked, rooms = numbers.named(text), catalog.rooms()
    line = next((line for line in THIRTEEN if line.room == asked.room.key), None) if not asked.column else None
    if line and line.behind:
        return Subject(asked, line, rooms[line.behind.room])
    return Subject(asked, line, asked.room if "account" in asked.room.keys else rooms.get(asked.room.behind))


def moves(subject: Subject, at: Replays, since: date) -> Moves:
    """Both days, from the data of today."""
    definition = at.run.book.definition
    frames = at.rows(subject.asked.room, since), at.rows(subject.asked.room, at.clock.as_of)
    name, unit, then, now, behind = _number(subject, frames, definition)
    if subject.behind is None:
        return Moves(name, unit, then, now, [], [_whole(then, now, unit)], ["no table tells the accounts of this number"])
    rows = civil(at.rows(subject.behind, since), at.clock.zone), civil(at.rows(subject.behind, at.clock.as_of), at.clock.zone)
    if behind is None:
        return Moves(name, unit, then, now, _called(rows, subject.behind), [_whole(then, now, unit)], ["the accounts are those that are called otherwise: they need not add up to the number"])
    rows = behind.of(rows[0], definition), behind.of(rows[1], definition)
    sides = [parts(frame, behind, definition) for frame in rows]
    each = moved(sides[1], sides[0], behind.base is not None, order=[*rows[1]["account"], *rows[0]["account"]])
    told = _because(rows, subject.behind)
    full = events.added([{**one, "because": told.get(one["account"])} for one in each], events.named(each, behind, at.run.book, day_number(since)))
    accounts = [(place, *(one[name] for name in ("account", "what", "before", "now", "because"))) for place, one in enumerate(full, 1)]
    whats = {one["account"]: one["what"] for one in each}
    return Moves(name, unit, then, now, accounts, _summary(_whole(then, now, unit), sides, whats, behind.base is not None))


def _number(subject: Subject, frames: Frames, definition: Definition) -> tuple[str, str, float | None, float | None, Behind | None]:
    """Its name, its unit, what it was, what it is, and how it is made of accounts, where it is."""
    room, column, line = subject.asked.room, subject.asked.column, subject.line
    if line:
        then, now = (line.told(frame, definition).value for frame in frames)
        return line.name, line.unit, then, now, line.behind
    if "account" in room.keys and (column or numbers.state_of(room)):
        behind, name, unit = _of_accounts(room, column, frames)
        then, now = (round(fsum(part for part, _ in parts(frame, behind, definition).values()), DIGITS) for frame in frames)
        return name, unit, then, now, behind
    shown = numbers.number(subject.asked, frames[1])
    then, now = (shown.read(frame, definition).value for frame in frames)
    return shown.name, shown.unit, then, now, None


def _of_accounts(room: Room, column: str, frames: Frames) -> tuple[Behind, str, str]:
    """The sum of a column; else how many accounts are called what the table lists first."""
    if column:
        unit = next(one.unit for one in room.columns if one.name == column)
        mixed = unit == "money" and "currency" in frames[1].columns and pl.concat([frame["currency"] for frame in frames]).drop_nulls().n_unique() > 1
        if unit not in ADDED or mixed:
            why = "it is in several currencies" if mixed else f"name a count or an amount of {room.key}, or the table alone"
            refuse("SM130", f"a sum of {column} over accounts says nothing: {why}")
        return Behind(room.key, lambda d: pl.col(column)), f"{room.key} {column}", unit
    state = numbers.state_of(room)
    label = next((value for value in frames[1][state] if value is not None), "")
    return Behind(room.key, lambda d: pl.col(state) == label), f"accounts that are '{label}' in {room.key}", "count"


def _whole(then: float | None, now: float | None, unit: str) -> tuple[Any, ...]:
    times = 100 if unit in PARTS else 1
    told = [None if value is None else round(times * value, DIGITS) for value in (then, now)]
    change = None if told[0] is None or told[1] is None else round(told[1] - told[0], DIGITS)
    return ("number", "%" if unit in PARTS else unit, None, *told, change, None, None)


def _summary(number: tuple[Any, ...], sides: Sequence[Mapping[str, tuple[float, float]]], whats: Mapping[str, str], rated: bool) -> list[tuple[Any, ...]]:
    """The number; below it the accounts by what became of them: their sums add up to it."""
    names = sorted({*sides[0], *sides[1]})
    groups = {what: [name for name in names if whats.get(name, "unchanged") == what] for what in ORDER}
    rows = [(what, None, len(found), *_sums(found, sides, rated)) for what, found in groups.items() if found]
    base = [fsum(part[1] for part in side.values()) if rated else None for side in sides]
    return [(*number[:2], len(names), *number[3:6], *base), *rows]


def _sums(names: Sequence[str], sides: Sequence[Mapping[str, tuple[float, float]]], rated: bool) -> tuple[Any, ...]:
    sums = [[round(fsum(side.get(name, (0.0, 0.0))[place] for name in names), DIGITS) for side in sides] for place in (0, 1)]
    return (*sums[0], round(sums[0][1] - sums[0][0], DIGITS), *(sums[1] if rated else (None, None)))


def _because(rows: Frames, room: Room) -> dict[str, str]:
    """What each account's row says otherwise; nothing of accounts with several."""
    before, after = (frame.partition_by("account", as_dict=True) for frame in rows)
    told = {}
    for key in {*before, *after}:
        found = [side[key] for side in (before, after) if key in side]
        if all(frame.height == 1 for frame in found):
            then, now = (side[key].row(0, named=True) if key in side else {} for side in (before, after))
            told[str(key[0])] = _differs(then, now, room)
    return told


def _differs(then: Mapping[str, Any], now: Mapping[str, Any], room: Room) -> str:
    if not now:
        return "no longer in the table"
    shown = [(one.name.replace("_", " "), *(words(row.get(one.name), one.unit) for row in (then, now))) for one in room.columns if one.name not in ("account", "period")]
    if not then:
        return f"not in the table then; now {', '.join(f'{name} {value}' for name, _, value in shown if value not in ('·', '0', '0.00', ''))}"
    return "; ".join(f"{name} {before} → {after}" for name, before, after in shown if before != after)


def _called(rows: Frames, room: Room) -> list[tuple[Any, ...]]:
    """Accounts that the table behind calls something else; none where it calls them nothing."""
    state = numbers.state_of(room)
    if not state:
        return []
    then, now = (dict(frame.select("account", state).iter_rows()) for frame in rows)
    told = _because(rows, room)
    names = [name for name in {**now, **then} if then.get(name) != now.get(name)]
    return [(at, name, "called otherwise", None, None, told.get(name)) for at, name in enumerate(names, 1)]


def held_against(path: Path, subject: Subject, at: Replays, since: date, found: Moves) -> list[tuple[Any, ...]]:
    """What a report told of the last week that was complete on the earlier day, what it is known to have been, and what it is."""
    from saasmetrics.report import history, weeks
    from saasmetrics.report.difference import names

    line, day = subject.line, weeks.settled(at.book(since).clock)
    told = history.told_for(history.read(path), line.name, at.book(day).clock) if line else None
    if line is None or told is None:
        refuse("SM130", f"{path} has no number of {subject.asked.room.key} told for {since}: a history keeps the lines of reports, week by week")
    known = line.told(at.rows(subject.asked.room, day), at.run.book.definition).value
    now = history.Told(told.week, told.metric, known, *history.made_from(at, day, names(at.run.book.get("accounts"))))
    because = "; ".join(history.causes(told, now)) if told.value != known else None
    steps = (("late", told.value, known, because), ("new", known, found.now, None))
    return [(what, one, two, None if one is None or two is None else round(two - one, DIGITS), why) for what, one, two, why in steps]
