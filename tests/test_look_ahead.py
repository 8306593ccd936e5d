"""No look-ahead: as of T, all data give what the data up to T give, for every table and every command that takes a day."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from worlds import Row, generated, tables, variant, write

from saasmetrics import catalog
from saasmetrics.commands.account import page
from saasmetrics.commands.because import because
from saasmetrics.commands.changes import between
from saasmetrics.commands.sensitivity import measured
from saasmetrics.commands.starter import NINE, summary
from saasmetrics.definitions.read import read
from saasmetrics.report.compose import compose
from saasmetrics.tables import Asked, Table

T = date(2026, 9, 30)
SINCE = T - timedelta(days=21)
ASKED = Asked(as_of=T)
BEGUN = {"accounts": "created_at", "users": "invited_at", "subscriptions": "start_date", "tickets": "opened_at", "incidents": "started_at", "costs": "month"}
CHANGES = {"accounts": "plan", "users": "role", "limits": "limit"}  # what a history tells
LATER = {"users": ("joined_at",), "tickets": ("resolved_at", "reopened_at"), "incidents": ("ended_at",)}  # what had not happened yet


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """All data, with plans, roles and limits that change before and after T; and as they stood at T: neither a
    row nor a moment from T on."""
    whole = generated(tmp_path_factory.mktemp("whole"))
    for name, column in CHANGES.items():
        _rewrite(whole, name, lambda rows, changing=column: _with_history(rows, changing))
    cut = variant(whole, tmp_path_factory.mktemp("cut"), lambda rows: [[row for row in rows if row["timestamp"] < _midnight()]])
    for name in {*BEGUN, *CHANGES}:
        _rewrite(cut, name, lambda rows, table=name: _told_by_t(rows, table))
    return whole, cut


def _rewrite(definition: Path, name: str, change: Callable[[list[Row]], list[Row]]) -> None:
    path = definition.parent / "data" / "accounting" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = change(list(csv.DictReader(file)))
    write(path, rows, [*rows[0]])


def _with_history(rows: list[Row], column: str) -> list[Row]:
    """Every second thing takes the value of another at two moments: before T, and on the day after T (in other zones T is later)."""
    days = [f"{T + timedelta(days=days)}T00:00:00Z" for days in (-14, 1)]
    changes = [(at, ago) for at in range(0, len(rows), 2) for ago in (2, 1)]
    later = [{**rows[at], column: rows[(at + ago) % len(rows)][column], "valid_from": days[ago - 1]} for at, ago in changes]
    return [*later, *({**row, "valid_from": ""} for row in rows)]


def _told_by_t(rows: list[Row], name: str) -> list[Row]:
    begun, late = BEGUN.get(name), LATER.get(name, ())
    kept = [row for row in rows if (not begun or row[begun] < _midnight()) and row.get("valid_from", "") < _midnight()]
    return [{**row, **{moment: "" for moment in late if row[moment] >= _midnight()}} for row in kept]


def _midnight() -> str:
    """T in Berlin, in the time of the exports."""
    return f"{T - timedelta(days=1)}T22:00:00"


@pytest.fixture(scope="module")
def told(both: tuple[Path, Path]) -> list[Mapping[str, Table]]:
    return [tables(path, as_of=T) for path in both]


@pytest.mark.parametrize("room", sorted(catalog.rooms()))
def test_a_table_is_that_of_the_data_up_to_t(room: str, told: list[Mapping[str, Table]]) -> None:
    whole, cut = told
    assert (room in whole) == (room in cut)
    assert room not in whole or whole[room].frame.equals(cut[room].frame)


def _report(path: Path) -> list[pl.DataFrame]:
    made = compose(read(path), ASKED)
    return [pl.DataFrame({"told": [str(part)]}) for part in (made.lines, made.answers, made.steps, made.alarms, made.listed)]


def _starter(path: Path) -> list[pl.DataFrame]:
    rooms = sorted({metric.room for metric in NINE})
    return [summary([*tables(path, rooms, as_of=T).values()], read(path).definition).frame]


COMMANDS: dict[str, Callable[[Path], list[pl.DataFrame]]] = {
    "account": lambda path: [table.frame for name in ("decliner-1", "expander-1") for table in page(read(path), name, SINCE, ASKED)[0]],
    "changes": lambda path: [table.frame for name in ("churn_risk.accounts", "revenue.accounts.mrr") for table in between(read(path), name, SINCE, ASKED)[0]],
    "explain --account": lambda path: [table.frame for table in because(catalog.rooms()["churn_risk.accounts"], "decliner-1", read(path), ASKED)],
    "report": _report, "sensitivity": lambda path: [table.frame for table in measured(read(path), "activation.rate", ASKED)], "starter": _starter,
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_what_the_data_up_to_t_say(command: str, both: tuple[Path, Path]) -> None:
    whole, cut = (COMMANDS[command](path) for path in both)
    assert len(whole) == len(cut) > 0
    assert all(one.equals(other) for one, other in zip(whole, cut, strict=True))
