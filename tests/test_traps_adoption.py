"""Ways in which published tools give a wrong number about adoption and onboarding, each by its number: small worlds through the real tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small import Small, at

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
  users: {files: users.csv, columns: {kind: kind}}
  subscriptions: {files: subs.csv}
workflows:
  selling:
    core: true
    attempt: sell_clicked
    success: sold
    failure: sell_failed
    tiers: {basic: drafted, standard: [sold, sent]}
  buying: {success: bought, tiers: {basic: bought}, plans: [business]}
features:
  chains: {rule: chain_saved, high_value: true, premium: true, plans: [business, enterprise]}
  bank: {rule: bank_synced, failure: bank_failed, integration: true}
activation:
  within: 14d
  steps: {taxes: {kind: setup, rule: taxed}, sale: {kind: workflow, rule: sold}}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id",
    "accounts": "account_id,created_at,plan",
    "users": "account_id,user_id,role,team,invited_at,joined_at,deactivated_at,kind",
    "subs": "account_id,start_date,end_date,mrr,plan",
}


class World(Small):
    heads = HEADS

    def events(self, *lines: str) -> World:
        """`a sold 01-05 u1`: account, event, day of 2026 (or a full time), user; an event before them all marks the export's start."""
        rows = [line.split() for line in ("zero seen 01-01T00:00 u0", *lines)]
        return self.write("events", *(f"{a},{event},2026-{at if 'T' in at else f'{at}T12:00'}:00Z,{user}" for a, event, at, user in rows))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def test_trap_04_the_young_are_in_no_base(world: World) -> None:
    world.write("accounts", "old,2026-01-02,team", "young,2026-03-25,team").events("old drafted 01-05 u1")
    for key, row in [("adoption.tier_times", {"workflow": "selling", "level": 1}), ("adoption.tier_cohorts", {"cohort": "all", "workflow": "selling", "level": 1}),
                     ("activation.onboarding", {"milestone": "key workflow"})]:  # fmt: skip
        told = at(world.rows(key, "2026-04-05"), **row)
        assert (told["eligible"], told["immature"]) == (2, 1), key  # `zero` is not listed, and began with its first event


def test_trap_05_who_still_waits_for_the_next_tier_is_in_the_median(world: World) -> None:
    names = [f"a{n}" for n in range(5)]
    quick = [f"{name} {event} 01-10 u1" for name in names[:2] for event in ("sold", "sent")]
    world.write("accounts", *(f"{name},2026-01-02,team" for name in names)).events(*(f"{name} drafted 01-05 u1" for name in names), *quick)
    step = at(world.rows("adoption.tier_times", "2026-06-01"), workflow="selling", level=2)
    assert (step["holders"], step["moved_up"], step["waiting"], step["stalled"], step["median_days"]) == (5, 2, 3, 3, None)


def test_trap_07_an_account_older_than_the_export_is_neither_stalled_nor_first(world: World) -> None:
    world.write("accounts", "old,2020-01-01,team", "new,2026-01-02,team").events("old drafted 01-05 u1", "new drafted 01-05 u2", "old drafted 05-20 u1", "new drafted 05-20 u2")
    assert [row["account"] for row in world.rows("adoption.stalls", "2026-06-01")] == ["new"]
    (path,) = world.rows("adoption.module_paths", "2026-06-01")
    assert (path["accounts"], path["base"]) == (1, 2)
    assert at(world.rows("activation.onboarding", "2026-06-01"), milestone="key workflow")["unknown"] == 1


def test_trap_28_one_person_in_two_accounts_is_a_person_in_each(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team", "b,2026-01-02,team")
    world.write("users", "a,u1,,Sales,2026-01-03", "b,u1,,Finance,2026-01-03", "a,boss,,,2026-01-01", "b,boss2,,,2026-01-01")
    world.events("a sold 01-06 u1", "b sold 01-07 u1", "b sold 01-08 u1")
    rows = world.rows("adoption.breadth_accounts", "2026-01-20")
    assert [(at(rows, account=name)["users"], at(rows, account=name)["successes"], at(rows, account=name)["teams"]) for name in "ab"] == [(1, 1, 1), (1, 2, 1)]


def test_trap_28_work_in_one_account_answers_no_invitation_into_another(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team", "b,2026-01-02,team")
    world.write("users", "a,u1,,,2026-01-03", "b,u1,,,2026-01-03", "a,boss,,,2026-01-01", "b,boss2,,,2026-01-01").events("a sold 01-06 u1")
    rows = world.rows("adoption.invite_accounts", "2026-03-01")
    assert {name: (at(rows, account=name)["active"], at(rows, account=name)["eligible"]) for name in "ab"} == {"a": (1, 1), "b": (0, 1)}


def test_trap_28_a_person_who_is_not_listed_is_a_person_of_no_team(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", "a,u1,,Sales").events("a sold 01-06 u1", "a sold 01-06 stranger")
    row = at(world.rows("adoption.breadth_accounts", "2026-01-20"), account="a")
    assert (row["users"], row["teams"], row["teamless"]) == (2, 1, 1)


@pytest.mark.parametrize(("day", "told"), [("02-28", (1, 0, 1, 1, 0)), ("02-01", (1, 0, 1, 1, 0)), ("01-31", (0, 1, 0, 0, 1)), ("01-04", (0, 1, 0, 0, 1)), ("01-03", (0, 0, 0, 0, 0))])
def test_people_and_teams_are_those_of_28_days_and_of_the_28_before(world: World, day: str, told: tuple[int, ...]) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", "a,u1,clerk,Sales").events(f"a sold {day} u1")
    row = at(world.rows("adoption.breadth_accounts", "2026-03-01"), account="a")
    assert tuple(row[name] for name in ("users", "users_before", "workflows", "teams", "teams_before")) == told


def test_trap_28_people_of_no_team_are_an_unknown_number_of_teams(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team", "idle,2026-01-02,team").write("users", "a,u1,,", "idle,u2,,Sales").events("a sold 02-20 u1")
    rows = world.rows("adoption.breadth_accounts", "2026-03-01")
    told = {name: (at(rows, account=name)["teams"], at(rows, account=name)["teams_before"], at(rows, account=name)["roles"]) for name in ("a", "idle")}
    assert told == {"a": (None, 0, None), "idle": (0, 0, 0)}


def test_trap_29_the_lately_invited_are_in_no_base(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", "a,boss,,,2026-01-01", "a,u1,,,2026-01-10", "a,u2,,,2026-01-10", "a,late,,,2026-02-20")
    world.events("a sold 01-12 u1", "a sold 02-25 u1", "a sold 02-21 late")
    row = at(world.rows("adoption.invites", "2026-03-01", active_within=30), period="all")
    assert (row["invited"], row["eligible"], row["immature"], row["active"], row["rate"]) == (3, 2, 1, 1, 0.5)


def test_trap_29_who_is_deactivated_leaves_the_people_and_stays_in_the_base(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team")
    world.write("users", "a,boss,,,2026-01-01", "a,gone,,,2026-01-10,,2026-01-20", "a,later,,,2026-01-10,,2026-04-20")
    row = at(world.events().rows("adoption.invite_accounts", "2026-03-01"), account="a")
    assert (row["people"], row["eligible"], row["active"], row["gone"], row["idle"]) == (2, 2, 0, 1, 1)


def test_trap_29_work_before_the_invitation_answers_it_not(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", "a,boss,,,2026-01-01", "a,u1,,,2026-01-20T13:00:00Z", "a,u2,,,2026-01-20T13:00:00Z")
    world.events("a sold 01-20T12:00 u1", "a sold 01-20T12:00 u2", "a sold 01-20T13:00 u2")
    row = at(world.rows("adoption.invites", "2026-03-01"), period="all")
    assert (row["eligible"], row["active"]) == (2, 1)  # at the very moment of the invitation is not before it


@pytest.mark.parametrize(("when", "invited"), [("2026-01-01", 1), ("2026-01-02", 1), ("2026-01-03", 2)])
def test_trap_29_the_founder_was_not_invited(world: World, when: str, invited: int) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", f"a,boss,,,{when}", "a,u1,,,2026-01-10").events()
    assert at(world.rows("adoption.invites", "2026-03-01"), period="all")["invited"] == invited


def test_trap_29_invitations_of_the_future_and_of_bots_are_none(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team")
    world.write("users", "a,boss,,,2026-01-01", "a,u1,,,2026-01-10", "a,future,,,2026-04-01", "a,robot,,,2026-01-10,,,bot")
    world.events("a sold 01-12 robot")
    row = at(world.rows("adoption.invites", "2026-03-01"), period="all")
    assert (row["invited"], row["active"]) == (1, 0)


def test_trap_29_invited_before_the_export_is_unknown(world: World) -> None:
    world.write("accounts", "a,2020-01-02,team").write("users", "a,boss,,,2020-01-02", "a,u1,,,2025-12-20", "a,u2,,,2026-01-01").events("a sold 01-12 u1")
    row = at(world.rows("adoption.invites", "2026-03-01"), period="all")
    assert (row["invited"], row["unknown"], row["eligible"], row["active"]) == (2, 1, 1, 0)


def test_trap_37_a_bot_is_volume_and_no_person(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("users", "a,robot,,Machines,,,,bot").events("a sold 01-12 robot")
    row = at(world.rows("adoption.breadth_accounts", "2026-01-20"), account="a")
    assert (row["users"], row["teams"], row["successes"], row["per_user"], row["workflows"]) == (0, 0, 0, None, 1)


def test_who_is_entitled_follows_the_subscription_at_t_else_the_accounts_table(world: World) -> None:
    world.write("accounts", "up,2026-01-02,team", "down,2026-01-02,business", "trial,2026-01-02,enterprise", "dim,2026-01-02,")
    world.write("subs", "up,2026-01-02,2026-02-01,10,team", "up,2026-02-01,,20,business", "down,2026-01-02,,20,team").events("down chain_saved 05-20 u1")
    row = at(world.rows("adoption.features", "2026-06-01"), feature="chains")
    assert (row["eligible"], row["not_entitled"], row["unknown_plan"], row["used"], row["outside"]) == (2, 1, 2, 0, 1)  # `zero` has no plan either
    everybody = at(world.rows("adoption.features", "2026-06-01"), feature="bank")
    assert (everybody["eligible"], everybody["not_entitled"], everybody["unknown_plan"]) == (5, 0, 0)
    module = at(world.rows("adoption.modules", "2026-06-01"), workflow="buying")
    assert (module["eligible"], module["not_entitled"], module["unknown_plan"]) == (1, 2, 2)


def test_a_plan_that_ends_at_t_counts_until_t(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("subs", "a,2026-01-02,2026-06-01,10,business").events()
    told = [at(world.rows("adoption.features", day), feature="chains") for day in ("2026-06-01", "2026-06-02")]
    assert [(row["eligible"], row["not_entitled"]) for row in told] == [(1, 0), (0, 1)]
    listed = [[row["account"] for row in world.rows("adoption.feature_accounts", day)] for day in ("2026-06-01", "2026-06-02")]
    assert listed == [["a", "zero"], ["zero"]]


def test_a_plan_that_begins_at_t_counts_from_then_on(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").write("subs", "a,2026-06-01,,10,business").events()
    told = [at(world.rows("adoption.features", day), feature="chains") for day in ("2026-06-01", "2026-06-02")]
    assert [(row["eligible"], row["not_entitled"]) for row in told] == [(0, 1), (1, 0)]


def test_failures_before_an_integration_works_are_counted_and_those_after_it_not(world: World) -> None:
    world.write("accounts", *(f"{name},2026-01-02,team" for name in "abcd"))
    world.events("d bank_failed 01-03 u4", "d bank_synced 01-03 u4", "a bank_failed 01-03 u1", "a bank_failed 01-03T13:00 u1", "a bank_synced 01-04 u1", "a bank_failed 01-05 u1",
                 "b bank_failed 01-03T11:00 u2", "b bank_synced 01-03T12:00 u2", "b bank_failed 01-03T13:00 u2", "c bank_synced 01-03 u3")  # fmt: skip
    row = at(world.rows("activation.onboarding", "2026-03-01", min_base=1), milestone="integration")
    assert (row["done"], row["failures"]) == (4, 3)


def test_setup_is_completed_by_its_own_steps_alone(world: World) -> None:
    world.write("accounts", *(f"{name},2026-01-02,team" for name in "abc")).events("a taxed 01-05 u1", "b sold 01-05 u2")
    row = at(world.rows("activation.onboarding", "2026-03-01"), milestone="setup completed")
    assert (row["done"], row["eligible"]) == (1, 4)


def test_twice_on_one_day_is_not_coming_back(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team", "b,2026-01-02,team").events("a sold 01-03T08:00 u1", "a sold 01-03T20:00 u1", "b sold 01-03T23:00 u2", "b sold 01-04T01:00 u2")
    row = at(world.rows("activation.onboarding", "2026-03-01"), milestone="repeated")
    assert (row["done"], row["eligible"]) == (1, 3)


def test_a_stall_tells_the_missing_step_and_what_went_before(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team")
    world.events("a drafted 01-05 u1", "a sold 01-06 u1", "a drafted 05-20 u1", "a sell_clicked 05-20 u1", "a sell_clicked 05-19 u1", "a sell_failed 05-20 u1", "a sell_failed 03-01 u1")
    row = at(world.rows("adoption.stalls", "2026-06-01"), account="a", workflow="selling")
    assert (row["state"], row["tier"], row["next"], row["missing"], row["days"]) == ("stalled", "basic", "standard", "sent", 147)
    assert (row["last_step"], row["last_day"], row["failures"], row["attempts"]) == ("sell_failed", date(2026, 5, 20), 1, 2)


def test_a_workflow_that_declares_no_attempt_and_no_failure_has_unknown_ones(world: World) -> None:
    (row,) = world.write("accounts", "a,2026-01-02,team").events("a bought 01-05 u1").rows("adoption.stalls", "2026-06-01")
    assert (row["workflow"], row["state"], row["attempts"], row["failures"], row["standing"]) == ("buying", "fallen", None, None, "no subscription")


def test_a_fall_has_the_date_on_which_the_tier_was_no_longer_held(world: World) -> None:
    world.write("accounts", "a,2026-01-02,team").events(*(f"a {event} 01-05 u1" for event in ("drafted", "sold", "sent")), "a drafted 05-20 u1")
    told = {day: [(row["state"], row["since"]) for row in world.rows("adoption.stalls", day)] for day in ("2026-04-05", "2026-04-06", "2026-06-01")}
    assert told == {"2026-04-05": [], "2026-04-06": [("fallen", date(2026, 4, 6))], "2026-06-01": [("fallen", date(2026, 4, 6))]}
