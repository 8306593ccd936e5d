"""Accounts older than the export are in no base of activation: neither in the rate, nor in what moved it, nor in the questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small import Small

from saasmetrics.report.compose import Report, compose
from saasmetrics.tables import Asked

BASE = """version: 1
product: Small
timezone: UTC
sources:
  events: {files: events.csv, columns: {account: account, user: user, time: time, event: event}}
  accounts: {files: accounts.csv, columns: {account: account, created: created}}
workflows: {work: {core: true, cadence: week, success: done}}
activation: {within: 14d, windows: [14d], steps: {first: {kind: entity, rule: made}, second: {kind: workflow, rule: done}}}
"""


class World(Small):
    heads = {"events": "account,user,time,event", "accounts": "account,created"}


def done(account: str, day: str) -> list[str]:
    return [f"{account},u,{day}T10:00:00Z,{event}" for event in ("made", "done")]


@pytest.fixture
def told(tmp_path: Path) -> Report:
    """Two that were late or never, one of this week in time; two old ones that are seen doing all steps, one of them this week."""
    world = World(tmp_path, BASE)
    world.write("accounts", "late,2026-02-01", "never,2026-02-01", "quick,2026-05-13", "old,2025-06-01", "older,2025-05-01")
    moves = [*done("old", "2026-03-01"), *done("late", "2026-05-05"), *done("quick", "2026-05-20"), *done("older", "2026-05-27")]
    world.write("events", "never,u,2026-01-02T10:00:00Z,seen", *moves, "never,u,2026-06-02T10:00:00Z,seen")
    return compose(world.loaded(), Asked(as_of=date(2026, 6, 2)))


def test_the_change_of_the_rate_is_that_of_its_table(told: Report) -> None:
    line = next(one for one in told.lines if one.line.name == "activation rate")
    assert line.change is not None
    assert [reading.value for reading in line.weeks[:2]] == [pytest.approx(1 / 3), 0]
    assert line.change.size == pytest.approx(1 / 3)
    assert [(move["account"], move["what"]) for move in line.moves] == [("quick", "joined the base")]


def test_who_reached_first_value_is_told_of_those_with_a_known_start(told: Report) -> None:
    answer = next(answer for answer in told.answers if answer.question == "How many accounts reached first value?")
    assert (answer.answer, answer.look_at) == ("2 of 3 with a known start; 1 is late", ("never",))
