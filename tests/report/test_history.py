"""Numbers told before: exactly those that changed are named, with the cause; nothing when nothing changed."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, Row, events, generated, variant

from saasmetrics.clock import Clock
from saasmetrics.commands.report import _hand_over
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.report.compose import Report, compose
from saasmetrics.report.history import SCHEMA, _known, _letters, added, broken, causes, moved
from saasmetrics.report.history import Told as HistoryTold
from saasmetrics.report.history import read as kept
from saasmetrics.report.pages import short, tables
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
    """What is reported as changed: exactly the numbers told that are other ones now."""
    made = told(definition, AS_OF)
    found = [(str(row["week"]), row["metric"], row["because"]) for row in moved(history, made.as_of, made.numbers)]
    known = {(row["week"], row["metric"]): row["value"] for row in history.iter_rows(named=True)}
    others = {(str(one.week), one.metric) for one in made.numbers if known.get((one.week, one.metric), one.value) != one.value}
    assert len(found) == len(others) and {(week, metric) for week, metric, _ in found} == others
    return found


def changed(world: Path, folder: Path, more: Callable[[list[Row]], list[Row]]) -> Path:
    return variant(world, folder, lambda rows: [rows, more(rows)])


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewritten(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    rows = change(rows_of(path))
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


def test_late_events_are_named_by_their_day_and_later_ones_are_not(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    def late(rows: list[Row]) -> list[Row]:
        found = [row for row in rows if row["event"] == "invoice_posted" and row["status"] == "ok" and row["timestamp"].startswith("2026-10-14")][:3]
        new = [{**row, "event_id": f"new-{row['event_id']}", "timestamp": "2026-11-01T12:00:00Z"} for row in found]
        return [*new, *({**row, "event_id": f"late-{row['event_id']}", "invoice_id": f"late-{row['invoice_id']}"} for row in found)]

    definition = changed(world, tmp_path, late)
    whose = sorted({row["account_id"] for row in events(definition) if row["event_id"].startswith("late-")})
    because = f"late events: +3 on 2026-10-14, of {', '.join(whose)}"
    found = after(definition, history)
    assert ("2026-10-12", "north star", because) in found
    assert {cause for _, _, cause in found} == {because}
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
    assert ("2026-10-12", "activation rate", "accounts were changed afterwards, of new") in found


def test_back_dated_subscriptions_are_named(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    """Entered today: every account had a seat for each of its people, all along."""
    definition = changed(world, tmp_path, lambda rows: [])
    rewritten(definition.parent / "data/accounting/subscriptions.csv", lambda rows: [{**row, "seats": "2"} for row in rows])
    found = after(definition, history)
    assert {metric for _, metric, _ in found} == {"expansion readiness"}
    assert all(because.startswith("subscriptions were changed afterwards, of many accounts") for _, _, because in found)


def test_whose_subscription_was_back_dated_is_named(world: Path, history: pl.DataFrame, tmp_path: Path) -> None:
    definition = changed(world, tmp_path, lambda rows: [])
    path = definition.parent / "data/accounting/subscriptions.csv"
    some = sorted({row["account_id"] for row in rows_of(path)})[::9]
    rewritten(path, lambda rows: [{**row, "seats": "2"} if row["account_id"] in some else row for row in rows])
    found = after(definition, history)
    assert {because for _, _, because in found} == {f"subscriptions were changed afterwards, of {', '.join(some[:5])}{', …' * (len(some) > 5)}"}


def test_a_changed_definition_is_named(world: Path, history: pl.DataFrame) -> None:
    definition = world.with_name("other.yaml")
    definition.write_text(world.read_text("utf-8").replace("  within: 14d\n", "  within: 7d\n", 1), "utf-8")
    found = [(metric, because) for _, metric, because in after(definition, history)]
    assert {metric for metric, _ in found} >= {"activation rate"}
    assert all(because.startswith("the definition was changed (") for _, because in found)


@pytest.fixture(scope="module")
def reports(world: Path) -> list[Report]:
    return [told(world, BEFORE), told(world, AS_OF)]


def handed_over(made: Report, folder: Path, *formats: str) -> None:
    _hand_over(made, folder / "history.parquet", None, [f"{folder}/{made.week[0]}.{ending}" for ending in formats], 0, False, "never")


HOLDS = """
import fcntl, os, shutil, sys, time
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print(flush=True)
time.sleep(0.5)
shutil.copy(sys.argv[2], sys.argv[1] + "/history.parquet")
"""


def test_two_reports_at_once_lose_nothing(reports: list[Report], history: pl.DataFrame, tmp_path: Path) -> None:
    """The other one has read before us and writes after us, unless we wait for it."""
    (tmp_path / "reports").mkdir()
    history.write_parquet(tmp_path / "theirs.parquet")
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "reports"), str(tmp_path / "theirs.parquet")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline()
        handed_over(reports[1], tmp_path / "reports", "md")
    assert set(kept(tmp_path / "reports" / "history.parquet")["told"]) == {one.as_of for one in reports}


@pytest.mark.parametrize("formats", [("md",), ("html", "csv")])
def test_the_history_is_one_set_with_the_files_beside_it(reports: list[Report], tmp_path: Path, formats: tuple[str, ...]) -> None:
    handed_over(reports[0], tmp_path, *formats)
    listed = {entry["file"] for entry in json.loads((tmp_path / "manifest.json").read_bytes())["files"]}
    assert listed >= {"history.parquet", *(f"2026-10-19.{ending}" for ending in formats)}
    assert len({(tmp_path / name).resolve().parent for name in listed}) == 1


def test_a_history_elsewhere_is_written_after_the_report(reports: list[Report], tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    names = [f"{tmp_path}/reports/a.md"]
    _hand_over(reports[0], tmp_path / "history.parquet", None, names, 0, False, "never")
    assert kept(tmp_path / "history.parquet").height and not (tmp_path / "reports" / "manifest.json").exists()
    with pytest.raises(Refused):
        _hand_over(reports[1], tmp_path / "history.parquet", None, [f"{tmp_path}/none/a.md"], 0, False, "never")
    assert set(kept(tmp_path / "history.parquet")["told"]) == {reports[0].as_of}


def test_ten_weeks_leave_nothing_behind(reports: list[Report], tmp_path: Path) -> None:
    seen = []
    for _ in range(5):
        for made in reports:
            handed_over(made, tmp_path, "html", "md")
            files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
            seen.append((len(os.listdir("/dev/fd")), files, sum(name.startswith(".") for name in os.listdir(tmp_path))))
    assert all(seen[at] == seen[-2 + at % 2] for at in range(2, len(seen)))


def test_a_trend_breaks_where_the_definition_was_changed(world: Path, history: pl.DataFrame) -> None:
    definition = world.with_name("broken.yaml")
    definition.write_text(world.read_text("utf-8").replace("  within: 14d\n", "  within: 7d\n", 1), "utf-8")
    made = told(definition, AS_OF)
    breaks = broken(history, made.as_of, made.numbers)
    assert breaks["activation rate"] == date(2026, 10, 26)  # the week after those that were told otherwise
    assert breaks["north star"] == date(2026, 10, 26)  # told the same, but by another definition
    lines = {row["metric"]: row["trend"] for row in short(tables(made, (), breaks), "html")[0].frame.to_dicts()}
    assert {tuple(value is None for value in trend) for trend in lines.values()} >= {(False, False, False, True, False)}
    assert all(lines[metric][3] is None for metric in breaks)
    assert broken(history, made.as_of, told(world, AS_OF).numbers) == {}


def test_a_trend_breaks_too_where_weeks_begin_on_another_day_now(world: Path, history: pl.DataFrame) -> None:
    definition = world.with_name("sunday.yaml")
    definition.write_text(world.read_text("utf-8").replace("week_starts: monday", "week_starts: sunday", 1), "utf-8")
    made = told(definition, AS_OF)
    assert moved(history, made.as_of, made.numbers) == []
    assert set(broken(history, made.as_of, made.numbers).values()) == {date(2026, 10, 25)}


def test_events_are_late_only_where_none_is_gone_and_the_same_definition_counts_them() -> None:
    def events(*counts: int) -> dict[str, object]:
        return {"events": {"rows": sum(counts), "days": {f"2026-10-0{day}": n for day, n in enumerate(counts, 1)}}}

    then = HistoryTold(BEFORE, "x", 1, "d", "c", events(3, 3))
    assert causes(then, then._replace(inputs=events(3, 5))) == ["late events: +2 on 2026-10-02"]
    assert causes(then, then._replace(inputs=events(1, 5))) == ["other events than then: -2 on 2026-10-01, +2 on 2026-10-02"]
    assert causes(then, then._replace(inputs=events(3, 5), definitions="e"))[1:] == ["other events than then: +2 on 2026-10-02"]


def test_a_file_that_is_no_history_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    path.write_bytes(b"not a history")
    with pytest.raises(Refused, match="SM303"):
        kept(path)
    assert path.read_bytes() == b"not a history"
    pl.DataFrame({"x": [1]}).write_parquet(path)
    with pytest.raises(Refused, match="it has the columns x"):
        kept(path)


def test_a_list_has_letters_of_its_own_whatever_its_order() -> None:
    rows = pl.DataFrame({"account": ["a", "b", "c"], "plan": ["x", None, ""], "left_at": [1, 5, None]}, schema_overrides={"account": pl.Categorical})
    letters = _letters(rows.lazy())
    assert _letters(rows.reverse().lazy()) == letters
    others = [rows.head(2), rows.with_columns(plan=pl.Series(["x", "", ""])), rows.with_columns(plan=pl.Series([None, "x", ""])), pl.concat([rows, rows])]
    assert all(_letters(other.lazy()) != letters for other in others)


def test_what_happened_afterwards_was_not_known() -> None:
    clock = Clock(date(2026, 1, 10), "UTC")
    rows = pl.LazyFrame({"left_at": [clock.now - 1, clock.now], "start": [clock.day - 9, clock.day - 9], "end": [clock.day - 1, clock.day]})
    later = pl.LazyFrame({"left_at": [None], "start": [clock.day], "end": [None]}, schema=rows.collect_schema())
    known = _known(pl.concat([rows, later]), clock).collect()
    assert known.rows() == [(clock.now - 1, clock.day - 9, clock.day - 1), (None, clock.day - 9, None)]


def test_letters_of_another_polars_say_nothing() -> None:
    then, now = (HistoryTold(BEFORE, "x", 1, "d", "c", {"accounts": letters}) for letters in ("1.0:ab", "2.0:cd"))
    assert causes(then, now) == ["not known: another version of saasmetrics or Polars kept what was known then"]
    assert causes(then, now._replace(inputs=then.inputs)) == ["events that were there before have other content now"]
    assert causes(then, now._replace(inputs={"accounts": "1.0:cd"})) == ["accounts were changed afterwards"]
