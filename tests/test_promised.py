"""N10, on-time delivery: an event against the time that another of its columns promised."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: Europe/Berlin
sources:
  events: {files: '%s'}
rules:
  promised: {event: delivered, where: {due: {exists: true}}}
  on_time: {event: delivered, where: {due: {met: true}}}
workflows:
  delivery: {attempt: promised, success: on_time, entity: shipment}
"""
ROWS = [  # shipment, delivered, promised
    ("early", "2026-01-05T09:00:00Z", "2026-01-05 12:00"),  # 11:00Z in Berlin
    ("exact", "2026-01-05T11:00:00Z", "2026-01-05 12:00"),
    ("late", "2026-01-05T11:00:01Z", "2026-01-05 12:00"),
    ("far", "2026-01-05T11:00:00Z", "2027-01-05 12:00"),
    ("open", "2026-01-05T11:00:00Z", ""),
]


def rate(home: Path, files: str) -> dict[str, Any]:
    (home / "saasmetrics.yml").write_text(DEFINITION % files, "utf-8")
    asked = Asked(date(2026, 1, 20))
    (table,), _ = compute(read(home / "saasmetrics.yml"), [catalog.rooms()["value.completion"]], asked)
    return table.frame.row(0, named=True)


def written(home: Path, *rows: tuple[str, str, str]) -> Path:
    lines = [f"a1,u1,delivered,{at},{thing},{due}" for thing, at, due in rows]
    path = home / "events.csv"
    path.write_text("\n".join(["account_id,user_id,event,timestamp,shipment,due", *lines]) + "\n", "utf-8")
    return path


def test_on_time_is_by_the_promised_moment_and_only_of_what_was_promised(tmp_path: Path) -> None:
    written(tmp_path, *ROWS)
    found = rate(tmp_path, "events.csv")
    assert (found["attempts"], found["completed"], found["rate"]) == (4, 3, 0.75)


def test_typed_times_say_the_same(tmp_path: Path) -> None:
    text = pl.read_csv(written(tmp_path, *ROWS), infer_schema=False)
    due = pl.col("due").str.to_datetime("%Y-%m-%d %H:%M", time_unit="us").dt.replace_time_zone("Europe/Berlin")
    text.with_columns(due, pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.replace_time_zone("UTC")).write_parquet(tmp_path / "e.parquet")
    found = rate(tmp_path, "e.parquet")
    assert (found["attempts"], found["completed"]) == (4, 3)


def test_an_unreadable_promise_is_refused_at_its_line(tmp_path: Path) -> None:
    written(tmp_path, *ROWS, ("bad", "2026-01-05T11:00:00Z", "soon"))
    with pytest.raises(Refused, match=r"events.csv:7: SM309 line 7: time 'soon' in column 'due' unreadable"):
        rate(tmp_path, "events.csv")


def test_accounts_have_no_moment_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "saasmetrics.yml"
    path.write_text(DEFINITION % "events.csv" + "internal: {accounts: {due: {met: true}}}\n", "utf-8")
    with pytest.raises(Refused, match="it belongs under rules"):
        read(path)
