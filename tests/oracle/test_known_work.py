"""Small worlds that once told the product and the oracle apart, in value, engagement and the journey."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oracle.busy_worlds import write
from oracle.days import DAY, moment, written
from oracle.working import check
from oracle.world import Row, World

T = moment("2026-06-10T00:00:00Z")
WORK = {"billing": {"core": True, "cadence": "week", "success": "posted", "roles": ["finance"]}}
BASE: dict[str, Any] = {"version": 1, "timezone": "UTC", "late_after": "0d", "workflows": WORK}


def posted(ago: int, account: str = "a", each: int = 1, user: str = "u1") -> list[Row]:
    """Work so many days before the last counted one."""
    return [{"event_id": f"{account} {ago} {n}", "account_id": account, "user_id": user, "timestamp": written(T - (ago + 1) * DAY + n), "event": "posted"} for n in range(each)]


def same(folder: Path, world: World, table: str, as_of: str = "2026-06-10", more: dict[str, Any] | None = None, **settings: Any) -> list[dict[str, Any]]:
    loaded = write(folder, world, {**BASE, **(more or {})})
    return check(loaded, world, date.fromisoformat(as_of), (table,), **settings)[table].frame.to_dicts()


@pytest.mark.parametrize(("now", "before", "state"), [(4, 5, "down"), (6, 5, "up"), (81, 100, "flat")])
def test_a_change_of_exactly_the_limit_is_one_in_both_directions(now: int, before: int, state: str, tmp_path: Path) -> None:
    scale = 1 if before == 100 else 20
    work = [row for day in range(60) for row in posted(day, each=scale * (now if day < 30 else before))]
    (row,) = same(tmp_path, World([*posted(120), *work]), "engagement.trend")
    assert row["state"] == state


def test_the_usual_amount_is_a_mean_of_periods_that_an_account_was_there_for(tmp_path: Path) -> None:
    """Tuesday is the 2nd: the week of the creation counts neither above nor below the line."""
    accounts: list[Row] = [{"account_id": "a", "created_at": "2026-05-12T00:00:00Z"}]
    (row,) = same(tmp_path, World([*posted(150, "z"), *posted(27), *posted(17, each=6), *posted(10, each=6), *posted(3, each=6)], accounts), "value.north_star_accounts")[:1]
    assert (row["account"], row["usual"], row["trend"]) == ("a", 6, 0)


def test_of_an_account_older_than_the_export_nobody_can_say_that_it_is_new(tmp_path: Path) -> None:
    accounts: list[Row] = [{"account_id": "a", "created_at": "2026-01-12T00:00:00Z"}]
    (row,) = same(tmp_path, World([*posted(40, "z"), *posted(3)], accounts), "engagement.movers")
    assert (row["account"], row["way"]) == ("a", "unclear")


def test_what_is_not_known_has_no_median_either(tmp_path: Path) -> None:
    monthly = {"workflows": {"billing": {**WORK["billing"], "cadence": "month"}}}
    (row,) = same(tmp_path, World(posted(20)), "value.signals", more=monthly)
    assert (row["status"], row["n"], row["median"]) == ("no data", None, None)


@pytest.mark.parametrize("spelt", ["finance", "Accounts payable"])
def test_a_role_by_any_of_its_spellings_ought_to_do_the_job(spelt: str, tmp_path: Path) -> None:
    users: list[Row] = [{"account_id": "a", "user_id": user, "role": role} for user, role in (("u1", spelt), ("u2", "sales"))]
    more = {"roles": {"finance": ["finance", "Accounts payable"]}}
    (row,) = same(tmp_path, World([*posted(20), *posted(10), *posted(3)], None, users), "value.consistency", more=more)
    assert (row["in_role"], row["expected"]) == (1, 1)


def born(ago: int, name: str) -> Row:
    return {"account_id": name, "created_at": written(T - (ago + 1) * DAY)}


AGES = [born(ago, f"b{ago}") for ago in range(50)]


@pytest.mark.parametrize("table", ["engagement.trend", "value.north_star_accounts", "value.signals", "engagement.frequency", "value.statement"])
def test_an_account_of_every_age(table: str, tmp_path: Path) -> None:
    """Half a window, whole weeks, the last day of a period: each to the day."""
    work = [row for age in range(50) for ago in range(age + 1) for row in posted(ago, f"b{age}")]
    assert same(tmp_path, World([*posted(150, "z"), *work], AGES), table)


@pytest.mark.parametrize("ago", [5, 6, 7, 8])
def test_attempts_on_the_edge_of_the_days_looked_at(ago: int, tmp_path: Path) -> None:
    tried: list[Row] = [{**row, "event": "tried", "event_id": "tried"} for row in posted(ago)]
    more = {"workflows": {"billing": {**WORK["billing"], "attempt": "tried"}}}
    for table in ("value.completion", "value.completion_accounts"):
        same(tmp_path / table, World([*posted(150), *tried]), table, more=more, attempt_days=7)


def test_who_paid_on_the_landmark_and_stayed(tmp_path: Path) -> None:
    """Every first and last day around the landmark and its horizon."""
    days = [str(date.fromordinal(date(2026, 6, 8).toordinal() - back)) for back in (29, 28, 27, 1, 0, -1)]
    paid: list[Row] = [
        {"account_id": f"{start} {end}", "start_date": start, "end_date": end, "mrr": "1", "currency": "EUR"} for start in days[:3] for end in days[3:]
    ]  # fmt: skip
    work = [row for ago in (40, 60) for one in paid for row in posted(ago, str(one["account_id"]))]
    assert same(tmp_path, World(work, None, None, paid), "value.survival", horizon=28)


def test_the_second_team_and_the_second_workflow_are_those_that_got_anywhere(tmp_path: Path) -> None:
    """Did all that a first tier asks for, in any workflow: a team together, machines and people without a team for the account alone."""
    flows = {"billing": {**WORK["billing"], "tiers": {"basic": ["drafted", "posted"], "deep": "paid"}}, "buying": {"core": True, "cadence": "week", "success": "bought"}}
    acts = {
        "a": ["u1 drafted 01", "u1 posted 05", "u1 drafted 28", "u1 posted 29", "u2 drafted 02", "u2 posted 20", "u3 bought 10", "u4 bought 12", "u2 bought 25"],
        "b": ["u1 drafted 01", "u5 posted 03", "u2 bought 09"], "c": ["u1 drafted 01", "u1 posted 03", "u4 bought 04", "u3 bought 05"],
        "d": ["u1 drafted 01", "u2 posted 03", "u1 bought 04"],
    }  # fmt: skip
    rows: list[Row] = [
        {"event_id": f"{name}{act}", "account_id": name, "user_id": act[:2], "timestamp": f"2026-04-{act[-2:]}T12:00:00Z", "event": act[3:-3]} for name, told in acts.items() for act in told
    ]
    teams = {"u1": "north", "u5": "north", "u2": "south", "u3": "west", "u4": None}
    users: list[Row] = [{"account_id": name, "user_id": user, "team": team, "role": None, "kind": "service" if user == "u3" else None} for name in acts for user, team in teams.items()]
    made = same(tmp_path, World([*posted(150, "z"), *rows], None, users), "value.spread", more={"workflows": flows})
    found = {row["account"]: tuple(day and day.day for day in (row["second_team"], row["second_workflow"])) for row in made}
    assert {name: found[name] for name in acts} == {"a": (20, 10), "b": (9, 9), "c": (None, 4), "d": (None, 4)}
