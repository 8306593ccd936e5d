"""The law of the weekly report: a past week is told as a report of that week told it, whatever the lists have come to say since.

Two things are known of past weeks as of today, on purpose: which accounts are one by now, and who is a colleague by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from oracle.past_worlds import Past, merged_ever_since, pasts, written_out
from oracle.worlds import EXAMPLES, thorough
from small import Small

from saasmetrics import catalog
from saasmetrics.clock import Clock
from saasmetrics.definitions.model import Definition
from saasmetrics.definitions.read import Loaded
from saasmetrics.outputs.cells import civil
from saasmetrics.report import weeks
from saasmetrics.report.change import moved, parts
from saasmetrics.report.compose import MOVES, Report, Told, compose
from saasmetrics.report.line import Row, last_final
from saasmetrics.report.lines import THIRTEEN
from saasmetrics.tables import Asked, compute

ROOMS = dict.fromkeys([*(line.room for line in THIRTEEN), *(line.behind.room for line in THIRTEEN if line.behind)])
Frames = Mapping[str, pl.DataFrame]


@settings(thorough, max_examples=max(1, EXAMPLES * 2 // 5))  # each is a report and five runs
@given(case=pasts())
def test_a_past_week_is_told_as_it_was_then(case: Past) -> None:
    with written_out(case) as loaded:
        told = compose(loaded, Asked(case.as_of, allow_empty=True))
        days = days_of(told, loaded.definition)
    with written_out(merged_ever_since(case, clock_of(told, loaded.definition).now)) as alike:
        check(told, [(day, fresh(alike, day)) for day in days], loaded.definition)


def clock_of(told: Report, d: Definition) -> Clock:
    return Clock(told.as_of, d.timezone or "UTC", d.week_starts, d.late_after, d.days_off)


def days_of(told: Report, d: Definition) -> list[date]:
    """As many as the report tells of."""
    return weeks.days(clock_of(told, d), 0)[: max(len(one.weeks) for one in told.lines)]


def fresh(loaded: Loaded, day: date) -> Frames:
    """The tables of a run of that day."""
    made, _ = compute(loaded, [catalog.rooms()[name] for name in ROOMS], Asked(day, allow_empty=True), skip=True)
    return {table.name: table.frame for table in made}


def check(told: Report, then: list[tuple[date, Frames]], d: Definition) -> None:
    for one in (one for one in told.lines if one.weeks):
        for (day, frames), reading in zip(then, one.weeks, strict=True):
            known = one.line.told(frames[one.line.room], d)
            assert reading == known or reading.value is known.value is None, (one.line.name, day)
        if one.line.behind and one.change:
            assert moves(one) == whose(one, then[0][1], then[1][1], d), one.line.name


def moves(one: Told) -> list[object]:
    return [[move[name] for name in ("account", "what", "before", "now")] for move in one.moves]


def whose(one: Told, now: Frames, before: Frames, d: Definition) -> list[object]:
    """Who moved it between two fresh runs."""
    behind = one.line.behind
    assert behind is not None and one.change is not None
    rows = [behind.of(civil(frames[behind.room], d.timezone or "UTC"), d) for frames in (now, before)]
    here, there = (parts(frame, behind, d) for frame in rows)
    order = [account for frame in rows for account in frame["account"]]
    return [[move[name] for name in ("account", "what", "before", "now")] for move in moved(here, there, behind.base is not None, one.change.size, order)[:MOVES]]


DEFINITION = """\
version: 1
timezone: UTC
late_after: 0s
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
  users: {files: users.csv}
  subscriptions: {files: subs.csv}
  tickets: {files: tickets.csv}
  incidents: {files: incidents.csv}
internal: {users: {email: {like: "*@ours.example"}}}
roles: {service: robot}
workflows: {selling: {core: true, success: sold}}
reliability: {period: week}
qualification:
  min_base: 1
  windows: [7]
  min_signals: 2
  signals: {activated: {counts: false}, advanced_features: {counts: false}, low_errors: {counts: false}, invited: {people: 1}, weeks: {weeks: 1}, volume: {successes: 99}}
"""
MODELS = DEFINITION.replace("  min_signals: 2\n", "  min_signals: 2\n  segments: {plan: {pro: {min_signals: 1}}}\n")
WORK = [f"a,sold,2026-{day}T12:00:00Z,u" for day in ("01-05", "03-01", "03-20", "03-30")]


class World(Small):
    heads = {
        "events": "account_id,event,timestamp,user_id", "accounts": "account_id,created_at,plan,valid_from", "users": "account_id,user_id,role,invited_at,email,valid_from",
        "subs": "account_id,start_date,end_date,mrr", "tickets": "account_id,ticket_id,opened_at,workflow", "incidents": "incident_id,started_at,ended_at,workflow",
    }  # fmt: skip

    def holds(self) -> Report:
        loaded = self.loaded()
        told = compose(loaded, Asked(date(2026, 3, 30)))
        check(told, [(day, fresh(loaded, day)) for day in days_of(told, loaded.definition)], loaded.definition)
        return told


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION).write("accounts", "a,2026-01-05,free").write("events", *WORK)


def trend(told: Report, name: str) -> list[float | None]:
    return next(list(one.trend) for one in told.lines if one.line.name == name)


def test_an_account_known_by_its_subscription_alone_asked_for_nothing_before_it_began(world: World) -> None:
    told = world.write("subs", "b,2026-03-25,,10").write("tickets", "b,t,2026-03-10,selling").holds()
    assert trend(told, "tickets per 100 successes") == [0, 0, 0, pytest.approx(100 / 3)]


def test_an_account_without_a_date_of_creation_was_there_before_its_first_event(world: World) -> None:
    world.write("accounts", "a,2026-01-05,free", "b,,free").write("events", *WORK, "b,sold,2026-03-25T12:00:00Z,u").write("tickets", "b,t,2026-03-10,selling")
    assert trend(world.holds(), "tickets per 100 successes") == [0, 50, pytest.approx(100 / 3), 25]


def test_who_paid_before_the_account_was_created_was_not_there_yet(world: World) -> None:
    told = world.write("accounts", "a,2026-01-05,free", "b,2026-03-25,free").write("subs", "b,2026-03-01,,10").write("tickets", "b,t,2026-03-10,selling").holds()
    assert trend(told, "tickets per 100 successes") == [0, 0, 0, pytest.approx(100 / 3)]


def test_who_qualified_is_judged_by_the_segment_of_then(world: World) -> None:
    world.define(MODELS).write("users", "a,u,clerk,2026-01-05").write("accounts", "a,2026-01-05,free", "b,2026-02-01,free,2026-01-01", "b,2026-02-01,pro,2026-03-25")
    assert trend(world.write("events", *WORK, "b,sold,2026-02-01T12:00:00Z,u").holds(), "product-qualified accounts") == [0, 0, 0, 0.5]


def test_a_person_whose_place_a_machine_took_later_was_invited_all_the_same(world: World) -> None:
    people = ("b,u1,clerk,2026-02-01,,2026-01-01", "b,u2,clerk,2026-02-03,,2026-01-01", "b,u2,robot,2026-02-03,,2026-03-25")
    world.write("accounts", "a,2026-01-05,free", "b,2026-02-01,free").write("users", *people).write("events", *WORK, "b,sold,2026-02-01T12:00:00Z,u1")
    assert trend(world.holds(), "product-qualified accounts") == [0.5, 0.5, 0.5, 0]


def test_incidents_that_only_their_ends_tell_apart_are_one(world: World) -> None:
    told = world.write("incidents", ",2026-03-10T10:00:00Z,2026-03-20,selling", ",2026-03-10T10:00:00Z,2026-03-21,selling").holds()
    assert trend(told, "incidents") == [0, 1, 1, 0]


def test_who_was_near_an_incident_only_when_more_of_it_began_was_not_near_then(world: World) -> None:
    world.write("incidents", "i,2026-03-05T10:00:00Z,2026-03-05T11:00:00Z,", "i,2026-03-11T10:00:00Z,2026-03-11T11:00:00Z,selling")
    told = world.write("events", *WORK, "b,sold,2026-03-07T12:00:00Z,u").holds()
    assert trend(told, "incidents") == [1, 1, 0, 0]


def test_who_is_a_colleague_by_now_is_left_out_of_past_weeks_too(world: World) -> None:
    world.write("users", "a,u,clerk,2026-01-05,x@customer.example,2026-01-01", "a,u,clerk,2026-01-05,me@ours.example,2026-03-25", "a,v,clerk,2026-01-05,,2026-01-01")
    both = world.write("events", *WORK, *(f"a,sold,2026-{day}T12:00:00Z,v" for day in ("03-10", "03-20"))).loaded()
    told = compose(both, Asked(date(2026, 3, 30)))
    assert trend(told, "north star") == [0, 1, 1, 0]
    assert of_then(both, "value.north_star")["n"] == 2


def test_accounts_that_are_one_by_now_are_one_in_past_weeks_too(world: World) -> None:
    world.define(DEFINITION.replace("internal:", "  merges: {files: merges.csv}\ninternal:")).file("merges.csv", "from,to,effective", "b,a,2026-03-25")
    both = world.write("events", *WORK, "b,sold,2026-03-20T12:00:00Z,u").loaded()
    told = compose(both, Asked(date(2026, 3, 30)))
    assert trend(told, "weekly active accounts")[-2:] == [1, 0]
    assert of_then(both, "engagement.active_accounts")["active"] == 2


def of_then(loaded: Loaded, room: str) -> Row:
    """The last week that a run of a week before tells."""
    found = last_final(fresh(loaded, date(2026, 3, 23))[room].to_dicts())
    assert found is not None
    return found


def test_a_report_of_the_first_days_says_why_it_has_no_numbers(world: World) -> None:
    told = compose(world.write("events", "a,sold,2026-03-24T12:00:00Z,u", "a,sold,2026-03-26T12:00:00Z,u").loaded(), Asked())
    assert told.week[1] == date(2026, 3, 22) and told.as_of == date(2026, 3, 23)
    assert {one.reading.said for one in told.lines if one.line.room == "engagement.active_accounts"} == {"no core workflow was done yet"}
    assert all(one.change is None and len(one.weeks) == 1 for one in told.lines if one.reading.status != "no input")
