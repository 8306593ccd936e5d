"""Accounts, users and limits with a history: what held at T is what counts at T, whatever came later and in whatever order it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import Small, at

from saasmetrics.facts.accounts._history import USER, known, row_at
from saasmetrics.messages import Refused

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [size]}
  users: {files: users.csv}
  subscriptions: {files: subs.csv}
  limits: {files: limits.csv}
internal: {users: {email: {like: "*@ours.example"}}}
roles: {admin: owner, service: robot}
workflows: {selling: {core: true, success: sold}}
expansion: {segments: {size: {small: {}}}}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id", "accounts": "account_id,created_at,size,valid_from",
    "users": "account_id,user_id,role,team,invited_at,joined_at,email,valid_from", "subs": "account_id,start_date,end_date,mrr,plan,seats",
    "limits": "plan,meter,limit,valid_from",
}  # fmt: skip
ROLES = ("a,u1,owner,red,2026-01-01,2026-01-01,,2026-01-01", "a,u1,clerk,blue,2026-01-01,2026-01-01,,2026-03-01", "a,u2,clerk,,2026-01-01,2026-01-01,,2026-01-01", "a,u2,owner,,2026-01-01,2026-01-01,,2026-03-01")
SEATS = ("team,seats,3,2026-01-01", "team,seats,unlimited,2026-03-01", "team,selling,5,2026-02-01")


class World(Small):
    heads = HEADS

    def limits(self, as_of: str) -> dict[str, tuple[Any, ...]]:
        return {row["meter"]: (row["limit"], row["state"]) for row in self.rows("expansion.limits", as_of)}

    def admins(self, as_of: str) -> dict[str, int]:
        """What the sign of a missing administrator says: how often which state."""
        row = at(self.rows("churn_risk.signals", as_of), signal="no_admin_activity")
        return {state: row[state] for state in ("fired", "unknown") if row[state]} or {"quiet": row["judged"]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, DEFINITION)
    made.write("accounts", "a,2026-01-01,small,2026-01-01", "a,2026-01-01,large,2026-03-01").write("subs", "a,2026-01-01,,100,team,3")
    made.write("users", *ROLES).write("limits", *SEATS)
    return made.write("events", *(f"a,sold,2026-{day}T12:00:00Z,u1" for day in ("01-01", "02-10", "02-27", "03-20", "04-14")))


@pytest.mark.parametrize(("as_of", "seats", "selling"), [
    ("2026-01-01", (None, "unknown"), (None, "unknown")), ("2026-02-01", (3, "far"), (None, "unknown")), ("2026-02-02", (3, "far"), (5, "far")),
    ("2026-03-01", (3, "far"), (5, "far")), ("2026-03-02", (None, "unlimited"), (5, "far")),
])  # fmt: skip
def test_a_limit_is_that_of_the_last_row_before_t_and_before_the_first_it_is_unknown(world: World, as_of: str, seats: object, selling: object) -> None:
    world.write("users", "a,u1,owner,red,2026-01-01,2026-01-01,,").write("accounts", "a,2025-12-01,small,")
    world.write("subs", "a,2025-12-01,,100,team,3")
    assert world.limits(as_of) == {"seats": seats, "selling": selling}
    world.write("limits", *reversed(SEATS))
    assert world.limits(as_of) == {"seats": seats, "selling": selling}


@pytest.mark.parametrize(("as_of", "admins"), [("2026-02-20", {"quiet": 1}), ("2026-03-01", {"quiet": 1}), ("2026-05-01", {"fired": 1})])
def test_who_is_an_administrator_is_told_by_the_row_in_force(world: World, as_of: str, admins: dict[str, int]) -> None:
    """u1 works all the time and is the owner until March, then u2, who is never seen."""
    assert world.admins(as_of) == admins


def test_before_its_first_row_a_role_is_unknown_and_the_person_is_there(world: World) -> None:
    world.write("users", "a,u1,owner,red,2026-01-01,2026-01-01,,2026-03-01")
    assert world.admins("2026-03-01") == {"unknown": 1}
    assert at(world.rows("churn_risk.accounts", "2026-03-01"), account="a")["active_users"] == 1


def test_a_machine_and_a_colleague_are_left_out_before_their_first_row_too(world: World) -> None:
    world.write("users", "a,u1,robot,,2026-01-01,2026-01-01,,2026-03-01")
    assert at(world.rows("churn_risk.accounts", "2026-03-01"), account="a")["active_users"] == 0
    world.write("users", "a,u1,owner,,2026-01-01,2026-01-01,me@ours.example,2026-03-01")
    assert at(world.rows("churn_risk.accounts", "2026-03-01"), account="a")["last_success"] is None


def test_who_becomes_a_colleague_after_t_is_none_at_t(world: World) -> None:
    world.write("users", "a,u1,owner,,2026-01-01,2026-01-01,,", "a,u1,owner,,2026-01-01,2026-01-01,me@ours.example,2026-03-01")
    assert at(world.rows("churn_risk.accounts", "2026-03-01"), account="a")["active_users"] == 1
    assert at(world.rows("churn_risk.accounts", "2026-03-02"), account="a")["active_users"] == 0


@pytest.mark.parametrize(("as_of", "since", "model"), [("2026-03-01", "2026-01-01", "size small"), ("2026-03-02", "2026-01-01", None), ("2026-02-28", "2026-02-28", None)])
def test_the_model_is_that_of_the_row_in_force(world: World, as_of: str, since: str, model: str | None) -> None:
    world.write("accounts", f"a,2026-01-01,small,{since}", "a,2026-01-01,large,2026-03-01")
    assert at(world.rows("expansion.accounts", as_of), account="a")["model"] == model


@pytest.mark.parametrize(("table", "line", "told"), [
    ("users", "a,u1,boss,red,2026-01-01,2026-01-01,,2026-03-01", "users 'a', 'u1' stands in lines 3 and 6 with different content"),
    ("limits", "team,seats,9,2026-03-01", "limit 'team', 'seats' stands in lines 3 and 5 with different content"),
])  # fmt: skip
def test_two_rows_that_begin_to_hold_at_once_are_refused(world: World, table: str, line: str, told: str) -> None:
    world.write(table, *{"users": ROLES, "limits": SEATS}[table], line)
    with pytest.raises(Refused, match=told):
        world.limits("2026-05-01"), world.admins("2026-05-01")


def test_without_a_history_a_past_day_says_what_is_known_of_today_only(world: World) -> None:
    world.write("users", "a,u1,owner,red,2026-01-01,2026-01-01,,").write("limits", "team,seats,3,").write("accounts", "a,2026-01-01,small,")
    told = "roles and teams of users, limits of plans, segments of accounts: as the files tell them, not as of an earlier day (a column valid_from would give them a history)"
    past, today = (world.table("expansion.limits", as_of).meta["notes"] for as_of in ("2026-04-13", "2026-04-14"))
    assert told in past and told not in today
    world.write("users", *ROLES).write("limits", *SEATS)
    assert told.replace("roles and teams of users, limits of plans, ", "") in world.table("expansion.limits", "2026-04-13").meta["notes"]


STATES = st.lists(st.tuples(st.sampled_from("xy"), st.none() | st.integers(0, 6), st.sampled_from(["owner", "clerk", None])), max_size=9, unique_by=lambda row: row[:2])


@given(STATES, st.integers(0, 7), st.randoms(use_true_random=False))
def test_the_row_in_force_is_that_of_the_rule_by_hand(rows: list[tuple[str, int | None, str | None]], now: int, random: Any) -> None:
    schema = {"account": pl.String, "user": pl.String, "valid_from": pl.Int64, "role": pl.String}
    frame = pl.LazyFrame([("a", *row) for row in random.sample(rows, len(rows))], schema=schema, orient="row")
    found = known(row_at(frame, pl.lit(now - 1), USER), ["role"], now).select("user", "role").collect().rows()
    hand = {}
    for user in {row[0] for row in rows}:
        mine = sorted(((-1 if since is None else since), role) for name, since, role in rows if name == user)
        hand[user] = next((role for since, role in reversed(mine) if since < now), None)
    assert sorted(found) == sorted(hand.items())


def test_when_somebody_came_is_the_earliest_that_any_row_says() -> None:
    rows = pl.LazyFrame({"account": ["a"] * 2, "user": ["u"] * 2, "joined": [5, None], "valid_from": [1, 8]})
    assert row_at(rows, pl.lit(9), USER).select("joined", "valid_from").collect().rows() == [(5, 8)]
