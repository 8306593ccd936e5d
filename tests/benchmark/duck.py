"""DuckDB for the same: hand-written SQL, one query a table, each reading only what that table needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from string import Template
from typing import Any

import duckdb

from saasmetrics.clock import Clock
from saasmetrics.definitions.read import read
from saasmetrics.report import weeks

from .data import AS_OF, Place
from .plan import SQL
from .timing import Time, timed
from .told import DATED, SERIES

STAFF = "SELECT user_id FROM read_csv('{}/users.csv', all_varchar = true) WHERE email LIKE '%@ledgerly.example'"


def fold(place: Place, source: str) -> tuple[Time, Any]:
    """The facts of `ours.fold`."""
    connection, names = _connected(place), _names(place, source)
    pairs = _rules(place)
    with timed() as time:
        _set_up(connection, names)
        connection.execute("CREATE TEMP TABLE rules (event VARCHAR, rule BIGINT, name VARCHAR, valued BOOLEAN)")
        connection.executemany("INSERT INTO rules VALUES (?, ?, ?, ?)", pairs)
        connection.execute(Template((SQL / "fold.sql").read_text()).substitute(names))
    return time, [_checksum(connection, name) for name in ("durations", "moments", "usage")]


def duties(place: Place, source: str) -> tuple[Time, Any]:
    """The facts of `ours.duties`."""
    connection, names = _connected(place), _names(place, source)
    with timed() as time:
        _set_up(connection, names)
        found = connection.execute(Template((SQL / "duties.sql").read_text()).substitute(names)).fetchone()
    return time, [int(item) for item in found or ()]


def computed(place: Place, source: str, keys: Sequence[str]) -> tuple[Time, Any]:
    """These tables, a query each."""
    connection, names = _connected(place), _names(place, source)
    told = {}
    with timed() as time:
        _set_up(connection, names)
        for key in keys:
            cursor = connection.execute(Template(_whole(key)).substitute(names))
            columns = [column[0] for column in cursor.description or ()]
            told[key] = [columns, cursor.fetchall()]
    return time, told


def report(place: Place, source: str) -> tuple[Time, Any]:
    """The numbers of `ours.report` that there is SQL for: a query a line and week, or one for all weeks where it can tell them together."""
    connection, names = _connected(place), _names(place, source)
    clock = Clock(AS_OF, "Europe/Berlin")
    days = weeks.days(replace(clock, as_of=weeks.settled(clock)), first=0)
    with timed() as time:
        _set_up(connection, names)
        told = {name: [value(_rows(connection, key, names | _moment(day))) for day in days] for name, (key, value) in DATED.items()}
        for name, (key, column) in SERIES.items():
            final = [row[column] for row in _rows(connection, key, names | _moment(days[0])) if row["status"] == "final"]
            told[name] = final[::-1][: len(days)]
    return time, told


def _rows(connection: duckdb.DuckDBPyConnection, key: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    cursor = connection.execute(Template(_whole(key)).substitute(names))
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _whole(key: str) -> str:
    """A query with the common table expressions that it builds on."""
    text = (SQL / f"{key}.sql").read_text()
    needed = re.match(r"-- needs: ([\w ]+)", text)
    if needed:
        bases = "\n, ".join(_whole(name).removeprefix("WITH\n") for name in needed[1].split())
        return f"WITH\n{bases}\n{text}"
    return text if "." in key else f"WITH\n{text}"


def _connected(place: Place) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
    return connection


def _set_up(connection: duckdb.DuckDBPyConnection, names: dict[str, str]) -> None:
    """Views and macros; a filter on colleagues only where there are any."""
    staff = connection.execute(STAFF.format(names["folder"])).fetchall()
    listed = ", ".join("'" + name.replace("'", "''") + "'" for (name,) in staff)
    names["staff"] = f"AND (user_id IS NULL OR user_id NOT IN ({listed}))" if staff else ""
    connection.execute(Template((SQL / "setup.sql").read_text()).substitute(names))


def _names(place: Place, source: str) -> dict[str, str]:
    told = {"folder": place.folder, "events": place.events(source), "distinct": "DISTINCT hash(event_id) AS id," if source == "ids" else ""}
    return {name: str(value) for name, value in told.items()} | _moment(AS_OF)


def _moment(as_of: date) -> dict[str, str]:
    clock = Clock(as_of, "Europe/Berlin")
    told = {"day": clock.day, "now": clock.now, "begun": clock.running("month"), "month_done": clock.last_complete("month")}
    told |= {"week_done": clock.last_complete("week"), "settled": clock.settled, "final": clock.final, "held": clock.midnight(clock.day - 90)}
    return {name: str(value) for name, value in told.items()}


def _rules(place: Place) -> list[tuple[str, int, str, bool]]:
    """event, number of the rule, its name, whether it carries an amount and a duration."""
    d = read(place.definition("ids", "ordered")).definition
    valued = {w.success for w in d.workflows.values()}
    rules = enumerate(sorted({*d.rule_names(), *d.rules}))
    return [(event, at, rule, rule in valued) for at, rule in rules for event in d.rule(rule).event]


def _checksum(connection: duckdb.DuckDBPyConnection, table: str) -> list[int]:
    names = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    sums = [f"sum({name})" for name in names if name not in ("account_id", "user_id")]
    row = connection.execute(f"SELECT count(*), {', '.join(sums)} FROM {table}").fetchone()
    return [int(item) for item in row or ()]
