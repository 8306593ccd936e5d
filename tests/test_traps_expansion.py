"""Ways in which published tools give a wrong number about limits and growth, each by its number: small worlds through the real tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small import Rows, Small, at

from saasmetrics.definitions.read import parse

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv}
  users: {files: users.csv, columns: {deactivated: deactivated_at}}
  subscriptions: {files: subs.csv}
  limits: {files: limits.csv, columns: {kind: kind, per: per}}
rules:
  big_sale: {event: sold, where: {amount: {gt: 100}}}
workflows:
  selling: {core: true, success: sold}
features:
  chains: {rule: chain_saved, premium: true, plans: [business], paywall: wall_hit}
"""
HEADS = {
    "events": "account_id,event,timestamp,user_id,amount",
    "accounts": "account_id,created_at",
    "users": "account_id,user_id,role,invited_at,joined_at,deactivated_at",
    "subs": "account_id,start_date,end_date,mrr,plan,seats",
    "limits": "plan,meter,limit,kind,per",
}


class World(Small):
    heads, chapter = HEADS, "expansion"

    def events(self, *lines: str) -> World:
        """`a sold 05-05 3 u1 200`: account, event, day of 2026, how often, user, amount; one before them all marks the export's start."""
        rows = [[*line.split(), *["1", "u1", ""][len(line.split()) - 3 :]] for line in ("zero seen 01-01", *lines)]
        told = [(a, event, f"2026-{day}T{8 + n // 60:02d}:{n % 60:02d}:00Z", user, amount) for a, event, day, times, user, amount in rows for n in range(int(times))]
        return self.write("events", *(",".join(row) for row in told))

    def rows(self, room: str, as_of: str = "2026-06-16", by: tuple[str, ...] = (), **settings: Any) -> Rows:
        return super().rows(room, as_of, by, **settings)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, DEFINITION)
    made.write("accounts", "a,2026-01-01", "b,2026-01-01").write("subs", "a,2026-01-01,,100,team", "b,2026-01-01,,200,business")
    return made.write("limits", "team,selling,100", "business,selling,unlimited", "team,seats,3", "business,seats,")


def test_trap_45_unknown_is_not_unlimited(world: World) -> None:
    rows = world.events("a sold 06-05 10", "b sold 06-05 10").rows("limits")
    assert (at(rows, account="b", meter="selling")["state"], at(rows, account="b", meter="seats")["state"]) == ("unlimited", "unknown")
    assert at(rows, account="zero", meter="selling")["state"] == "unknown"  # has no plan


def test_trap_45_a_flow_begins_again_with_its_period(world: World) -> None:
    row = at(world.events("a sold 05-20 100", "a sold 06-05 10").rows("limits"), account="a", meter="selling")
    assert (row["used"], row["last_used"], row["hit_last"], row["state"]) == (10, 100, True, "far")
    row = at(world.rows("limits", "2026-06-01"), account="a", meter="selling")
    assert (row["used"], row["last_used"]) == (100, 0)  # May is not over: late events may still come


@pytest.mark.parametrize(("second", "worked", "used", "pace"), [
    ("2026-01-01,,", "06-05", 2, 1 / 28),  # never joined by the list, and worked for the first time in these days
    ("2026-01-01,,", "05-05", 2, 0),
    ("2026-01-01,2026-06-10,", "05-05", 2, 0),  # worked before the list says
    ("2026-01-01,2026-01-01,2026-06-01", "05-05", 1, -1 / 28),
])  # fmt: skip
def test_people_more_a_day_are_those_more_in_use(world: World, second: str, worked: str, used: int, pace: float) -> None:
    made = world.write("users", "a,u1,,2026-01-01,2026-01-01,", f"a,u2,,{second}").events(f"a sold {worked} 1 u2")
    row = at(made.rows("limits"), account="a", meter="seats")
    assert (row["used"], row["pace"]) == (used, pace)


@pytest.mark.parametrize(("invited", "pace"), [("2026-06-01", 1 / 28), ("2026-05-01", 0), ("", None)])
def test_a_list_that_says_of_nobody_when_they_joined(world: World, invited: str, pace: float | None) -> None:
    """All who were invited are there; since when, nobody knows where it does not say that either."""
    row = at(world.write("users", f"a,u1,,{invited},,").events().rows("limits"), account="a", meter="seats")
    assert (row["used"], row["pace"], row["hits_on"] is None) == (1, pace, not pace)


@pytest.mark.parametrize(("limit", "hits", "state"), [
    (28, None, "at limit"), (29, date(2026, 6, 16), "bound for it"), (43, date(2026, 6, 30), "bound for it"), (44, None, "far"), (30, date(2026, 6, 17), "bound for it"),
])  # fmt: skip
def test_the_day_on_which_a_limit_is_hit(world: World, limit: int, hits: date | None, state: str) -> None:
    """28 in 28 days are one a day; the period ends with June."""
    row = at(world.write("limits", f"team,selling,{limit}").events("a sold 06-05 28").rows("limits"), account="a", meter="selling")
    assert (row["used"], row["pace"], row["hits_on"], row["state"]) == (28, 1, hits, state)


def test_trap_45_nothing_is_projected_for_the_young(world: World) -> None:
    world.write("accounts", "a,2026-05-20").events("a sold 06-14 90")
    row = at(world.rows("limits"), account="a", meter="selling")
    assert (row["state"], row["pace"], row["hits_on"]) == ("close", None, None)


def test_plans_add_up_and_one_that_is_unknown_makes_the_sum_unknown(world: World) -> None:
    world.write("limits", "team,big_sale,5", "pro,big_sale,7", "team,seats,3").events("a sold 06-05 1 u1 50", "a sold 06-06 12 u1 500")
    world.write("subs", "a,2026-01-01,,100,team", "a,2026-01-01,,100,pro")
    row = at(world.rows("limits"), account="a", meter="big_sale")
    assert (row["used"], row["limit"], row["state"], row["plan"]) == (12, 12, "at limit", "pro + team")
    assert at(world.rows("limits"), account="a", meter="seats")["limit"] is None


def test_seats_are_used_by_those_who_joined_and_stayed(world: World) -> None:
    day = "T12:00:00Z"
    world.write("users", f"a,u1,,2026-01-02{day},2026-01-02{day}", f"a,u2,,2026-06-01{day},2026-06-02{day}", f"a,u3,,2026-06-01{day}", f"a,u4,,2026-01-01{day},2026-01-02{day},2026-02-01{day}")
    row = at(world.events("a sold 06-05 1 u1").rows("limits"), account="a", meter="seats")
    assert (row["used"], row["pace"], row["hits_on"], row["state"]) == (2, pytest.approx(1 / 28), date(2026, 7, 13), "bound for it")


def test_limits_of_another_period_are_those_of_that_period(world: World) -> None:
    world.write("limits", "team,selling,10,,week", "business,selling,10,,day").events("a sold 06-10 9", "a sold 06-15 4", "b sold 06-14 9", "b sold 06-15 4")
    rows = world.rows("limits")
    assert [(at(rows, account=name)["used"], at(rows, account=name)["last_used"]) for name in "ab"] == [(4, 9), (4, 9)]


def test_a_wall_is_hit_by_those_whose_plan_lacks_it(world: World) -> None:
    rows = world.events("a wall_hit 06-01 2", "a chain_saved 06-02", "a wall_hit 05-10", "b chain_saved 06-02 9").rows("premium")
    assert [(row["account"], row["state"], row["pull"], row["hits"], row["uses"], row["before"]) for row in rows if row["plan"]] == [("a", "above", 3, 2, 1, 1)]
    assert at(rows, account="zero")["state"] == "unknown"


def test_trap_01_a_week_that_is_not_over_is_no_fall(world: World) -> None:
    weeks = ["03-30", "04-06", "04-13", "04-20", "04-27", "05-04", "05-11", "05-18", "05-25", "06-01", "06-08"]
    world.events(*(f"a sold {day} {3 * n + 3}" for n, day in enumerate(weeks)))
    row = at(world.rows("volume", "2026-06-16"), account="a", workflow="selling")  # Monday 06-15 has begun
    assert (row["state"], row["weeks"], row["busy"], row["lately"]) == ("rising", 12, 11, 24 + 27 + 30 + 33)
    assert row["growth"] > row["low"] > 0


def test_trap_35_one_import_is_no_growth_and_little_work_is_insufficient(world: World) -> None:
    steady = [f"a sold {day} 5" for day in ("04-06", "04-13", "04-20", "04-27", "05-04", "05-11", "05-18", "05-25", "06-01")]
    rows = world.events(*steady, "a sold 06-08 300", "b sold 06-08 300").rows("volume", volume_weeks=10)
    assert at(rows, account="a", workflow="selling")["state"] == "steady"
    assert at(rows, account="b", workflow="selling")["state"] == "insufficient"


def test_trap_04_invitations_of_yesterday_have_not_been_declined(world: World) -> None:
    day = "T12:00:00Z"
    world.write("users", f"a,u1,,2026-05-01{day},2026-05-02{day}", f"a,u2,,2026-05-02{day}", f"a,u3,,2026-06-14{day}").events("a sold 06-05 1 u1")
    row = at(world.rows("seats"), account="a")
    assert (row["sent"], row["accepted"], row["rate"], row["immature"]) == (2, 1, 0.5, 1)


def test_trap_30_seats_then_are_those_of_the_subscriptions_then(world: World) -> None:
    world.write("subs", "a,2026-01-01,2026-05-01,100,team,5", "a,2026-05-01,,160,team,8", "b,2026-05-01,,160,team,8").events("a sold 06-05")
    rows = world.rows("seats")
    assert [(at(rows, account=name)["paid"], at(rows, account=name)["paid_before"], at(rows, account=name)["added"]) for name in "ab"] == [(8, 5, 3), (8, None, None)]


def test_trap_07_weeks_before_the_export_are_not_weeks_without_work(world: World) -> None:
    """About twenty pieces of work a week, as far as the export goes: no growth beyond doubt."""
    weeks = zip(("04-20", "04-27", "05-04", "05-11", "05-18", "05-25", "06-01", "06-08"), (20, 22, 19, 23, 21, 24, 20, 23), strict=True)
    lines = [f"a sold {day} {n}" for day, n in weeks]
    world.events(*lines).write("events", *(world.home / "events.csv").read_text("utf-8").splitlines()[2:])  # without the event that marks the start
    world.write("accounts", "a,2020-01-01")
    row = at(world.rows("volume"), account="a", workflow="selling")
    assert (row["weeks"], row["state"]) == (8, "steady")
    assert "volume_growing" not in str(at(world.rows("accounts"), account="a")["contributions"])


@pytest.mark.parametrize(("basis", "weighs"), [("[seats, volume, modules, tier]", {"seats_filled": 20, "volume_growing": 20}), ("volume", {"volume_growing": 100}),
                                               ("seats", {"seats_filled": 40, "volume_growing": 0}), ("[tier, seats]", {"seats_filled": 31, "premium_pull": 8})])  # fmt: skip
def test_only_signs_of_what_the_price_follows_weigh(basis: str, weighs: dict[str, int]) -> None:
    text = f"{DEFINITION}expansion: {{pricing_basis: {basis}}}\n"
    signals = parse(text.encode(), "saasmetrics.yml").definition.expansion.weighed.signals.named()
    assert sum(signal.points for signal in signals.values()) == 100
    assert {name: signals[name].points for name in weighs} == weighs


def test_readiness_by_the_pricing_basis(world: World) -> None:
    weeks = ["03-30", "04-06", "04-13", "04-20", "04-27", "05-04", "05-11", "05-18", "05-25", "06-01", "06-08"]
    world.events(*(f"a sold {day} {3 * n + 3}" for n, day in enumerate(weeks)))
    before = at(world.rows("accounts"), account="a")
    row = at(world.define(f"{DEFINITION}expansion: {{pricing_basis: volume}}\n").rows("accounts"), account="a")
    assert "volume_growing" in str(before["contributions"]) and before["readiness"] < 100
    assert (row["readiness"], row["contributions"], row["reason"], row["coverage"]) == (100, ["100 volume_growing"], "volume", 1)


def test_what_is_called_the_deepest_tier_is_one_and_numbers_of_one_are_singular(world: World) -> None:
    tiers = "{core: true, success: sold, tiers: {basic: drafted, advanced: sold}}\n  buying: {core: true, success: bought, tiers: {basic: asked, advanced: bought}}"
    few = "expansion: {signals: {inviting: {invites: 1}, teams_spreading: {teams: 1}}}\n"
    world.define(DEFINITION.replace("{core: true, success: sold}", tiers) + few).write("accounts", "a,2026-01-01").write("users", "a,u1,,2026-05-20")
    world.events("a drafted 01-02", "a sold 01-03", "a asked 01-04", "z bought 01-04")
    told = str(at(world.rows("accounts", "2026-06-01"), account="a")["evidence"])
    assert "a tier reached in 2 workflows: buying basic, selling advanced; reached the deepest tier: selling advanced" in told
    assert "1 invitation in the last 28 days, 0 in the 28 days before" in told
