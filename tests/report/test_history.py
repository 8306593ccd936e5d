"""Numbers told before: exactly those that changed are named, with the cause; nothing when nothing changed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, Row, events, generated, variant

from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.report.compose import Report, compose
from saasmetrics.report.history import SCHEMA, added, moved
from saasmetrics.report.history import read as kept
from saasmetrics.tables import Asked

BEFORE = date(2026, 11, 2)  # one report before that of AS_OF


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"))


def told(definition: Path, as_of: date) -> Report:
    return compose(read(definition), Asked(as_of=as_of), kept=True)


@pytest.fixture(scope="module")
def history(world: Path) -> pl.DataFrame:
    made = told(world, BEFORE)
    return added(pl.DataFrame(schema=SCHEMA), made.as_of, made.numbers)


def after(definition: Path, history: pl.DataFrame) -> list[tuple[str, str, str]]:
    made = told(definition, AS_OF)
    return [(str(row["week"]), row["metric"], row["because"]) for row in moved(history, made.as_of, made.numbers)]


def changed(world: Path, folder: Path, more: Callable[[list[Row]], list[Row]]) -> Path:
    return variant(world, folder, lambda rows: [rows, more(rows)])


def rewritten(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = change(list(csv.DictReader(file)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_nothing_is_said_when_nothing_changed(world: Path, history: pl.DataFrame) -> None:
    assert history.height == 13 * 5
    assert after(world, history) == []


def test_a_report_told_twice_leaves_one_history(world: Path, history: pl.DataFrame) -> None:
    made = told(world, AS_OF)
    once = added(history, made.as_of, made.numbers)
    assert added(once, made.as_of, made.numbers).equals(once)
    assert once.height == history.height + 13  # the new week; the others are as they were told


def test_late_events_are_named_by_their_day(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    def late(rows: list[Row]) -> list[Row]:
        found = [row for row in rows if row["event"] == "invoice_posted" and row["status"] == "ok" and row["timestamp"].startswith("2026-10-14")][:3]
        return [{**row, "event_id": f"late-{row['event_id']}", "invoice_id": f"late-{row['invoice_id']}"} for row in found]

    found = after(changed(world, tmp_path, late), history)
    assert ("2026-10-12", "north star", "late events: +3 on 2026-10-14") in found
    assert {because for _, _, because in found} == {"late events: +3 on 2026-10-14"}
    assert all(week >= "2026-10-12" for week, _, _ in found)


def test_events_after_the_weeks_told_are_not_late(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    def new(rows: list[Row]) -> list[Row]:
        found = [row for row in rows if row["event"] == "invoice_posted" and row["timestamp"].startswith("2026-10-14")][:3]
        return [{**row, "event_id": f"new-{row['event_id']}", "timestamp": "2026-11-01T12:00:00Z"} for row in found]

    assert after(changed(world, tmp_path, new), history) == []


def test_merged_accounts_are_named(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    definition = changed(world, tmp_path, lambda rows: [])
    busy = sorted({row["account_id"] for row in events(world) if row["account_id"].strip() and row["event"] == "invoice_posted" and row["timestamp"] > "2026-10-19"})[:2]
    (tmp_path / "merges.csv").write_text(f"from,to,effective\n{busy[0]},{busy[1]},2026-11-01\n", "utf-8")
    definition.write_text(definition.read_text("utf-8").replace("sources:\n", "sources:\n  merges: {files: merges.csv}\n", 1), "utf-8")
    found = after(definition, history)
    assert found and all(f"merged accounts: {busy[0]}" in because for _, _, because in found)


def test_back_dated_accounts_are_named(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    definition = changed(world, tmp_path, lambda rows: [])
    rewritten(definition.parent / "data/accounting/accounts.csv", lambda rows: [*rows, {**rows[-1], "account_id": "new", "created_at": "2026-08-15T09:00:00Z"}])
    found = after(definition, history)
    assert ("2026-10-12", "activation rate", "accounts were changed afterwards") in found


def test_a_changed_definition_is_named(world: Path, history: pl.DataFrame) -> None:
    definition = world.with_name("other.yaml")
    definition.write_text(world.read_text("utf-8").replace("  within: 14d\n", "  within: 7d\n", 1), "utf-8")
    found = [(metric, because) for _, metric, because in after(definition, history)]
    assert {metric for metric, _ in found} >= {"activation rate"}
    assert all(because.startswith("the definition was changed (") for _, because in found)


def test_a_file_that_is_no_history_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    path.write_bytes(b"not a history")
    with pytest.raises(Refused, match="SM303"):
        kept(path)
    assert path.read_bytes() == b"not a history"
    pl.DataFrame({"x": [1]}).write_parquet(path)
    with pytest.raises(Refused, match="it has the columns x"):
        kept(path)
