"""Ways to get value, spread and activity wrong, by their numbers: small worlds through the real tables.

Trap 27 (merged accounts) has no test here: no source says which accounts were merged. Trap 42 stands in the pooled shares
of `value vanity_periods` and `value repeat`: Σ over Σ, never a mean of accounts.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small import Small, at

DEFINITION = """\
version: 1
timezone: {zone}
late_after: 0d
sources:
  events: {{files: 'events*.csv'}}
  users: {{files: users.csv}}
roles: {{service: [service]}}
activity: {{logins: login{more}}}
workflows:
  invoices: {{core: true, cadence: {cadence}, success: posted, did: posted invoices, who: finance people, roles: [finance]}}
"""
PEOPLE = ("a,ann,finance,Finance", "a,ben,finance,Sales", "a,bot,service,")


class World(Small):
    """Events as `account user event day [time]` and what the tables make of them."""

    chapter = "value"

    def __init__(self, home: Path, definition: str) -> None:
        super().__init__(home, definition)
        self.shape = {"zone": "UTC", "cadence": "week", "more": ""}
        self.users(*PEOPLE)

    def events(self, *rows: str, name: str = "events.csv") -> World:
        split = [(*row.split(), "12:00")[:5] for row in rows]
        lines = [f"{account},{'' if user == '-' else user},{event},{day}T{time}:00Z" for account, user, event, day, time in split]
        return self.file(name, "account_id,user_id,event,timestamp", *lines)

    def users(self, *rows: str) -> World:
        return self.file("users.csv", "account_id,user_id,role,team", *rows)

    def one(self, key: str, as_of: str, account: str = "a", **settings: Any) -> dict[str, Any]:
        return at(self.rows(key, as_of, **settings), account=account)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def weekly(user: str, weeks: int, first: str = "2026-01-05", account: str = "a", event: str = "posted") -> list[str]:
    days = (date.fromisoformat(first) + timedelta(weeks=week) for week in range(weeks))
    return [f"{account} {user} {event} {day}" for day in days]


def test_trap_01_the_running_week_breaks_no_run(world: World) -> None:
    world.events(*weekly("ann", 6), "a ann login 2026-02-20")
    row = world.one("consistency", "2026-02-20")
    assert (row["hit"], row["periods"], row["current"], row["state"]) == (6, 6, 6, "steady")
    gone = world.one("consistency", "2026-03-02")
    assert (gone["hit"], gone["periods"], gone["current"], gone["broken"], gone["state"]) == (6, 8, 0, 6, "broken")
    long_gone = world.one("consistency", "2026-06-01")
    assert (long_gone["hit"], long_gone["longest"], long_gone["broken"], long_gone["state"]) == (0, 6, 0, "stopped")


def test_trap_07_what_came_before_the_export_is_no_first_success(world: World) -> None:
    world.file("accounts.csv", "account_id,created_at", "a,2020-01-01", "b,2020-01-01")
    world.shape["zone"] = "UTC\n# older accounts"
    world.events(*weekly("ann", 8), *weekly("cem", 8, "2026-01-06", "new"))
    world.define(DEFINITION.replace("  users:", "  accounts: {{files: accounts.csv, orphans: keep}}\n  users:"))
    repeat, statement, trajectory, spread = world.tables(("repeat", "statement", "trajectory", "spread"), "2026-03-02")
    assert repeat.frame.select("started", "unknown").row(0) == (1, 1)
    told = {row["account"]: row["statement"] for row in statement.frame.to_dicts()}
    assert told["b"] == "What b gets is unknown: it is older than the export, and nobody posted invoices since the export begins."
    assert {row["account"]: row["stage"] for row in trajectory.frame.to_dicts()} == {"a": "repeating", "b": "unknown", "new": "repeating"}
    assert spread.frame["second_workflow"].null_count() == 3


def test_trap_10_a_day_is_a_local_day_and_a_session_goes_over_midnight(world: World) -> None:
    world.shape["zone"] = "Asia/Kathmandu"  # five hours and three quarters east: midnight lies inside a half hour
    world.events("a ann login 2026-01-06 18:05", "a ann seen 2026-01-06 18:20", "a ann seen 2026-01-06 18:45")
    row = world.one("vanity", "2026-01-12", weeks=1)
    assert (row["minutes"], row["events"], row["active_weeks"]) == (40, 3, 1)


def test_trap_24_sessions_do_not_depend_on_how_the_files_are_cut(world: World) -> None:
    times = ["09:00", "09:29", "09:59", "10:30", "10:59", "12:00"]
    rows = [f"a ann seen 2026-01-06 {time}" for time in times]
    whole = world.events(*rows).one("vanity", "2026-01-12", weeks=1)
    assert whole["minutes"] == 59 + 29  # a gap of 31 minutes begins another session, one event alone has no length
    world.events(*rows[::2]).events(*rows[1::2], name="events2.csv")
    assert world.one("vanity", "2026-01-12", weeks=1) == whole


def test_trap_29_whose_job_it_is_counts_those_who_are_there(world: World) -> None:
    head = "account_id,user_id,role,invited_at,joined_at,deactivated_at,kind"
    there, never_joined = "a,ann,finance,2026-01-01,2026-01-02,,", "a,ben,finance,2026-01-01,,,"
    left, left_but_worked = "a,cem,finance,2026-01-01,2026-01-02,2026-02-01,", "a,dan,finance,2026-01-01,2026-01-02,2026-02-01,"
    world.file("users.csv", head, there, never_joined, left, left_but_worked, "a,bot,finance,2026-01-01,2026-01-02,,bot", "a,eva,sales,2026-01-01,2026-01-02,,")
    row = world.events(*weekly("dan", 3), *weekly("bot", 8), *weekly("eva", 8)).one("consistency", "2026-03-02")
    assert (row["people"], row["in_role"], row["expected"]) == (2, 1, 2)


def test_trap_33_the_last_midnight_belongs_to_tomorrow(world: World) -> None:
    world.events(*weekly("ann", 2), "a ann seen 2026-01-18 23:59", "a ann seen 2026-01-19 00:00", "a ann posted 2026-01-19 00:00")
    assert world.one("trajectory", "2026-01-19")["events"] == 3
    assert world.one("spread", "2026-01-19")["successes"] == 2


def test_trap_35_one_missed_week_is_no_alarm_and_three_weeks_are_no_habit(world: World) -> None:
    world.events(*weekly("ann", 4))
    assert [world.one("consistency", day)["state"] for day in ("2026-02-09", "2026-02-16")] == ["steady", "broken"]
    world.events(*weekly("ann", 3))
    assert [world.one("consistency", day)["state"] for day in ("2026-02-02", "2026-02-09")] == ["steady", "irregular"]
    assert [world.one("consistency", day)["state"] for day in ("2026-01-19", "2026-01-26")] == ["too young", "steady"]


def test_trap_10_a_forgotten_tab_is_no_day_of_work(world: World) -> None:
    ticks = [f"a ann ping 2026-01-06 {hour:02d}:{minute}" for hour in range(20) for minute in ("00", "20", "40")]
    assert world.events(*ticks).one("vanity", "2026-01-12", weeks=1)["minutes"] == 8 * 60


def test_trap_50_of_equal_people_the_first_by_name_is_the_top_user(world: World) -> None:
    assert world.events(*weekly("ben", 3), *weekly("ann", 3)).one("spread", "2026-02-01")["top_user"] == "ann"


def test_trap_38_a_team_is_there_when_it_did_all_of_the_first_tier(world: World) -> None:
    world.shape["cadence"] = "week, tiers: {basic: [drafted, posted]}"
    world.events("a ann drafted 2026-01-06", "a ann posted 2026-01-08", "a ben drafted 2026-01-06", "a ben drafted 2026-01-07")
    half = world.one("spread", "2026-02-01")
    assert (half["teams_ever"], half["multi_team"], half["second_team"]) == (1, False, None)
    world.events("a ann drafted 2026-01-06", "a ann posted 2026-01-08", "a ben drafted 2026-01-06", "a ben posted 2026-01-20")
    both = world.one("spread", "2026-02-01")
    assert (both["teams_ever"], both["multi_team"], both["second_team"]) == (2, True, date(2026, 1, 20))


def test_trap_04_two_periods_are_enough_to_be_judged_and_one_is_not(world: World) -> None:
    world.events(*weekly("ann", 1))
    found = [world.rows("repeat", day)[0] for day in ("2026-01-19", "2026-01-26")]
    assert [(row["immature"], row["eligible"]) for row in found] == [(1, 0), (0, 1)]


def test_trap_43_one_person_alone_in_the_account_is_nobody_to_blame(world: World) -> None:
    world.events(*weekly("ann", 12), *weekly("ann", 1, "2025-12-29", event="login"))
    row = world.one("vanity", "2026-03-30")
    assert (row["optional"], row["users"], row["events"], row["active_weeks"]) == (False, 1, 12, 12)
    world.events(*weekly("ann", 12), *weekly("ben", 1, event="login"))
    assert world.one("vanity", "2026-03-30")["reason"] == "one person"


def test_trap_43_limits_are_reached_when_they_are_met(world: World) -> None:
    world.events(*weekly("ann", 8), *weekly("ann", 1, "2026-01-06"), *weekly("ben", 1))
    assert world.one("dependency", "2026-03-02")["state"] == "dependent on one"  # nine of ten
    world.events(*weekly("ann", 8), *weekly("ben", 4))
    assert world.one("dependency", "2026-03-02")["state"] == "narrow"  # in four of eight weeks somebody else worked


def test_trap_43_a_share_is_never_rounded_to_all(world: World) -> None:
    world.events(*(row for _ in range(50) for row in weekly("ann", 8)), "a ben posted 2026-02-20")
    assert world.one("statement", "2026-03-02")["statement"].endswith("in each of the last 8 weeks; the top user did 99 %.")


def test_trap_36_a_monthly_job_outlives_the_trailing_days(world: World) -> None:
    world.shape["cadence"] = "month"
    row = world.events(*(f"a ann posted 2025-{month:02d}-10" for month in range(1, 9)), "a bot login 2026-01-20").one("dependency", "2026-02-01")
    assert (row["people"], row["hit"], row["periods"], row["state"]) == (0, 7, 12, "too little")
    assert (row["top_user"], row["without_top"]) == (None, pytest.approx(7 / 12))


def test_trap_35_a_weekend_breaks_no_daily_habit_and_saturday_is_not_lost(world: World) -> None:
    world.shape["cadence"] = "day"
    working = [f"a ann posted 2026-01-{day:02d}" for day in range(5, 31) if date(2026, 1, day).weekday() < 5]
    assert world.events(*working).one("consistency", "2026-02-02")["hit"] == 12
    saturday = [row for row in working if not row.endswith("-23")] + ["a ann posted 2026-01-24"]
    assert world.events(*saturday).one("consistency", "2026-02-02")["hit"] == 12
    row = world.events(*working).one("consistency", "2026-01-31")
    assert (row["hit"], row["current"]) == (12, 19)  # Friday is over only when the weekend is: Thursday is the last complete day


def test_trap_37_a_service_user_brings_volume_and_is_nobody(world: World) -> None:
    world.events(*weekly("bot", 8), *weekly("bot", 8, "2026-01-06"), *weekly("ann", 2), "a ben login 2026-02-20")
    spread = world.one("spread", "2026-03-02")
    assert (spread["successes"], spread["by_people"], spread["people"], spread["top_user"]) == (18, 2, 1, "ann")
    assert (spread["effective_users"], spread["status"]) == (None, "insufficient")
    assert world.one("consistency", "2026-03-02")["hit"] == 8
    assert world.one("dependency", "2026-03-02", min_successes=1)["without_top"] == 0
    vanity = world.one("vanity", "2026-03-02")
    assert (vanity["users"], vanity["events"]) == (2, 19)


def test_trap_37_work_of_nobody_by_name_is_said_to_be_that(world: World) -> None:
    told = world.events(*weekly("bot", 4), *weekly("-", 4, "2026-02-02")).one("statement", "2026-03-02")
    assert told["statement"] == "a gets value because it posted invoices in each of the last 8 weeks; no person did any of it."
    row = world.one("consistency", "2026-03-02")
    assert (row["people"], row["in_role"], row["expected"], row["top_share"]) == (0, 0, 2, None)


def test_trap_40_without_a_user_column_nothing_is_claimed_about_people(world: World) -> None:
    days = [row.split()[3] for row in weekly("ann", 8)]
    world.file("events.csv", "account_id,event,timestamp", *(f"a,posted,{day}T12:00:00Z" for day in days))
    assert world.one("statement", "2026-03-02")["statement"].endswith("in each of the last 8 weeks; who did it is not in the data.")
    assert world.one("spread", "2026-03-02")["people"] is None
    assert world.one("dependency", "2026-03-02")["state"] == "unknown"
    vanity = world.one("vanity", "2026-03-02")
    assert (vanity["optional"], vanity["users"], vanity["active_weeks"], vanity["events"]) == (None, None, None, 8)


def test_trap_43_a_few_missed_weeks_are_no_proof_that_a_product_is_optional(world: World) -> None:
    def vanity(done: int) -> tuple[Any, Any]:
        days = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(13)]
        work = [f"a {who} posted {day}" for day in [days[0], *days[-done:]] for who in ("ann", "ben")]
        row = world.events(*(f"a cem login {day}" for day in days), *work).one("vanity", "2026-04-07")
        return row["optional"], row["consistency"]

    assert vanity(7) == (False, 7 / 12)
    assert vanity(5) == (True, 5 / 12)


def test_trap_40_weeks_without_any_event_have_none_and_not_unknown_many(world: World) -> None:
    world.events("a ann login 2026-01-05", "a ann posted 2026-01-05")
    row = world.one("vanity", "2026-06-01")
    assert (row["events"], row["logins"], row["users"], row["active_weeks"], row["minutes"]) == (0, 0, 0, 0, 0)


def test_trap_42_logins_without_success_pool_over_all_people(world: World) -> None:
    rows = [f"b u{n} login 2026-01-06" for n in range(8)]
    world.events(*rows, "a ann login 2026-01-06", "a ann posted 2026-01-07", "a ben login 2026-01-06", "a bot login 2026-01-06")
    (week,) = world.rows("vanity_periods", "2026-01-12")
    assert (week["logins"], week["logged_in"], week["without_success"], week["share"]) == (11, 10, 9, 0.9)


def test_trap_47_a_stage_does_not_flap(world: World) -> None:
    weeks = [0, 1, 2, 4, 6, 8, 9, 11]  # three in a row, then every other week: two of four, never fewer
    rows = [f"a ann posted {date(2026, 1, 5) + timedelta(weeks=week)}" for week in weeks]
    assert world.events(*rows).one("trajectory", "2026-03-30")["path"] == "adopted 2, repeating 10"
    quiet = world.one("trajectory", "2026-05-04")
    assert (quiet["stage"], quiet["path"]) == ("fading", "adopted 2, repeating 11, fading 4")


def test_an_account_is_asked_only_about_the_weeks_that_it_was_there_for(world: World) -> None:
    """One works every week of twelve; the other began within its third last week, and works in the two whole ones since and in half of the first."""
    rows = world.events(*weekly("ann", 12), *weekly("bob", 3, "2026-03-11", "b")).rows("north_star_tests", "2026-03-30")
    often = at(rows, measure="share of the weeks in which the median account did it")
    assert (often["value"], often["n"]) == (1.0, 2)


def test_a_half_of_a_percent_is_rounded_up_exactly(world: World) -> None:
    """23 of 40, which is a little less than 57.5 as a float."""
    twice = [row for _ in range(2) for user in ("ann", "ben") for row in weekly(user, 8)]
    world.events(*twice, *weekly("ann", 7), *weekly("ben", 1))
    assert world.one("statement", "2026-03-02")["statement"].endswith("the top user did 58 %.")
