"""Ways to get completion, the north star and the journey wrong, by their numbers: small worlds through the real tables."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small import Small
from worlds import AS_OF, generated, shuffled, split, tables, variant

from saasmetrics.messages import Refused

HEAD = """\
version: 1
timezone: UTC
late_after: 0d
sources:
  events: {files: 'events*.csv'}
  accounts: {files: accounts.csv, segments: [plan]}
workflows:
"""
PAIRED = "  work: {attempt: clicked, success: posted, failure: refused, entity: invoice, within: 2d}\n"
IN_ORDER = "  work: {attempt: clicked, success: posted, failure: refused, within: 2d}\n"


class World(Small):
    """Events as `account event day [hour] [invoice]` and what the tables make of them."""

    workflows, more = PAIRED, ""

    def events(self, *rows: str, name: str = "events.csv") -> World:
        split = [(row.split() + ["", ""])[:5] for row in rows]
        lines = [f"{at},{account},u1,{event},{day}T{hour or '12:00'}:00Z,{thing}" for at, (account, event, day, hour, thing) in enumerate(split)]
        return self.file(name, "event_id,account_id,user_id,event,timestamp,invoice", *lines)

    def accounts(self, *rows: str) -> World:
        return self.file("accounts.csv", "account_id,created_at,plan", *rows)

    def told(self) -> str:
        return self.definition + self.workflows + self.more

    def one(self, key: str, as_of: str, **settings: Any) -> dict[str, Any]:
        return self.rows(key, as_of, **settings)[0]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, HEAD).accounts("a,2026-01-01,pro", "b,2026-01-01,free", "c,2026-01-01,free")


def outcome(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return row["attempts"], row["completed"], row["failed"], row["abandoned"]


def test_trap_39_the_success_of_another_invoice_completes_nothing(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a clicked 2026-01-05 11:00 i2", "a posted 2026-01-05 12:00 i2")
    assert outcome(world.one("value.completion", "2026-02-01")) == (2, 1, 0, 1)


def test_trap_39_the_same_invoice_number_in_two_accounts_is_two_invoices(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "b posted 2026-01-05 12:00 i1")
    assert outcome(world.one("value.completion", "2026-02-01")) == (1, 0, 0, 1)


def test_trap_39_a_retry_belongs_to_the_attempt_that_it_repeats(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a refused 2026-01-05 11:00 i1", "a clicked 2026-01-06 10:00 i1", "a posted 2026-01-06 12:00 i1")
    assert outcome(world.one("value.completion", "2026-02-01")) == (1, 1, 0, 0)


def test_trap_39_a_success_after_the_time_or_before_the_attempt_is_none(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a posted 2026-01-07 10:01 i1", "a posted 2026-01-05 09:00 i2", "a clicked 2026-01-05 10:00 i2")
    assert outcome(world.one("value.completion", "2026-02-01")) == (2, 0, 0, 2)


def test_trap_39_the_last_moment_counts_and_so_does_the_same_moment(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a posted 2026-01-07 10:00 i1", "a clicked 2026-01-05 10:00 i2", "a posted 2026-01-05 10:00 i2")
    assert outcome(world.one("value.completion", "2026-02-01")) == (2, 2, 0, 0)


def test_trap_39_an_event_without_its_invoice_is_told_apart(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00", "a posted 2026-01-05 11:00")
    row = world.one("value.completion", "2026-02-01")
    assert (outcome(row), row["unpaired"], row["status"]) == ((0, 0, 0, 0), 1, "no attempts")


def test_trap_39_without_an_entity_attempts_follow_each_other_in_order(world: World) -> None:
    world.workflows = IN_ORDER
    world.events("a clicked 2026-01-05 10:00", "a clicked 2026-01-05 11:00", "a posted 2026-01-05 12:00", "a clicked 2026-01-06 10:00", "a refused 2026-01-06 10:00",
                 "b posted 2026-01-05 10:30")  # fmt: skip
    assert outcome(world.one("value.completion", "2026-02-01")) == (3, 1, 1, 1)


def test_trap_39_one_rule_for_two_kinds_of_things_is_refused(world: World) -> None:
    world.workflows = PAIRED + "  other: {attempt: clicked, success: paid, entity: payment}\n"
    world.events("a clicked 2026-01-05 10:00 i1")
    with pytest.raises(Refused, match="declare two rules"):
        world.one("value.completion", "2026-02-01")


def test_trap_04_an_attempt_whose_time_is_not_over_is_neither_success_nor_failure(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a clicked 2026-01-09 10:00 i2", "b clicked 2026-01-09 10:00 i3", "b posted 2026-01-09 11:00 i3")
    row = world.one("value.completion", "2026-01-10")
    assert (outcome(row), row["immature"]) == ((1, 0, 0, 1), 2)


def test_trap_05_the_open_ones_stay_in_the_base_of_the_times(world: World) -> None:
    world.events("a clicked 2026-01-05 10:00 i1", "a posted 2026-01-05 12:00 i1", "a clicked 2026-01-05 10:00 i2", "b clicked 2026-01-05 10:00 i3")
    assert world.one("value.completion", "2026-02-01")["median_hours"] is None
    assert world.one("value.completion", "2026-02-01")["completed"] == 1


def test_trap_14_the_rate_is_pooled_over_the_segments(world: World) -> None:
    done = [f"a clicked 2026-01-05 10:00 i{k}" for k in range(10)] + [f"a posted 2026-01-05 11:00 i{k}" for k in range(10)]
    world.events(*done, "b clicked 2026-01-05 10:00 j1")
    parts = world.rows("value.completion", "2026-02-01", by=("plan",))
    whole = world.one("value.completion", "2026-02-01")
    assert {row["plan"]: row["rate"] for row in parts} == {"pro": 1, "free": 0}
    assert whole["rate"] == pytest.approx(10 / 11)  # the mean of the segments would be 1/2


def test_trap_24_an_event_sent_twice_is_one_thing_and_one_attempt(world: World) -> None:
    rows = ["a clicked 2026-01-05 10:00 i1", "a posted 2026-01-05 11:00 i1"]
    world.more = "north_star: {workflow: work, measure: entities}\n"
    world.events(*rows).events(*rows, name="events2.csv")
    assert outcome(world.one("value.completion", "2026-02-01")) == (1, 1, 0, 0)
    assert [row["n"] for row in world.rows("value.north_star", "2026-01-12") if row["status"] != "provisional"] == [1]


def test_trap_41_quantiles_are_of_the_attempts_not_of_the_accounts_quantiles(world: World) -> None:
    quick = [line for k in range(9) for line in (f"a clicked 2026-01-05 10:00 i{k}", f"a posted 2026-01-05 11:00 i{k}")]
    world.events(*quick, "b clicked 2026-01-05 10:00 j", "b posted 2026-01-06 10:00 j")
    row = world.one("value.completion", "2026-02-01")
    assert (row["median_hours"], row["p90_hours"]) == (1, 1)  # the mean of the accounts' own medians would be 12.5


def test_trap_42_the_pooled_rate_and_the_median_account_are_two_numbers_with_two_names(world: World) -> None:
    many = [line for k in range(8) for line in (f"a clicked 2026-01-05 10:00 i{k}", f"a posted 2026-01-05 11:00 i{k}")]
    world.events(*many, "b clicked 2026-01-05 10:00 j", "c clicked 2026-01-05 10:00 k")
    row = world.one("value.completion", "2026-02-01")
    assert (row["rate"], row["account_median"], row["accounts"]) == (0.8, 0, 3)
    star = next(row for row in world.rows("value.north_star", "2026-01-12"))
    assert (star["n"], star["per_account"], star["median"]) == (8, 8, 8)


def test_trap_01_the_running_week_of_the_north_star_is_no_fall(world: World) -> None:
    world.events(*[f"a posted 2026-01-{day:02} 10:00 i{day}" for day in range(1, 14)])
    rows = world.rows("value.north_star", "2026-01-13")
    assert [(str(row["period"]), row["n"], row["status"]) for row in rows] == [
        ("2026-01-05", 7, "final"), ("2025-12-29", 4, "partial"), ("2026-01-12", 1, "provisional")
    ]  # fmt: skip
    assert rows[0]["trend"] is None and rows[-1]["trend"] is None


def test_the_north_star_of_things_counts_each_once_and_only_what_it_asks_for(world: World) -> None:
    world.more = "north_star: {workflow: work, measure: entities, also: paid}\n"
    world.events("a posted 2026-01-05 10:00 i1", "a posted 2026-01-06 10:00 i1", "a paid 2026-01-14 10:00 i1", "a posted 2026-01-05 10:00 i2", "a paid 2026-01-14 10:00 i3")
    found = {str(row["period"]): row["n"] for row in world.rows("value.north_star", "2026-01-26")}
    assert found == {"2026-01-12": 1, "2026-01-19": 0}


def test_what_is_taken_back_in_time_is_no_success(world: World) -> None:
    world.more = "north_star: {workflow: work, measure: entities, unless: {rule: reversed, within: 3d}}\n"
    world.events("a posted 2026-01-05 10:00 i1", "a reversed 2026-01-08 10:00 i1", "a posted 2026-01-05 10:00 i2", "a reversed 2026-01-08 10:01 i2")
    rows = {str(row["period"]): (row["n"], row["undone"], row["status"]) for row in world.rows("value.north_star", "2026-01-14")}
    assert rows == {"2026-01-05": (1, 1, "provisional"), "2026-01-12": (0, 0, "provisional")}
    order = [str(row["period"]) for row in world.rows("value.north_star", "2026-01-14")]
    assert order == ["2026-01-05", "2026-01-12"]  # the running week stands last, though both may still change
    later = {str(row["period"]): (row["n"], row["undone"], row["status"]) for row in world.rows("value.north_star", "2026-01-20")}
    assert later["2026-01-05"] == (1, 1, "final")


@pytest.mark.parametrize("star", ["{workflow: work, measure: count, also: paid}", "{workflow: free, measure: entities}"])
def test_a_north_star_of_things_needs_things(world: World, star: str) -> None:
    world.workflows, world.more = PAIRED + "  free: {success: paid}\n", f"north_star: {star}\n"
    with pytest.raises(Refused, match="entit"):
        world.events().rows("value.north_star", "2026-01-20")


WEEKLY = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-03-02"]
WAY = {
    "2026-01-05": "acquisition", "2026-01-06": "activation", "2026-01-20": "engagement", "2026-02-09": "engagement",
    "2026-02-10": "adoption", "2026-02-16": "adoption", "2026-02-17": "churn", "2026-03-02": "churn", "2026-03-03": "adoption",
}  # fmt: skip


@pytest.mark.parametrize(("as_of", "stage"), WAY.items())
def test_the_stage_on_each_day_of_a_way(world: World, as_of: str, stage: str) -> None:
    world.events(*[f"a posted {day} 10:00 i" for day in WEEKLY])
    (row,) = [row for row in world.rows("journey.accounts", as_of) if row["account"] == "a"]
    assert row["stage"] == stage


def test_a_long_habit_is_retention_and_a_silence_is_counted_once(world: World) -> None:
    weeks = [date(2026, 1, 5) + timedelta(weeks=k) for k in range(16)]
    world.events(*[f"a posted {day} 10:00 i" for day in weeks])
    (row,) = [row for row in world.rows("journey.accounts", "2026-04-28") if row["account"] == "a"]
    assert (row["stage"], row["since"], row["retained"], row["churned"]) == ("retention", date(2026, 4, 5), date(2026, 4, 5), None)


def test_nobody_is_counted_as_churned_before_the_silence_is_over(world: World) -> None:
    world.events(*[f"a posted {day} 10:00 i" for day in WEEKLY[:3]])
    arrived = {day: row["arrived"] for day in ("2026-02-16", "2026-02-17") for row in world.rows("journey.stages", day, mature_days=30) if row["stage"] == "churn"}
    assert arrived == {"2026-02-16": 0, "2026-02-17": 1}


def test_what_lies_before_the_export_is_unknown_not_a_failure(world: World) -> None:
    world.accounts("old,2020-01-01,pro", "a,2026-01-01,pro").events("a posted 2026-01-05 10:00 i")
    stages = {row["stage"]: row for row in world.rows("journey.stages", "2026-06-01")}
    assert stages["unknown"]["accounts"] == 1
    assert stages["activation"]["eligible"] == 1


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("journey"))


@pytest.mark.parametrize("days", [7, 60])
def test_the_stage_of_an_earlier_day_is_what_was_said_on_that_day(product: Path, days: int) -> None:
    now = tables(product, ["journey.accounts"], settings={"since": days})["journey.accounts"].frame
    then = tables(product, ["journey.accounts"], as_of=AS_OF - timedelta(days=days))["journey.accounts"].frame
    told = {row["account"]: row["before"] for row in now.to_dicts() if row["before"]}
    assert told == {row["account"]: row["stage"] for row in then.to_dicts()}
    assert len(set(told.values())) >= 5


def test_stock_and_flow_add_up(product: Path) -> None:
    made = tables(product, ["journey.accounts", "journey.flows", "journey.stages"])
    stages = {row["stage"]: row for row in made["journey.stages"].frame.to_dicts()}
    flows = made["journey.flows"].frame.to_dicts()
    assert sum(row["accounts"] for row in stages.values()) == made["journey.accounts"].frame.height
    for name, row in stages.items():
        assert row["accounts"] == sum(flow["accounts"] for flow in flows if flow["to"] == name)
        assert row["before"] == sum(flow["accounts"] for flow in flows if flow["from"] == name)


STAR = "north_star: {workflow: invoicing, measure: entities, also: invoice_paid, unless: {rule: invoice_post_failed, within: 2d}}"
OF_THINGS = ["value.north_star", "value.north_star_accounts", "value.north_star_tests", "value.completion"]
LATER = {"timestamp": f"{AS_OF}T12:00:00Z"}


@pytest.fixture(scope="module")
def starred(product: Path) -> dict[str, Any]:
    text = product.read_text("utf-8")
    assert "north_star: {workflow: invoicing, measure: count}" in text
    product.with_name("things.yaml").write_text(text.replace("north_star: {workflow: invoicing, measure: count}", STAR), "utf-8")
    return {name: table.frame for name, table in tables(product.with_name("things.yaml"), OF_THINGS).items()}


@pytest.mark.parametrize("change", [
    shuffled, split, lambda rows: [rows, rows[:500]],
    lambda rows: [rows + [{**row, **LATER, "event_id": f"{row['event_id']}-later"} for row in rows[:2000]]],
], ids=["shuffled", "split", "twice", "later"])  # fmt: skip
def test_things_are_counted_alike_whatever_must_not_matter(product: Path, starred: dict[str, Any], tmp_path: Path, change: Any) -> None:
    assert starred["value.north_star"]["n"].sum() > 100
    other = tables(variant(product.with_name("things.yaml"), tmp_path, change), OF_THINGS)
    assert [name for name in OF_THINGS if not other[name].frame.equals(starred[name])] == []
