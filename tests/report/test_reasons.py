"""The reason why an account moved a number is read off the row that the number is made of, not off another workflow's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small import Small

from saasmetrics.commands.changes import between
from saasmetrics.report.compose import compose
from saasmetrics.tables import Asked

BASE = """version: 1
product: Small
timezone: UTC
sources:
  events: {files: events.csv, columns: {account: account, user: user, time: time, event: event}}
workflows:
  work: {core: true, cadence: week, attempt: tried, success: done, failure: failed}
  more: {core: false, cadence: week, attempt: more_tried, success: more_done, failure: more_failed}
north_star: {workflow: work, measure: count}
"""
NOW, SINCE = date(2026, 6, 2), date(2026, 5, 26)


class World(Small):
    heads = {"events": "account,user,time,event"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Of a's work one attempt got done before, two of two by now; b tried once and failed. Both got more done, elsewhere."""
    done = [("a", "05-20", "tried", "done"), ("a", "05-27", "tried", "done"), ("b", "05-28", "tried", "failed")]
    more = [(account, f"05-1{day}", "more_tried", "more_done") for account in "ab" for day in (1, 2, 3)]
    pairs = [(account, day, hour, event) for account, day, *names in (*done, *more) for hour, event in zip((10, 11), names, strict=True)]
    lines = [f"{account},u,2026-{day}T{hour}:00:00Z,{event}" for account, day, hour, event in pairs]
    return World(tmp_path, BASE).write("events", "c,u,2026-01-02T10:00:00Z,seen", *lines, "c,u,2026-06-02T10:00:00Z,seen")


def test_the_report_tells_of_the_workflow_of_the_line(world: World) -> None:
    line = next(one for one in compose(world.loaded(), Asked(as_of=NOW, allow_empty=True)).lines if one.line.name == "workflow completion")
    told = {move["account"]: (move["what"], move["because"].split(";")[0]) for move in line.moves}
    assert told == {"a": ("up", "0 failed and 0 abandoned of 2"), "b": ("joined the base", "1 failed and 0 abandoned of 1, the last on 2026-05-28")}


def test_changes_tell_of_the_workflow_of_the_line(world: World) -> None:
    _, accounts, *_ = between(world.loaded(), "value.completion", SINCE, Asked(as_of=NOW, allow_empty=True))[0]
    told = {row["account"]: row["because"] for row in accounts.frame.to_dicts()}
    assert told["a"].startswith("attempts 1 → 2; completed 1 → 2") and told["b"].startswith("not in the table then; now workflow work, attempts 1")


def test_a_number_is_that_of_the_first_row_that_has_it(world: World) -> None:
    """The cohort of an account older than the export has no first period that could be seen."""
    lists = "  accounts: {files: accounts.csv, columns: {account: account, created: created}}\nworkflows:\n"
    world.define(BASE.replace("workflows:\n", lists)).file("accounts.csv", "account,created", "a,2025-11-03", "b,2025-11-03", "c,2025-11-03")
    made = between(world.loaded(), "retention.cohorts.rate", SINCE, Asked(as_of=NOW, allow_empty=True))[0][0]
    assert made.title.startswith("retention.cohorts rate (cohort 2025-11-01, period 2): 0.0% on 2026-05-26, 0.0% on 2026-06-02")
