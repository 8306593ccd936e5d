"""Ways in which published tools give a wrong number, each by its number: small worlds through the real tables."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from small import Small, at

from saasmetrics import catalog
from saasmetrics.messages import Refused

DEFINITION = """\
version: 1
timezone: {zone}
week_starts: {week}
sources:
  events: {{files: 'events*.csv'}}
{sources}{internal}workflows:
  work: {{success: posted}}
activation:
  within: 14d
  order: {order}
  steps: {steps}
"""
STEPS = "{first: {kind: workflow, rule: posted}}"
ACCOUNTS = "accounts: {files: accounts.csv, segments: [plan]%s}"


class World(Small):
    """Events as (account, event, time[, user[, id]]) and the tables that they give."""

    def __init__(self, home: Path, definition: str) -> None:
        super().__init__(home, definition)
        self.shape = {"zone": "UTC", "week": "monday", "sources": "", "internal": "", "order": "any", "steps": STEPS}

    def events(self, *rows: tuple[str, ...], name: str = "events.csv") -> World:
        full = [",".join((*row, *["u1", ""][len(row) - 3 :])) for row in rows]
        return self.file(name, "account_id,event,timestamp,user_id,event_id", *full)

    def accounts(self, *rows: str, more: str = "") -> World:
        return self.file("accounts.csv", "account_id,created_at,plan", *rows).shaped(sources=ACCOUNTS % more)

    def shaped(self, **shape: str) -> World:
        known = self.shape["sources"]
        sources = (known + f"  {shape.pop('sources')}\n") if "sources" in shape else known
        self.shape |= {**shape, "sources": sources}
        return self

    def counts(self) -> dict[str, int]:
        return next(entry.filtered for entry in self.ledger.entries if entry.source == "events")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def posted(account: str, *days: str) -> list[tuple[str, ...]]:
    return [(account, "posted", f"2026-{day}T12:00:00Z") for day in days]


def test_trap_01_the_running_period_is_provisional_and_calls_nobody_dormant(world: World) -> None:
    rows = world.events(*posted("a", "01-05", "01-12"), *posted("b", "01-06", "01-13", "01-19")).rows("engagement.active_accounts", "2026-01-21")
    running = at(rows, period=date(2026, 1, 19))
    assert (running["status"], running["active"], running["dormant"]) == ("provisional", 1, None)
    assert at(rows, period=date(2026, 1, 12))["status"] == "final"


def test_trap_02_a_cell_that_cannot_be_known_is_empty_and_not_0(world: World) -> None:
    rows = world.events(*posted("a", "01-05", "02-03"), *posted("b", "02-05")).rows("retention.cohorts", "2026-02-20")
    cell = at(rows, cohort="2026-02-01", period=1)
    assert (cell["status"], cell["rate"], cell["low"], cell["eligible"]) == ("censored", None, None, 0)


def test_trap_03_a_cell_is_final_only_when_its_period_is_over_for_the_last_member(world: World) -> None:
    world.events(*posted("a", "01-01", "02-01"), *posted("b", "01-31"))
    assert at(world.rows("retention.cohorts", "2026-02-28"), cohort="2026-01-01", period=1)["status"] == "provisional"
    assert at(world.rows("retention.cohorts", "2026-03-02", min_cohort=2), cohort="2026-01-01", period=1)["status"] == "final"
    rolling = at(world.rows("retention.cohorts", "2026-03-20", mode="rolling"), cohort="2026-01-01", period=1)
    assert (rolling["eligible"], rolling["status"]) == (1, "provisional")  # b's second 30 days run until April


def test_trap_04_young_accounts_are_not_failures(world: World) -> None:
    world.events(*posted("old", "01-05")).accounts("old,2026-01-01,pro", "young,2026-01-28,pro", "late,2026-01-02,pro")
    row = at(world.rows("activation.rate", "2026-02-01", windows=[14]), window_days=14)
    assert (row["activated"], row["eligible"], row["immature"], row["rate"]) == (1, 2, 1, 0.5)


def test_trap_05_those_still_waiting_belong_in_the_median(world: World) -> None:
    world.events(*posted("a", "01-02"), *posted("b", "01-03"))
    world.accounts("a,2026-01-01T12:00:00Z,x", "b,2026-01-01T12:00:00Z,x", *(f"w{n},2026-01-01T12:00:00Z,x" for n in range(3)))
    (row,) = world.rows("activation.time_to_value", "2026-02-01")
    assert (row["median_days"], row["quarter_days"], row["share_reached"]) == (None, 2, 0.4)


def test_trap_06_who_entered_when_and_watched_until_when_are_two_things(world: World) -> None:
    world.events(*posted("jan", "02-10"), *posted("feb", "02-05")).accounts("jan,2026-01-30,x", "feb,2026-02-04,x")
    row = at(world.rows("activation.rate", "2026-02-15", windows=[14]), window_days=14)
    assert (row["activated"], row["eligible"], row["immature"]) == (1, 1, 1)
    assert at(world.rows("retention.cohorts", "2026-03-10"), cohort="2026-01-01", period=1)["retained"] == 1


def test_trap_07_what_came_before_the_export_is_unknown_and_not_new(world: World) -> None:
    world.events(*posted("old", "01-06", "01-20"), *posted("new", "01-06")).accounts("old,2020-01-01,x", "new,2026-01-05,x")
    row = at(world.rows("activation.rate", "2026-02-15", windows=[14]), window_days=14)
    assert (row["eligible"], row["unknown"]) == (1, 1)
    week = at(world.rows("engagement.active_accounts", "2026-02-15"), period=date(2026, 1, 5))
    assert (week["new"], week["unclear"]) == (1, 1)
    assert at(world.rows("activation.accounts", "2026-02-15"), account="old")["quick"] is False


def test_trap_08_an_account_begins_with_its_first_event_at_the_latest(world: World) -> None:
    world.events(*posted("moved", "01-06")).accounts("moved,2026-01-20,x", "odd,2026-01-10,x")
    table = world.table("activation.accounts", "2026-02-15")
    assert at(table.frame.to_dicts(), account="moved")["created_at"].date() == date(2026, 1, 6)
    assert any("1 account with events before the listed creation" in note for note in table.meta["notes"])


@pytest.mark.parametrize("created", ["1970-01-01", "1899-12-30", "2999-01-01"])
def test_trap_08_a_creation_that_cannot_be_is_refused(world: World, created: str) -> None:
    with pytest.raises(Refused, match="accounts.csv:2: SM311"):
        world.events(*posted("a", "01-06")).accounts(f"a,{created},x").rows("activation.accounts", "2026-02-15")


def test_trap_08_an_account_created_after_t_does_not_exist_yet(world: World) -> None:
    world.events(*posted("a", "01-06"), *posted("b", "03-01")).accounts("a,2026-01-01,x", "b,2026-02-20,x")
    assert [row["account"] for row in world.rows("activation.accounts", "2026-02-15")] == ["a"]
    assert world.counts() == {"after as_of": 1}


def test_trap_09_silent_accounts_are_in_the_base(world: World) -> None:
    world.events(*posted("a", "01-06")).accounts("a,2026-01-01,x", "silent,2026-01-01,x")
    assert at(world.rows("engagement.active_accounts", "2026-01-20"), period=date(2026, 1, 5))["existing"] == 2
    assert at(world.rows("activation.rate", "2026-02-15", windows=[7]), window_days=7)["eligible"] == 2


@pytest.mark.parametrize(("policy", "accounts", "left_out"), [("keep", ["a", "stranger"], {}), ("drop", ["a"], {"not in the accounts table": 2})])
def test_trap_09_accounts_that_are_not_listed_are_counted(world: World, policy: str, accounts: list[str], left_out: dict[str, int]) -> None:
    world.events(*posted("a", "01-06"), *posted("stranger", "01-07", "01-08")).accounts("a,2026-01-01,x", more=f", orphans: {policy}")
    table = world.table("activation.accounts", "2026-02-15")
    assert sorted(table.frame["account"]) == accounts
    assert world.counts() == left_out
    assert any("accounts table" in note for note in table.meta["notes"])


def test_trap_09_accounts_that_are_not_listed_may_be_refused(world: World) -> None:
    world.events(*posted("stranger", "01-07")).accounts("a,2026-01-01,x", more=", orphans: refuse")
    with pytest.raises(Refused, match="SM314 account 'stranger' has events but no row"):
        world.rows("activation.accounts", "2026-02-15")


@pytest.mark.parametrize(
    ("zone", "month"), [("UTC", "2026-01-01"), ("Europe/Berlin", "2026-02-01"), ("Pacific/Kiritimati", "2026-02-01"), ("Etc/GMT+12", "2026-01-01")]
)
def test_trap_10_a_day_is_a_day_in_the_declared_zone(world: World, zone: str, month: str) -> None:
    rows = world.events(("a", "posted", "2026-01-31T23:30:00Z")).shaped(zone=zone).rows("retention.cohorts", "2026-03-10")
    assert at(rows, cohort=month, period=0)["retained"] == 1


@pytest.mark.parametrize(("stamp", "week"), [("2026-03-29T00:30:00Z", 23), ("2026-03-29T21:59:59Z", 23), ("2026-03-29T22:00:00Z", 30), ("2026-03-22T23:00:00Z", 23)])
def test_trap_10_a_week_with_a_clock_change_begins_at_midnight_too(world: World, stamp: str, week: int) -> None:
    world.events(("a", "posted", "2026-03-02T12:00:00Z"), ("a", "posted", stamp)).shaped(zone="Europe/Berlin")
    active = [row["period"].day for row in world.rows("engagement.active_accounts", "2026-04-20") if row["active"]]
    assert active == [2, week]


@pytest.mark.parametrize(("week", "label"), [("monday", "2025-12-29"), ("sunday", "2025-12-28"), ("saturday", "2025-12-27")])
def test_trap_11_a_week_is_named_by_its_first_day(world: World, week: str, label: str) -> None:
    world.events(("a", "posted", "2026-01-01T12:00:00Z"), ("a", "posted", "2026-01-08T12:00:00Z")).shaped(week=week)
    assert world.rows("engagement.active_accounts", "2026-01-20")[0]["period"].isoformat() == label


def test_trap_12_thirty_days_are_no_month(world: World) -> None:
    world.events(*posted("a", "01-31", "03-01")).accounts("a,2026-01-31,x")
    calendar = world.rows("retention.cohorts", "2026-06-10", mode="calendar")
    rolling = world.rows("retention.cohorts", "2026-06-10", mode="rolling")
    assert [at(calendar, cohort="2026-01-01", period=k)["retained"] for k in (0, 1, 2)] == [1, 0, 1]
    assert [at(rolling, cohort="2026-01-01", period=k)["retained"] for k in (0, 1, 2)] == [1, 0, 0]


def test_trap_43_a_cohort_of_a_few_accounts_says_little(world: World) -> None:
    world.events(*(line for name in "abcde" for line in posted(name, "01-05")), *posted("f", "02-05"))
    rows = world.rows("retention.cohorts", "2026-05-10")
    assert [at(rows, cohort=cohort, period=0)["status"] for cohort in ("2026-01-01", "2026-02-01", "all")] == ["final", "insufficient", "final"]
    assert at(rows, cohort="all", period=0)["eligible"] == 6  # pooled all the same


def test_trap_13_on_and_on_or_after_have_the_same_base(world: World) -> None:
    world.events(*posted("a", "01-05", "03-05"), *posted("b", "01-06", "02-06"), *posted("c", "02-06"))
    on, after = (world.rows("retention.cohorts", "2026-05-10", kind=kind, min_cohort=2) for kind in ("on", "unbounded"))
    assert [(r["cohort"], r["period"], r["eligible"]) for r in on if r["cohort"] != "all"] == [
        (r["cohort"], r["period"], r["eligible"]) for r in after if r["cohort"] != "all"
    ]
    assert all((at(after, cohort=r["cohort"], period=r["period"])["retained"] or 0) >= (r["retained"] or 0) for r in on if r["cohort"] != "all")
    assert at(on, cohort="2026-01-01", period=3)["status"] == "final"
    assert at(after, cohort="2026-01-01", period=3)["status"] == "provisional"  # somebody may still come back


def test_trap_14_cohorts_are_pooled_and_not_averaged(world: World) -> None:
    few = [event for n in range(10) for event in posted(f"f{n}", "01-05", *(["02-05"] if n < 2 else []))]
    many = [event for n in range(100) for event in posted(f"m{n}", "02-05")]
    rows = world.events(*few, *many).rows("retention.cohorts", "2026-04-10")
    pooled = at(rows, cohort="all", period=1)
    assert (pooled["retained"], pooled["eligible"], round(pooled["rate"], 3)) == (2, 110, 0.018)


def test_trap_24_retries_count_once_and_conflicts_are_told(world: World) -> None:
    first, other = ("a", "posted", "2026-01-05T12:00:00Z", "u1", "e1"), ("b", "posted", "2026-01-06T12:00:00Z", "u2", "e1")
    once = world.events(first, other).rows("engagement.active_accounts", "2026-01-20")
    world.events(first, first, other, first)
    assert world.rows("engagement.active_accounts", "2026-01-20") == once
    assert world.counts() == {"duplicate": 2}
    assert any("its event id is used for another event too" in problem.message for problem in world.ledger.warnings)


def test_trap_24_retries_in_another_file_count_once_too(world: World) -> None:
    rows = [("a", "posted", f"2026-01-{day:02d}T12:00:00Z", "u1", f"e{day}") for day in range(5, 15)]
    once = world.events(*rows).rows("churn_risk.accounts", "2026-01-20")
    world.events(*rows[4:], name="events2.csv")
    assert world.rows("churn_risk.accounts", "2026-01-20") == once
    assert [entry.filtered for entry in world.ledger.entries] == [{}, {"duplicate": 6}]


def test_trap_26_our_own_people_are_in_no_number_and_no_base(world: World) -> None:
    world.events(*posted("a", "01-05"), ("a", "posted", "2026-01-13T12:00:00Z", "staff"), *posted("ours", "01-06"))
    world.accounts("a,2026-01-01,pro", "ours,2026-01-01,internal").shaped(sources="users: {files: users.csv}")
    world.file("users.csv", "account_id,user_id,email", "a,u1,x@customer.example", "a,staff,me@ours.example")
    world.shaped(internal="internal: {accounts: {plan: internal}, users: {email: {like: '*@ours.example'}}}\n")
    table = world.table("engagement.active_accounts", "2026-01-20")
    assert [(row["active"], row["existing"]) for row in table.frame.to_dicts()] == [(1, 1), (0, 1), (0, 1)]
    assert world.counts() == {"internal user": 1, "internal account": 1}
    assert any("1 internal account and 1 internal user left out" in note for note in table.meta["notes"])


def test_trap_28_the_account_of_the_event_counts_and_none_is_none(world: World) -> None:
    world.events(*posted("a", "01-05"), *posted("b", "01-06"), ("", "posted", "2026-01-07T12:00:00Z", "u1"))
    assert at(world.rows("engagement.active_accounts", "2026-01-20"), period=date(2026, 1, 5))["active"] == 2
    assert world.counts() == {"without account": 1}
    assert any("1 row without account_id left out" in problem.message for problem in world.ledger.warnings)


def test_trap_28_one_person_in_two_accounts_is_a_person_in_each(world: World) -> None:
    world.events(*posted("a", "01-05"), *posted("b", "01-06"))
    assert [row["active_users"] for row in world.rows("churn_risk.accounts", "2026-01-20")] == [1, 1]


def test_trap_30_a_segment_says_as_of_when_it_holds(world: World) -> None:
    world.events(*posted("a", "01-05")).accounts("a,2026-01-01,pro")
    (segment, *_) = world.table("activation.rate", "2026-02-15", by=("plan",)).columns
    assert segment.name == "plan"
    assert "at the creation of the account" in segment.meaning


def test_trap_30_an_account_of_two_plans_is_refused_and_not_guessed(world: World) -> None:
    world.events(*posted("a", "01-05")).accounts("a,2026-01-01,trial", "a,2026-01-01,pro")
    with pytest.raises(Refused, match="SM316 accounts 'a' stands in lines 2 and 3 with different content"):
        world.rows("activation.rate", "2026-02-15", by=("plan",))


HISTORY = ("account_id,created_at,plan,valid_from", "a,2026-01-01,pro,2026-02-01", "a,2026-01-01,trial,2026-01-01", "b,2026-01-01,trial,2026-03-01")


@pytest.mark.parametrize(("told", "as_of", "plans"), [("", "2026-03-02", {"trial"}), (", segment_as_of: now", "2026-03-02", {"pro", "trial"}), ("", "2026-03-01", {"trial", None})])
def test_trap_30_a_segment_holds_as_of_the_anchor(world: World, told: str, as_of: str, plans: set[str | None]) -> None:
    """What the only row of b says from March on is not known on the last day of February."""
    world.events(*posted("a", "01-05"), *posted("b", "01-05"))
    rows = world.file("accounts.csv", *HISTORY).shaped(sources=ACCOUNTS % told).rows("activation.rate", as_of, by=("plan",))
    assert {row["plan"] for row in rows} == plans


def test_trap_30_the_plan_of_the_day_after_changes_nothing(world: World) -> None:
    world.events(*posted("a", "01-05"), *posted("b", "01-05"))
    rows = world.file("accounts.csv", *HISTORY).shaped(sources=ACCOUNTS % ", segment_as_of: now").rows("activation.rate", "2026-02-01", by=("plan",))
    assert {row["plan"] for row in rows} == {"trial", None}


def test_trap_30_one_state_told_twice_is_refused(world: World) -> None:
    world.events(*posted("a", "01-05"))
    world.file("accounts.csv", *HISTORY, "a,2026-01-01,free,2026-02-01").shaped(sources=ACCOUNTS % "")
    with pytest.raises(Refused, match="accounts 'a' stands in lines 2 and 5 with different content"):
        world.rows("activation.rate", "2026-02-15")


def test_trap_34_a_gap_between_two_looks_is_seen(world: World) -> None:
    world.events(*posted("a", "01-05"), *posted("b", "01-05")).shaped(sources="subscriptions: {files: subs.csv}")
    world.file("subs.csv", "account_id,start_date,end_date,mrr", "a,2025-11-01,2026-01-08,100", "a,2026-01-20,,100", "b,2025-11-01,,100")
    january = at(world.rows("retention.logos", "2026-02-10", months=2), period=date(2026, 1, 1))
    assert (january["paying"], january["kept"], january["returned"], january["lost"]) == (2, 1, 1, 0)


PAID = ("account_id,start_date,end_date,mrr", "a,2025-11-01,,100", "b,2025-11-01,,100", "later,2026-02-10,,100", "never,2026-01-01,2026-01-01,5")


def test_trap_09_who_only_pays_is_an_account_of_unknown_age(world: World) -> None:
    world.events(*posted("a", "01-05")).shaped(sources="subscriptions: {files: subs.csv}")
    world.file("subs.csv", *PAID)
    table = world.table("revenue.mrr", "2026-02-10", months=1)
    assert "1 account with a subscription, but neither an event nor a row in the accounts table: counted, of unknown age" in table.meta["notes"]
    assert [(row["paying"], row["mrr"]) for row in table.frame.to_dicts()][-1] == (2, 200)
    assert at(world.rows("activation.rate", "2026-02-10", windows=[7]), window_days=7)["unknown"] == 1
    assert {row["account"]: row["mrr"] for row in world.rows("churn_risk.accounts", "2026-02-10")} == {"a": 100, "b": 100}


@pytest.mark.parametrize(("policy", "paying"), [("keep", 2), ("drop", 1)])
def test_trap_09_the_policy_of_orphans_holds_for_who_only_pays(world: World, policy: str, paying: int) -> None:
    world.events(*posted("a", "01-05")).accounts("a,2026-01-01,x", more=f", orphans: {policy}")
    world.file("subs.csv", *PAID).shaped(sources="subscriptions: {files: subs.csv}")
    table = world.table("revenue.mrr", "2026-02-10", months=1)
    assert [row["paying"] for row in table.frame.to_dicts()][-1] == paying
    left_out = "1 subscription of accounts that are not in the accounts table left out: what they pay is in no amount"
    assert (left_out in table.meta["notes"]) == (policy == "drop")


def test_trap_09_who_only_pays_may_be_refused(world: World) -> None:
    world.events(*posted("a", "01-07")).accounts("a,2026-01-01,x", more=", orphans: refuse")
    world.file("subs.csv", *PAID).shaped(sources="subscriptions: {files: subs.csv}")
    with pytest.raises(Refused, match="SM314 account 'b' has a subscription but no row"):
        world.rows("activation.accounts", "2026-02-15")


TWO = "{one: {kind: setup, rule: start}, two: {kind: workflow, rule: posted}}"


@pytest.mark.parametrize("turned", [False, True])
def test_trap_38_steps_of_the_same_moment_are_in_order_whichever_row_is_first(world: World, turned: bool) -> None:
    events = [("a", "start", "2026-01-05T12:00:00Z"), ("a", "posted", "2026-01-05T12:00:00Z"), ("b", "posted", "2026-01-05T12:00:00Z"), ("b", "start", "2026-01-06T12:00:00Z")]
    world.events(*(reversed(events) if turned else events)).shaped(order="ordered", steps=TWO)
    states = {row["account"]: row["done"] for row in world.rows("activation.accounts", "2026-02-15")}
    assert states == {"a": 2, "b": 1}


def test_trap_38_one_event_is_one_step(world: World) -> None:
    twice = "{one: {kind: workflow, rule: posted}, two: {kind: workflow, rule: posted}}"
    world.events(*posted("once", "01-05"), *posted("twice", "01-05", "01-06")).shaped(order="ordered", steps=twice)
    assert {row["account"]: row["done"] for row in world.rows("activation.accounts", "2026-02-15")} == {"once": 1, "twice": 2}


def test_trap_40_nothing_of_nothing_is_unknown(world: World) -> None:
    rate = at(world.events(*posted("a", "02-14")).rows("activation.rate", "2026-02-15", windows=[30]), window_days=30)
    assert (rate["eligible"], rate["rate"], rate["low"], rate["high"], rate["status"]) == (0, None, None, None, "insufficient")
    (account,) = world.rows("churn_risk.accounts", "2026-02-16")
    assert (account["trend"], account["mrr"], account["top_share"]) == (None, None, None)


def test_trap_43_few_accounts_have_a_wide_interval_and_say_so(world: World) -> None:
    world.events(*(event for n in range(4) for event in posted(f"a{n}", "01-05")))
    few = at(world.rows("activation.rate", "2026-02-15", windows=[7]), window_days=7)
    assert (few["rate"], few["status"]) == (1.0, "insufficient") and few["low"] < 0.52 and few["high"] == 1.0
    world.events(*(event for n in range(200) for event in posted(f"a{n}", "01-05")))
    many = at(world.rows("activation.rate", "2026-02-15", windows=[7]), window_days=7)
    assert (many["status"], many["low"] > 0.98) == ("final", True)


def test_trap_46_a_score_says_how_much_it_could_judge(world: World) -> None:
    world.events(*posted("a", "01-05", "01-12"))
    (account,) = world.rows("churn_risk.accounts", "2026-02-15")
    assert 0 < account["coverage"] < 1
    signals = world.rows("churn_risk.signals", "2026-02-15")
    assert any(row["unknown"] == 1 and row["rate"] is None for row in signals)
    assert account["band"] == "unknown" and account["score"] is None or sum(int(part.split()[0]) for part in account["contributions"]) == account["score"]


def test_trap_50_order_of_rows_and_files_changes_no_byte(world: World) -> None:
    chance = random.Random(2)
    rows = [(f"a{chance.randrange(30)}", chance.choice(["posted", "seen"]), f"2026-01-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:00:00Z", f"u{chance.randrange(5)}") for _ in range(600)]
    keys = [key for key, room in catalog.rooms().items() if {*room.sections.get("Needs", "").split()} <= {"activation"}]

    def made() -> list[bytes]:
        return [world.table(key, "2026-02-01").frame.write_json().encode() for key in keys]

    world.events(*rows)
    whole = made()
    chance.shuffle(rows)
    for part in range(3):
        world.events(*rows[part::3], name=f"events{part}.csv")
    (world.home / "events.csv").unlink()
    assert made() == whole


@pytest.mark.parametrize("by", [("period",), ("plan", "plan")])
def test_trap_30_a_segment_that_would_stand_beside_its_own_name_is_refused_in_words(world: World, by: tuple[str, ...]) -> None:
    world.events(*posted("a", "01-05")).file("accounts.csv", "account_id,created_at,plan,period", "a,2026-01-01,pro,x")
    world.shaped(sources="accounts: {files: accounts.csv, segments: [plan, period]}")
    with pytest.raises(Refused, match="segment 'period' has the name of a column of engagement.active_accounts|--by plan is given twice"):
        world.rows("engagement.active_accounts", "2026-02-01", by=by)


def test_trap_30_a_segment_is_no_column_of_the_accounts_themselves(world: World) -> None:
    world.events(*posted("a", "01-05")).file("accounts.csv", "account_id,begun,created_at", "a,2026-01-01,x")
    world.shaped(sources="accounts: {files: accounts.csv, columns: {created: begun}, segments: [created_at]}")
    with pytest.raises(Refused, match="segment 'created_at' has the name of a column of facts.accounts"):
        world.rows("engagement.active_accounts", "2026-02-01")


def test_trap_30_a_segment_may_be_named_as_something_that_a_table_makes_on_its_way(world: World) -> None:
    world.events(*posted("a", "01-05", "01-25")).file("accounts.csv", "account_id,created_at,active", "a,2026-01-01,x")
    rows = world.shaped(sources="accounts: {files: accounts.csv, segments: [active]}").rows("retention.cohorts", "2026-03-01", by=("active",))
    assert {row["active"] for row in rows} == {"x"}
