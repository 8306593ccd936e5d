"""What a line without a number says: the key that is missing, or what the data do not show; each in a world where just that holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from small import Small

from saasmetrics.report.line import Reading
from saasmetrics.report.lines import THIRTEEN
from saasmetrics.report.questions import answers

AS_OF = "2026-06-02"
BASE = """version: 1
product: Small
timezone: UTC
sources:
  events: {{files: events.csv, columns: {{account: account, user: user, time: time, event: event}}}}
  accounts: {{files: accounts.csv, columns: {{account: account, created: created}}}}
{sources}
workflows:
  work: {{core: true, cadence: week, success: done{work}}}
{blocks}
"""


class World(Small):
    heads = {"events": "account,user,time,event,ms,thing", "accounts": "account,created", "tickets": "account,ticket,opened", "incidents": "start"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, BASE)


def said(world: World, name: str, *events: str, accounts: Sequence[str] = ("a,2026-01-01",), work: str = "", sources: str = "", blocks: str = "") -> Reading:
    """The line of a world with these events and accounts."""
    world.shape = {"work": work, "sources": sources, "blocks": blocks}
    world.write("events", *(events or ("b,u,2026-01-02T10:00:00Z,else",)))
    world.write("accounts", *accounts)
    line = next(line for line in THIRTEEN if line.name == name)
    return line.told(world.table(line.room, AS_OF).frame, world.loaded().definition)


def day(text: str, event: str, more: str = "") -> str:
    return f"a,u,{text}T10:00:00Z,{event}{more}"


WORKED = day("2026-05-20", "done")
TRIED = ", attempt: tried"
TICKETS = "  tickets: {files: tickets.csv, columns: {account: account, ticket: ticket, opened: opened}}"
SCREENS = "reliability: {screens: {start: {rule: shown, duration: ms%s}}}"


@pytest.mark.parametrize(
    ("name", "events", "world_is", "expected"),
    [
        ("north star", (day("2026-06-01", "done"),), {}, "no week is over since the first success"),
        ("north star", (day("2026-05-27", "else"), day("2026-05-28", "done")), {"blocks": "late_after: 1d"}, "no week lies wholly within the export yet"),
        ("workflow completion", (WORKED,), {}, "needs workflows.work.attempt in the definition file"),
        ("workflow completion", (day("2026-01-02", "tried"), WORKED), {"work": TRIED}, "nothing was tried in the last 90 days"),
        ("workflow completion", (day("2026-06-01", "tried"),), {"work": TRIED + ", within: 7d"}, "none of the 1 attempt is over yet (workflows.work.within, then late_after)"),
        ("workflow completion", (day("2026-05-01", "tried"),), {"work": TRIED + ", entity: thing"}, "none of the 1 attempt names its thing (workflows.work.entity)"),
        ("adoption tiers", (WORKED,), {}, "needs workflows.work.tiers in the definition file"),
        ("adoption tiers", (WORKED,), {"work": ", tiers: {basic: done}", "accounts": ("a,2026-05-19",)}, "no account is 30 days old yet: 1 is younger"),
        ("weekly active accounts", (day("2026-05-01", "else"),), {}, "no core workflow was done yet"),
        ("weekly active accounts", (day("2026-06-01", "done"),), {}, "no week is over since the first core work"),
        ("cohort retention", (day("2026-05-25", "done"),), {"accounts": ("a,2026-05-24",)}, "no month after the first of an account is over, and within the export"),
        ("expansion readiness", (day("2026-06-01", "else"),), {"accounts": ("a,2026-06-01",)}, "the data say too little of each of 1 account; sources.users and sources.subscriptions would say more"),
        ("save failures", (WORKED,), {}, "needs workflows.work.attempt and workflows.work.failure in the definition file"),
        ("save failures", (WORKED,), {"work": ", failure: failed"}, "needs workflows.work.attempt in the definition file"),
        ("save failures", (WORKED,), {"work": TRIED}, "needs workflows.work.failure in the definition file"),
        ("save failures", (WORKED,), {"work": TRIED + ", failure: failed"}, "nothing was tried in the last 4 weeks"),
        ("p95 load time", (WORKED,), {}, "needs reliability.screens or workflows.work.duration in the definition file"),
        ("p95 load time", (day("2026-05-20", "shown", ",5"),), {"blocks": SCREENS % ", core: false"}, "start: timed, but none is core (core: true)"),
        ("p95 load time", (WORKED,), {"blocks": SCREENS % ""}, "nothing core was timed in the last 4 complete weeks"),
        ("p95 load time", (day("2026-05-20", "shown", ",5"),), {"blocks": SCREENS % ""}, "each core screen and workflow has fewer than 20 samples a week"),
        ("tickets per 100 successes", (WORKED,), {}, "needs sources.tickets in the definition file"),
        ("tickets per 100 successes", (day("2026-01-02", "done"),), {"sources": TICKETS}, "0 tickets, but no success of work in 90 days to count them against"),
    ],
)  # fmt: skip
def test_the_reason_is_the_one_that_holds(world: World, name: str, events: tuple[str, ...], world_is: dict[str, str], expected: str) -> None:
    told = said(world, name, *events, **world_is)  # type: ignore[arg-type]
    assert (told.said, told.value, told.status) == (expected, None, "no input" if expected.startswith("needs") else "no data")


ACTIVATION = "activation: {within: 14d, windows: [14d], steps: {first: {kind: entity, rule: done}, second: {kind: workflow, rule: done}}}"


@pytest.mark.parametrize(
    ("name", "created", "expected"),
    [
        ("activation rate", "2026-05-30", "no account is 14 days old yet: 1 is younger"),
        ("activation rate", "2020-01-01", "no account with a known start: all are older than the export, or have no date of creation"),
        ("time to value", "2020-01-01", "no account with a known start: all are older than the export, or have no date of creation"),
        ("product-qualified accounts", "2026-05-30", "no account on trial is 60 days old yet: 1 is younger"),
        ("product-qualified accounts", "2020-01-01", "no account with a known start: all are older than the export, or have no date of creation"),
    ],
)  # fmt: skip
def test_who_is_too_young_or_too_old_is_told_apart(world: World, name: str, created: str, expected: str) -> None:
    start = date.fromisoformat(created)
    first = max(start, date(2026, 1, 1)) + timedelta(days=1)
    assert said(world, name, day(str(first), "done"), accounts=(f"a,{created}",), blocks=ACTIVATION).said == expected


def test_what_needs_a_block_says_so() -> None:
    (answer,) = [one for one in answers(lambda table: pl.DataFrame(), "") if "first value" in one.question]
    assert answer.answer == "needs activation in the definition file"


def test_the_period_is_the_one_that_is_counted_by(world: World) -> None:
    monthly = said(world, "weekly active accounts", WORKED, day("2026-04-20", "done"), blocks="engagement: {period: month}")
    assert monthly.said.startswith("1 of 1 account in the month of 2026-05-01: ")
    weekly = said(world, "cohort retention", WORKED, day("2026-05-27", "done"), accounts=("a,2026-05-04",), blocks="retention: {period: week}")
    assert weekly.said == "100.0% (20.7% to 100.0%) of 1 account in week 3"
    star = said(world, "north star", *(day(f"2026-0{month}-20", "done") for month in (1, 2, 3, 4, 5)), blocks="value: {outcome: Work., star_period: month}")
    assert star.said == "1 account completed work 1 time in the month of 2026-05-01"
