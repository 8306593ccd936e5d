"""Ways in which published tools give a wrong number about engagement, each by its number; and planted truths that must be found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small import Rows, Small, at
from worlds import generated, tables

DEFINITION = """\
version: 1
timezone: UTC
late_after: {late}
days_off: {off}
sources:
  events: {{files: events.csv}}
  users: {{files: users.csv, columns: {{kind: kind}}}}
  subscriptions: {{files: subs.csv}}
workflows:
  closing: {{core: true, success: closed, cadence: {cadence}, roles: [finance, ops]}}
roles: {{admin: owner, service: bot}}
activity: {{page_views: viewed}}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id",
    "users": "account_id,user_id,role,invited_at,joined_at,deactivated_at,kind",
    "subs": "account_id,start_date,end_date,mrr,seats",
}
T = "2026-07-01"
BEFORE = "a,seen,2026-01-01T12:00:00Z,far"  # the account and the export begin long before what the tests look at


class World(Small):
    heads, chapter = HEADS, "engagement"

    def __init__(self, home: Path, definition: str) -> None:
        super().__init__(home, definition)
        self.lines, self.shape = {name: list[str]() for name in HEADS}, {"cadence": "week", "late": "0d", "off": "[saturday, sunday]"}

    def add(self, table: str, *lines: str) -> World:
        self.lines[table] += lines
        return self

    def rows(self, room: str, as_of: str = T, by: tuple[str, ...] = (), **settings: Any) -> Rows:
        for name, lines in self.lines.items():
            self.write(name, *lines)
        return super().rows(room, as_of, by, **settings)

    def one(self, room: str, account: str = "a", **settings: Any) -> dict[str, Any]:
        return at(self.rows(room, **settings), account=account)


def closed(days: Iterator[date] | list[date], each: int = 1, user: str = "u1") -> list[str]:
    return [f"a,closed,{day}T{hour:02d}:00:00Z,{user}" for day in days for hour in range(each)]


def last(days: int, until: str = T, step: int = 1) -> list[date]:
    """These days before T, the latest first."""
    return [date.fromisoformat(until) - timedelta(days=n) for n in range(1, days + 1, step)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION).add("events", BEFORE)


def test_trap_29_seats_are_those_at_t_and_not_those_sold_later_or_ended_before(world: World) -> None:
    world.add("events", *closed(last(3))).add("subs", "a,2026-01-01,2026-06-01,100,10", "a,2026-06-01,2026-08-01,80,4", "a,2026-08-01,,300,30")
    assert [world.one("seats", as_of=day)["seats"] for day in ("2026-05-20", T, "2026-08-20")] == [10, 4, 30]
    row = world.one("seats")
    assert (row["active"], row["idle"], row["share"]) == (1, 3, 0.25)


def test_trap_29_invited_are_those_who_had_the_time_and_have_not_left(world: World) -> None:
    world.add("events", *closed(last(3))).add("subs", "a,2026-01-01,,100,10")
    world.add("users", "a,u1,finance,2026-01-01,2026-01-01,,", "a,u2,finance,2026-01-01,,,", "a,u3,ops,2026-01-01,2026-01-02,2026-06-30,", "a,u4,ops,2026-06-25,,,")
    row = world.one("seats")
    assert (row["invited"], row["invited_active"], row["immature"]) == (2, 1, 1)
    before = world.one("seats", as_of="2026-06-24")
    assert (before["invited"], before["immature"]) == (3, 0)  # u3 had not left yet, u4 was not invited yet


def test_trap_29_where_nobody_has_a_date_of_joining_everybody_listed_is_there(world: World) -> None:
    world.add("users", "a,u1,finance,,,,", "a,u2,finance,,,,").add("events", *closed(last(1)))
    assert [(row["active"], row["people"]) for row in world.rows("roles")] == [(1, 2)]


def test_trap_35_little_work_has_no_trend(world: World) -> None:
    row = world.add("events", *closed(last(2)), *closed(last(1, "2026-05-20"))).one("trend")
    assert (row["n"], row["n_before"], row["state"], row["trend"]) == (2, 1, "insufficient", 1.0)
    assert world.add("events", *closed(last(5, "2026-06-20"))).one("trend")["state"] == "up"  # 8 are enough to judge


def test_trap_35_one_import_is_no_rise(world: World) -> None:
    world.add("events", *closed(last(180, step=3)), *closed([date(2026, 6, 20)], each=24))
    row = world.one("trend")
    assert row["trend"] > 2 and row["state"] == "flat" and "busiest day" in row["note"]
    assert row["percent_low"] <= 0 <= row["percent_high"]


def test_trap_35_a_week_of_holidays_is_no_fall_over_30_days_and_three_are_one(world: World) -> None:
    world.add("events", *closed([day for day in last(90) if day < date(2026, 6, 24)], each=2))
    row = world.one("trend")
    assert row["state"] == "flat" and "7 d down" in row["all_windows"]
    world.lines["events"] = [BEFORE, *closed([day for day in last(90) if day < date(2026, 6, 10)], each=2)]
    assert world.one("trend")["state"] == "down"


def test_trap_35_days_that_may_still_fill_up_are_not_compared(world: World) -> None:
    world.shape["late"] = "4d"
    world.add("events", *closed([day for day in last(60) if day < date(2026, 6, 27)], each=2))
    assert world.one("trend", days=7)["state"] == "flat"
    world.shape["late"] = "0d"
    assert world.one("trend", days=7)["state"] == "down"


def test_trap_35_a_young_account_is_new_and_does_not_grow_without_end(world: World) -> None:
    young = [line.replace("a,", "b,", 1) for line in closed(last(20), each=3)]
    assert world.add("events", *young).one("trend", "b")["state"] == "new"
    half = [line.replace("a,", "c,", 1) for line in closed(last(45))]
    row = world.add("events", *half).one("trend", "c")
    assert (row["state"], row["n"], row["n_before"], row["trend"]) == ("flat", 30, 15, 0.0)  # day for day the same
    assert (row["percent_a_week"], row["weekly"][-7:]) == (0.0, [3, 7, 7, 7, 7, 7, 7])  # the weeks before it are no zeros


MONTHLY = [date(2026, month, day) for month in range(2, 7) for day in (27, 28)]


def test_trap_35_one_success_of_an_administrator_is_no_gap(world: World) -> None:
    world.add("users", "a,u1,owner,2026-01-01,2026-01-01,,", "a,u2,finance,2026-01-01,2026-01-01,,").add("events", *closed(last(1)))
    assert world.one("role_gaps")["gap"] == "none"
    many = world.add("events", *closed(last(30))).rows("role_gaps")  # none of 31 is beyond chance
    assert {row["gap"] for row in many} == {"role missing", "admins alone"}


def test_trap_04_the_work_of_somebody_new_is_work_of_their_role(world: World) -> None:
    people = ["a,u1,finance,2026-01-01,2026-01-01,,", "a,u2,owner,2026-01-01,2026-01-01,,", "a,u3,finance,2026-06-25,2026-06-25,,"]
    world.add("users", *people).add("events", *closed(last(30), user="u2"))
    assert {row["gap"] for row in world.rows("role_gaps")} == {"role missing", "admins alone"}
    world.add("events", *closed(last(30), user="u2"), *closed(last(3), user="u3"))
    assert {row["gap"] for row in world.rows("role_gaps")} == {"none"}


def test_trap_36_a_week_counts_for_an_account_that_began_on_its_first_day(world: World) -> None:
    lines = [f"{name},closed,2026-06-{day:02d}T12:00:00Z,u1" for name, day in (("monday", 1), ("tuesday", 2))]
    exposed = {row["account"]: row["exposed"] for row in world.add("events", *lines).rows("frequency")}
    assert (exposed["monday"], exposed["tuesday"]) == (4, 3)


def test_trap_36_a_monthly_job_done_every_month_is_sticky(world: World) -> None:
    world.add("events", *closed(MONTHLY))
    assert world.one("stickiness", periods=4)["stickiness"] == 0.25  # held against weeks
    world.shape["cadence"] = "month"
    row = world.one("stickiness", periods=4)
    assert (row["stickiness"], row["active_periods"], row["expected"]) == (1.0, 4, 4)


@pytest.mark.parametrize(("off", "hits", "expected"), [("[saturday, sunday]", 10, 10), ("[]", 8, 12), ("[friday, saturday]", 8, 10)])
def test_trap_36_a_daily_job_rests_on_the_days_off(world: World, off: str, hits: int, expected: int) -> None:
    world.shape |= {"cadence": "day", "off": off}
    weekdays = [day for day in last(16) if day.weekday() < 5]
    row = world.add("events", *closed(weekdays)).one("stickiness", periods=expected)
    assert (row["active_periods"], row["expected"]) == (hits, expected)


def test_trap_36_a_wrong_cadence_is_named(world: World) -> None:
    lines = [line.replace("a,", f"a{n},", 1) for n in range(6) for line in closed(MONTHLY)]
    (row,) = world.add("events", *lines).rows("rhythm")
    assert (row["verdict"], row["measured"], row["accounts"], row["slower"]) == ("slower", "month", 6, 6)
    assert row["advice"].startswith("declare cadence: month")
    world.shape["cadence"] = "month"
    (row,) = world.rows("rhythm")
    assert (row["verdict"], row["advice"]) == ("agrees", None)


def test_trap_36_accounts_that_disagree_leave_the_rhythm_unclear(world: World) -> None:
    monthly = [line.replace("a,", f"a{n},", 1) for n in range(4) for line in closed(MONTHLY)]
    weekly = [line.replace("a,", f"b{n},", 1) for n in range(2) for line in closed(last(140, step=7))]
    (row,) = world.add("events", *monthly, *weekly).rows("rhythm")
    assert (row["agree"], row["slower"], row["verdict"], row["advice"]) == (2, 4, "unclear", None)


def test_trap_37_a_service_user_adds_volume_and_is_nobody(world: World) -> None:
    world.add("users", "a,u1,finance,2026-01-01,2026-01-01,,", "a,i,bot,2026-01-01,2026-01-01,,", "a,k,ops,2026-01-01,2026-01-01,,api")
    world.add("subs", "a,2026-01-01,,100,2").add("events", *closed(last(20), user="i"), *closed(last(20), user="k"), *closed(last(1)))
    assert world.one("frequency", periods=4)["successes"] == 36  # of the 18 days in complete weeks
    assert [(row["period"].day, row["users"]) for row in world.rows("active_users")] == [(29, 1)]
    assert (world.one("seats")["active"], world.one("seats")["invited"], world.one("users")["active"]) == (1, 1, 1)
    roles = [(row["role"], row["active"], row["successes"]) for row in world.rows("roles") if row["account"] == "a"]
    assert roles == [("finance", 1, 1)]


def test_trap_37_an_account_that_works_through_a_robot_alone_says_so(world: World) -> None:
    world.add("users", "a,u1,finance,2026-01-01,2026-01-01,,", "a,i,bot,2026-01-01,2026-01-01,,")
    row = world.add("events", *closed(last(20), user="i"), *closed(last(1, "2026-03-01"))).one("users")
    assert (row["account_state"], row["active"], row["dormant"], row["diverges"]) == ("active", 0, 1, True)


# Planted truths


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("product"), accounts=180)


def test_a_planted_role_gap_is_found(product: Path) -> None:
    rows = tables(product, ["engagement.role_gaps"])["engagement.role_gaps"].frame.to_dicts()
    planted = {"role_gap-1", "role_gap-2", "role_gap-3"}
    found = {row["account"] for row in rows if (row["gap"], row["workflow"], row["role"]) == ("role missing", "purchasing", "purchasing")}
    assert planted <= found and len(found) <= len(planted) + 2
    assert {row["gap"] for row in rows if row["account"] == "champion_only-1"} >= {"champion alone"}


@pytest.mark.parametrize(("really", "verdict"), [("week", "agrees"), ("month", "slower")])
def test_a_weekly_workflow_that_really_is_a_monthly_one_is_found(product: Path, tmp_path: Path, really: str, verdict: str) -> None:
    declared = product.read_text("utf-8")
    path = tmp_path / product.name
    path.write_text(declared.replace("cadence: week", f"cadence: {really}", 1), "utf-8")  # invoicing is the first
    script = Path(__file__).parent.parent / "examples" / "generate.py"
    options = ["--accounts", "150", "--weeks", "52", "--format", "csv", "--out", str(tmp_path / "data" / "accounting")]
    subprocess.run([sys.executable, "-B", str(script), str(path), *options], check=True, capture_output=True)
    path.write_text(declared, "utf-8")
    rows = tables(path, ["engagement.rhythm"])["engagement.rhythm"].frame.to_dicts()
    (row,) = [row for row in rows if row["workflow"] == "invoicing"]
    assert (row["declared"], row["measured"], row["verdict"]) == ("week", really, verdict)


def test_planted_decliners_fall_and_expanders_rise(product: Path) -> None:
    states = {row["account"]: row["state"] for row in tables(product, ["engagement.trend"])["engagement.trend"].frame.to_dicts()}
    assert {states[f"decliner-{n}"] for n in (1, 2, 3)} == {"down"}
    assert "down" not in {states[f"expander-{n}"] for n in (1, 2, 3)}
