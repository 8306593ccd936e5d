"""Puts the report together: every table is worked out for the days that it is needed for, from one reading of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from saasmetrics import catalog
from saasmetrics.catalog import Room
from saasmetrics.clock import day_number
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.outputs.cells import civil
from saasmetrics.replay import Replays, replaying
from saasmetrics.report import events, history, lacking, weeks
from saasmetrics.report.change import Change, because, between, moved, paired, parts
from saasmetrics.report.difference import names
from saasmetrics.report.line import Line, Reading, Rows
from saasmetrics.report.lines import THIRTEEN
from saasmetrics.report.listed import listed
from saasmetrics.report.pick import Alarm, alarm, further
from saasmetrics.report.questions import ACCOUNTS, Answer, answers, steps
from saasmetrics.sources.ledger import Ledger
from saasmetrics.tables import Asked, meta

MOVES = 10  # accounts shown behind a line
PICTURES = ("activation.steps", "retention.cohorts")  # shown whole where there is room
Get = Callable[[str], pl.DataFrame]


class Told(NamedTuple):
    """One line as it stands, and in the weeks before, newest first."""

    line: Line
    reading: Reading
    weeks: Sequence[Reading] = ()
    change: Change | None = None
    trend: Sequence[float | None] = ()
    moves: Rows = []


class Report(NamedTuple):
    """All that the report shows."""

    week: tuple[date, date]
    lines: list[Told]
    answers: list[Answer]
    steps: Rows
    alarms: list[Alarm]
    numbers: list[history.Told]
    meta: dict[str, Any]
    ledger: Ledger
    pictures: list[tuple[Room, pl.DataFrame]]
    listed: Rows

    @property
    def as_of(self) -> date:
        """T."""
        return date.fromisoformat(self.meta["as_of"])


class Unfinished(Exception):
    """The data do not reach beyond the week yet."""


def compose(loaded: Loaded, asked: Asked, *, whole: bool = False, kept: bool = False) -> Report:
    """The report of the last complete week of the data, or of the last one before `asked.as_of`.

    With `whole`, Unfinished is raised unless there is an event after the week: only then can nothing of it be missing.
    With `kept`, the numbers of all its weeks come with what they were made from, for the history.
    """
    rooms, alerts = catalog.rooms(), loaded.definition.alerts
    lines = (*THIRTEEN, *further(loaded))
    read = [*(line.room for line in lines), *(line.behind.room for line in lines if line.behind), *(alert.table for alert in alerts.values())]
    names = dict.fromkeys([*read, *ACCOUNTS, *PICTURES])
    with replaying(loaded, [rooms[name] for name in names], asked, settle=weeks.settled) as at:
        if whole:
            _check_whole(at)
        known = {room.key for room in at.run.rooms}
        days = weeks.days(at.clock, _first_day(at))
        made_from = _worked_out(at, days, [line for line in lines if line.room in known], kept)
        told = [_told(line, at, days, known, loaded.definition) for line in lines]
        get = _getter(at, at.clock.as_of, known)
        questions, next_steps = answers(get, _said(told, "weekly active accounts")), steps(get)
        alarms = [alarm(name, alert, get(alert.table).to_dicts(), loaded) for name, alert in alerts.items()]
        week = weeks.week(at.clock)
        numbers = _numbers(told, at, made_from)
        pictures = [(rooms[name], at.rows(rooms[name], at.clock.as_of)) for name in PICTURES if name in known]
        details = listed(_named(told, questions, next_steps), get, at.run.book)
    return Report(week, told, questions, next_steps, alarms, numbers, meta(loaded, at.run.book, at.run.notes), at.run.book.reader.ledger, pictures, details)


def _said(told: Sequence[Told], name: str) -> str:
    return next(one.reading.said for one in told if one.line.name == name)


def _named(told: Sequence[Told], questions: Sequence[Answer], next_steps: Rows) -> dict[str, list[str]]:
    """Every account that the report names, in the order of the report, with what it is named for."""
    found: dict[str, list[str]] = {}
    for row in next_steps:
        found.setdefault(row["account"], []).append(row["what"])
    for answer in questions:
        for account in answer.look_at:
            found.setdefault(account, []).append(answer.question)
    for one in told:
        for move in one.moves:
            found.setdefault(move["account"], []).append(f"{one.line.name} {move['what']}")
    return found


def _check_whole(at: Replays) -> None:
    first, last = weeks.week(at.clock)
    newest = max((high for _, high in at.run.book.origin.spans), default=0)
    if newest < at.clock.midnight(day_number(last) + 1):
        raise Unfinished(f"nothing done: the data do not reach beyond the week of {first} to {last} yet")


def _first_day(at: Replays) -> int:
    start = at.run.book.get("export_start")
    return at.clock.local_day(start) if start is not None else day_number(at.clock.as_of)


def _getter(at: Replays, day: date, known: set[str]) -> Get:
    def table(name: str) -> pl.DataFrame:
        return at.rows(catalog.rooms()[name], day) if name in known else pl.DataFrame()

    return table


def _told(line: Line, at: Replays, days: Sequence[date], known: set[str], definition: Definition) -> Told:
    room = catalog.rooms()[line.room]
    if line.room not in known:
        return Told(line, lacking.key(*(name if name in Definition.model_fields else f"sources.{name}" for name in room.sections["Needs"].split())))
    readings = [line.told(shown(line, at, day), definition) for day in days]
    change, moves = _changed(line, at, days, readings, known, definition)
    trend = [reading.value for reading in reversed(readings[: weeks.TREND])]
    return Told(line, readings[0], readings, change, trend, moves)


def shown(line: Line, at: Replays, day: date) -> pl.DataFrame:
    """The table of a line as it stood on a day; of an earlier one, as far as the line reads it."""
    room = catalog.rooms()[line.room]
    if day == at.clock.as_of or _replayed(line, at, day):
        return at.rows(room, day)
    return at.over(room, day) if line.lasting else at.dated(room, day, line.only(at.run.book.definition))


def _replayed(line: Line, at: Replays, day: date) -> bool:
    """Whether a day's own facts are needed for the line."""
    return not line.dated(at.run.book.definition) or not at.alike(catalog.rooms()[line.room], day)


def _worked_out(at: Replays, days: Sequence[date], lines: Sequence[Line], kept: bool) -> list[history.Source]:
    """The table of each line, and what else is needed of each week. Memory has the facts of one week at a time; and what only they are made
    from is let go before those of T are made that other lines are cut from."""
    rooms, behind = catalog.rooms(), [line.behind.room for line in lines if line.behind]
    made_from: list[history.Source] = []
    known = names(at.run.book.get("accounts")) if kept else {}
    for ago, day in enumerate(days):
        needed = [line.room for line in lines if _replayed(line, at, day)]
        for name in (*needed, *(behind if ago == 1 else ())):
            if name in {room.key for room in at.run.rooms}:
                at.rows(rooms[name], day)
        made_from += [history.made_from(at, day, known)] if kept else []
        at.let_go(day)
    at.let_go_of_all_days()
    for day in days:
        for line in lines:
            shown(line, at, day)
        at.let_go(day)
    at.close()
    return made_from


def _numbers(told: Sequence[Told], at: Replays, made_from: Sequence[history.Source]) -> list[history.Told]:
    """Each number of each week with what it was made from; none where that was not asked for."""
    firsts = weeks.firsts(at.clock)
    return [history.Told(firsts[ago], one.line.name, reading.value, *made_from[ago]) for one in told for ago, reading in enumerate(one.weeks[: len(made_from)])]


def _changed(
    line: Line, at: Replays, days: Sequence[date], readings: Sequence[Reading], known: set[str], definition: Definition
) -> tuple[Change | None, Rows]:  # fmt: skip
    if len(days) < 2:
        return None, []
    plain = between(readings[0], readings[1])
    if line.behind is None or line.behind.room not in known:
        return plain, []
    here, there = (line.behind.of(_behind(at, line.behind.room, day), definition) for day in days[:2])
    now, before = (parts(frame, line.behind, definition) for frame in (here, there))
    rated = line.behind.base is not None
    exact = paired(now, before, rated, at.run.book.get("accounts").collect().height) if plain else None
    change = exact or plain
    found = moved(now, before, rated, change.size if change else 0.0, order=[*here["account"], *there["account"]])
    moves = because(found[:MOVES], here, there, line.behind)
    return change, events.added(moves, events.named(moves, line.behind, at.run.book, day_number(weeks.week(at.clock)[0])))


def _behind(at: Replays, name: str, day: date) -> pl.DataFrame:
    return civil(at.rows(catalog.rooms()[name], day), at.clock.zone)
