"""Ways to get prices wrong, by their numbers: small worlds through the real tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small import Rows, Small, at

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, compute

DEFINITION = """\
version: 1
timezone: UTC
late_after: 0d
sources:
  events: {files: events.csv, columns: {id: id}}
  accounts: {files: accounts.csv, segments: [size]}
  users: {files: users.csv}
  subscriptions: {files: subscriptions.csv}
  limits: {files: limits.csv, columns: {kind: kind, per: per}}
roles: {service: [service]}
workflows: {posting: {core: true, success: posted, value: amount, entity: thing}}
pricing:
  min_accounts: 2
  meters:
    posts: {workflow: posting}
    worth: {workflow: posting, measure: sum}
    things: {workflow: posting, measure: distinct}
    busiest: {workflow: posting, measure: peak}
    contacts: {rule: added, less: removed, measure: end}
    people: {of: users}
    staff: {of: users, measure: end}
    seats: {of: seats}
  schedules:
    flat: {meter: posts, steps: [{fee: 5, price: 0.1}]}
    steps: {meter: posts, model: graduated, steps: [{up_to: 2, price: 10}, {up_to: 4, price: 5, fee: 1}, {price: 1}]}
    ranges: {meter: posts, model: volume, steps: [{up_to: 2, fee: 10}, {fee: 30, price: 1}]}
    packs: {meter: posts, model: package, size: 3, steps: [{price: 7}]}
"""
HEADS = {
    "events": "id,account_id,user_id,event,timestamp,amount,thing", "accounts": "account_id,created_at,size", "users": "account_id,user_id,role,joined_at",
    "subscriptions": "account_id,start_date,end_date,mrr,currency,seats,plan", "limits": "plan,meter,limit,kind,per",
}  # fmt: skip


class World(Small):
    """Accounts a, b, c: since 2026-01-01, paying 100 EUR for 5 seats of the plan team; events as `account event day [user amount thing]`."""

    heads, chapter = HEADS, "pricing"

    def __init__(self, home: Path, definition: str) -> None:
        super().__init__(home, definition)
        self.write("accounts", *(f"{name},2025-12-20T00:00:00Z,small" for name in "abc"))
        self.write("subscriptions", *(f"{name},2025-12-20,,100.00,EUR,5,team" for name in "abc"))
        self.write("users", "a,ann,member,2026-01-01T00:00:00Z", "a,bot,service,")
        self.events()

    def events(self, *rows: str) -> World:
        lines = ["0,z,zoe,posted,2025-12-19T00:00:00Z,,"]
        for n, row in enumerate(rows, 1):
            told = row.split()
            account, event, day, user, amount, thing = *told, *("ann", "1", "x")[len(told) - 3 :]
            lines.append(f"{n},{account},{user},{event},{day}T12:00:00Z,{amount},{thing}")
        return self.write("events", *lines)

    def equal(self, room: str, as_of: str = "2026-02-01", **wanted: object) -> Rows:
        return [row for row in self.rows(room, as_of) if all(row[name] == value for name, value in wanted.items())]

    def one(self, room: str, as_of: str = "2026-02-01", **wanted: object) -> dict[str, Any]:
        return at(self.rows(room, as_of), **wanted)

    def quantity(self, meter: str, as_of: str = "2026-02-01", account: str = "a") -> float | None:
        found: float | None = self.one("meter_accounts", as_of, account=account, meter=meter)["last"]
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def posts(account: str, month: str, count: int) -> list[str]:
    return [f"{account} posted {month}-{1 + n % 28:02d}" for n in range(count)]


def test_trap_01_the_running_month_is_no_small_bill(world: World) -> None:
    world.events(*posts("a", "2026-01", 9), *posts("a", "2026-02", 1))
    assert world.quantity("posts", "2026-02-20") == 9
    assert str(world.one("bills", "2026-02-20", account="a", schedule="flat")["bill"]) == "5.90"


def test_trap_07_what_an_account_older_than_the_export_has_is_unknown(world: World) -> None:
    world.write("accounts", "a,2025-12-20T00:00:00Z,small", "old,2024-01-01T00:00:00Z,small").events("a added 2026-01-05", "old added 2026-01-05")
    assert world.quantity("contacts") == 1
    assert world.quantity("contacts", account="old") is None
    assert world.quantity("posts", account="old") == 0


def test_trap_22_two_currencies_are_not_added_up(world: World) -> None:
    world.write("subscriptions", "a,2025-12-20,,100,EUR,5,team", "b,2025-12-20,,100,EUR,5,team", "c,2025-12-20,,100,USD,5,team")
    world.events(*posts("a", "2026-01", 2), *posts("b", "2026-01", 4), *posts("c", "2026-01", 1))
    found = world.one("proportionality", meter="posts")
    assert (found["priced"], found["unknown"], found["currency"], found["pooled"]) == (2, 1, "EUR", pytest.approx(200 / 6))
    abroad = world.one("bills", account="c", schedule="flat")
    assert (abroad["state"], abroad["bill"], abroad["change"], abroad["pairs"]) == ("other currency", None, None, None)
    told = world.one("simulation", schedule="flat")
    assert (told["billed"], told["left_out"]) == (2, 1)


@pytest.mark.parametrize(
    ("count", "flat", "steps", "ranges", "packs"),
    [(0, "5.00", "0.00", "10.00", "0.00"), (2, "5.20", "20.00", "10.00", "7.00"), (3, "5.30", "26.00", "33.00", "7.00"),
     (4, "5.40", "31.00", "34.00", "14.00"), (6, "5.60", "33.00", "36.00", "14.00")],
)  # fmt: skip
def test_trap_23_bills_are_exact_at_the_edges_of_their_steps(world: World, count: int, flat: str, steps: str, ranges: str, packs: str) -> None:
    world.events(*posts("a", "2026-01", count))
    told = world.equal("bills", account="a")
    assert {row["schedule"]: str(row["bill"]) for row in told} == {"flat": flat, "steps": steps, "ranges": ranges, "packs": packs}
    assert len(told) == 4


def test_a_step_behind_which_the_bill_leaps_is_seen_when_it_is_near(world: World) -> None:
    world.events(*posts("a", "2026-01", 2), *posts("b", "2026-01", 1))
    assert {row["account"]: str(row["cliff"]) for row in world.equal("bills", schedule="ranges")} == {"a": "23.00", "b": "None", "c": "None", "z": "None"}
    found = world.one("simulation", schedule="ranges")
    assert (found["cliffs"], found["falling"], world.one("simulation", schedule="flat")["falling"]) == (1, False, True)


def test_trap_37_machines_count_for_volume_and_are_no_people(world: World) -> None:
    world.events("a posted 2026-01-05 ann", "a posted 2026-01-06 bot", "a posted 2026-01-06 bot", "a posted 2026-01-07 bot")
    assert (world.quantity("posts"), world.quantity("people"), world.quantity("staff")) == (4, 1, 1)
    assert world.one("meter_accounts", account="a", meter="posts")["machines"] == 0.75


def test_trap_40_nothing_used_is_no_price_and_nothing_paid_neither(world: World) -> None:
    world.write("subscriptions", "a,2025-12-20,,100,EUR,5,team").events(*posts("b", "2026-01", 2))
    told = {row["account"]: (row["pays"], row["price"]) for row in world.equal("meter_accounts", meter="posts") if row["account"] in "ab"}
    assert told == {"a": ("unused", None), "b": ("unknown", None)}


def test_trap_41_quantiles_are_those_of_the_accounts(world: World) -> None:
    names = [f"n{at}" for at in range(11)]
    world.write("accounts", *(f"{name},2025-12-20T00:00:00Z,{'small' if at < 9 else 'large'}" for at, name in enumerate(names)))
    world.write("subscriptions", *(f"{name},2025-12-20,,{10 * (at + 1)},EUR,1,team" for at, name in enumerate(names)))
    world.events(*(row for name in names for row in posts(name, "2026-01", 10)))
    found = world.one("proportionality", meter="posts")
    assert (found["p10"], found["median"], found["p90"]) == pytest.approx((2, 6, 10))  # the mean of two groups' medians would be 7.75


def test_trap_42_the_pooled_price_and_that_of_the_typical_account_are_two_numbers(world: World) -> None:
    world.events(*posts("a", "2026-01", 2), *posts("b", "2026-01", 4), *posts("c", "2026-01", 94))
    found = world.one("proportionality", meter="posts")
    assert found["pooled"] == pytest.approx(300 / 100)
    assert found["median"] == pytest.approx(100 / 4)


def test_trap_45_an_empty_limit_is_unknown_and_unlimited_a_word(world: World) -> None:
    world.write("subscriptions", "a,2025-12-20,,1,EUR,5,team", "b,2025-12-20,,1,EUR,5,pro", "c,2025-12-20,,1,EUR,5,odd")
    world.write("limits", "team,posting,2,,", "pro,posting,unlimited,,", "odd,posting,,,").events(*posts("a", "2026-01", 2), *posts("b", "2026-01", 9))
    told = {row["account"]: (row["state"], row["limit"], row["left"]) for row in world.equal("meter_accounts", meter="posts")}
    assert {name: told[name] for name in "abc"} == {"a": ("at the limit", 2, 0), "b": ("unlimited", None, None), "c": ("unknown", None, None)}
    counted = {row["plan"]: (row["limited"], row["unlimited"], row["unknown"], row["at_limit"]) for row in world.equal("plans", meter="posts")}
    assert counted == {"team": (1, 0, 0, 1), "pro": (0, 1, 0, 0), "odd": (0, 0, 1, 0), "unknown": (0, 0, 1, 0)}


def test_trap_45_a_limit_counted_in_another_way_is_unknown(world: World) -> None:
    world.write("limits", "team,posting,2,flow,week", "team,seats,5,stock,").events(*posts("a", "2026-01", 2))
    told = {row["meter"]: row["state"] for row in world.equal("meter_accounts", account="a")}
    assert (told["posts"], told["seats"], told["contacts"]) == ("unknown", "at the limit", "unknown")


def test_trap_45_a_flow_begins_anew_and_a_stock_stays(world: World) -> None:
    world.events("a posted 2026-01-05", "a posted 2026-01-05", "a added 2026-01-05", "a added 2026-01-06", "a removed 2026-02-03", "a added 2026-02-28")
    assert [(world.quantity("posts", day), world.quantity("contacts", day)) for day in ("2026-02-01", "2026-03-01")] == [(2, 2), (0, 2)]
    world.events("a removed 2026-01-05")
    assert world.quantity("contacts") is None


def test_of_some_accounts_only_these_are_tested(world: World) -> None:
    world.write("accounts", *(f"{name},2025-12-20T00:00:00Z,{size}" for name, size in zip("abc", ("small", "small", "large"), strict=True)))
    world.events(*posts("a", "2026-01", 2), *posts("b", "2026-01", 4), *posts("c", "2026-01", 3))
    room = catalog.rooms()["pricing.candidate_tests"]
    asked = Asked(date(2026, 2, 1), where=(("size", "small"),), allow_empty=True)
    (table,), _ = compute(world.loaded(), [room], asked)
    told = [row for row in table.frame.to_dicts() if row["meter"] == "posts" and row["measure"] == "share made by service users"]
    assert [(row["segment"], row["value"], row["n"]) for row in told] == [("all", "all", 6), ("size", "small", 6)]


def test_every_measure_counts_what_it_says(world: World) -> None:
    january = ("a posted 2026-01-05 ann 2.50 x", "a posted 2026-01-05 ben 0.25 x", "a posted 2026-01-31 ann 0.5 x", "a posted 2026-01-31 ann 0.5 y")
    world.events(*january, "a posted 2026-02-01 ann 9 z")
    told = {meter: world.quantity(meter) for meter in ("posts", "worth", "things", "busiest", "people", "staff", "seats")}
    assert told == {"posts": 4, "worth": 3.75, "things": 2, "busiest": 2, "people": 2, "staff": 1, "seats": 5}


def test_a_month_in_which_it_paid_for_a_part_is_no_month(world: World) -> None:
    world.write("subscriptions", "a,2026-01-02,,100,EUR,5,team").events(*posts("a", "2026-01", 4))
    found = world.one("meter_accounts", account="a", meter="posts")
    assert (found["usual"], found["last"]) == (None, 4)
    assert world.one("bills", account="a", schedule="flat")["state"] == "too young"


def test_without_schedules_the_table_says_what_it_needs(world: World) -> None:
    world.define(DEFINITION.split("  schedules:")[0])
    with pytest.raises(Refused, match=r"pricing\.simulation needs `pricing\.schedules:` in the definition file"):
        world.equal("simulation")


def test_without_any_block_or_further_source_there_are_candidates(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("account_id,event,timestamp\na,posted,2026-01-05T00:00:00Z\na,posted,2026-02-05T00:00:00Z\n")
    (tmp_path / "saasmetrics.yml").write_text("version: 1\ntimezone: UTC\nsources: {events: {files: events.csv}}\nworkflows: {posting: {success: posted}}\n")
    rooms = [room for key, room in catalog.rooms().items() if key.startswith("pricing.")]
    made, _ = compute(read(tmp_path / "saasmetrics.yml"), rooms, Asked(date(2026, 3, 5)), skip=True)
    told = {table.name: table.frame.to_dicts() for table in made}
    assert {*told} == {"pricing.candidates", "pricing.candidate_tests", "pricing.meter_accounts", "pricing.plans"}
    assert [(row["meter"], row["rank"], row["used"]) for row in told["pricing.candidates"]] == [("people", None, 0), ("posting", None, 1)]


def test_who_came_in_the_last_month_pays_and_is_too_young(world: World) -> None:
    world.write("accounts", "a,2025-12-20T00:00:00Z,small", "b,2026-01-10T00:00:00Z,small", "c,2026-01-10T00:00:00Z,small")
    world.write("subscriptions", "a,2025-12-20,,100,EUR,5,team", "b,2026-01-10,,50,EUR,5,team", "c,2026-01-10,2026-02-10,50,EUR,5,team")
    assert {row["account"]: row["state"] for row in world.equal("bills", schedule="flat")} == {"a": "pays less", "b": "too young", "c": "too young", "z": "pays nothing"}
    told = world.one("simulation", "2026-03-01", schedule="flat")
    assert (told["billed"], told["left_out"], told["assumes"].split(",")[0]) == (2, 0, "churn 25.0 % a month (1 of 4)")


def test_just_so_many_times_the_usual_price_is_in_line(world: World) -> None:
    world.define(DEFINITION.replace("min_accounts: 2", "min_accounts: 2\n  off: 1.2"))
    world.write("subscriptions", "a,2025-12-20,,1,EUR,5,team", "b,2025-12-20,,1,EUR,5,team", "c,2025-12-20,,5,EUR,5,team")
    world.events(*posts("a", "2026-01", 5), *posts("b", "2026-01", 6), *posts("c", "2026-01", 36))
    assert {row["pays"] for row in world.equal("meter_accounts", meter="posts") if row["account"] in "abc"} == {"in line"}
    found = world.one("proportionality", meter="posts")
    assert (found["priced"], found["over"], found["under"]) == (3, 0, 0)


def test_who_pays_in_two_currencies_is_not_billed_for_the_months_in_which_it_paid_in_one(world: World) -> None:
    world.write("subscriptions", "a,2025-12-20,,100,EUR,5,team", "b,2025-12-20,,100,EUR,5,team", "c,2025-12-20,,100,EUR,5,team", "c,2026-02-10,,9,USD,5,team")
    world.events(*posts("a", "2026-01", 2), *posts("c", "2026-01", 2))
    both = world.one("bills", "2026-03-01", account="c", schedule="flat")
    assert (both["state"], both["bill"], both["change"], both["pairs"]) == ("other currency", None, None, None)
    told = world.one("simulation", "2026-03-01", schedule="flat")
    assert (told["billed"], told["left_out"], str(told["mrr"]), told["less"], told["pairs"]) == (2, 1, "200.00", 2, 2)


def test_a_rise_of_just_what_counts_as_the_same_is_the_same(world: World) -> None:
    world.define(DEFINITION.replace("schedules:", "schedules:\n    dearer: {meter: seats, steps: [{price: 10.5}]}"))
    months = ("2025-12-20,2026-02-01,40", "2026-02-01,2026-03-01,40", "2026-03-01,,50")
    world.write("subscriptions", *(f"a,{month},EUR,{month[-2]},team" for month in months))
    row = world.one("bills", "2026-04-01", account="a", schedule="dearer")
    assert (row["state"], str(row["bill"]), str(row["mrr"]), row["percent"]) == ("the same", "45.50", "43.33", pytest.approx(5))
    told = world.one("simulation", "2026-04-01", schedule="dearer")
    assert (told["billed"], told["more"], told["less"]) == (1, 0, 0)


def test_a_module_for_the_same_people_is_no_further_seat(world: World) -> None:
    kind = "subscriptions: {files: subscriptions.csv, columns: {kind: kind}}"
    world.define(DEFINITION.replace("subscriptions: {files: subscriptions.csv}", kind)).heads = HEADS | {"subscriptions": HEADS["subscriptions"] + ",kind"}
    world.write("subscriptions", "a,2025-12-20,,100,EUR,5,team,", "a,2026-02-01,,60,EUR,5,sms,module", "a,2026-02-01,,3,EUR,7,calls,usage")
    assert (world.quantity("seats", "2026-02-01"), world.quantity("seats", "2026-03-01")) == (5, 5)
    row = world.one("bill_shock_accounts", "2026-03-01", account="a")
    assert (row["kind"], row["seats"], row["seats_before"]) == ("rose without seats", 5, 5)


def test_a_colleague_listed_in_one_account_is_nobody_in_any_other(world: World) -> None:
    world.define(DEFINITION.replace("roles:", "internal: {users: {role: ours}}\nroles:"))
    world.write("users", "a,ann,member,", "a,olga,ours,", "b,olga,member,", "b,ben,member,").events("b posted 2026-01-05 olga", "b posted 2026-01-05 ben")
    assert (world.quantity("posts", account="b"), world.quantity("staff", account="b"), world.quantity("staff")) == (1, 1, 1)


def test_more_taken_back_than_done_is_no_use_of_nought(world: World) -> None:
    world.events("a posted 2026-01-05 ann 2", "b posted 2026-01-05 ann -5")
    found = world.one("proportionality", meter="worth")
    assert (found["priced"], found["unused"], found["unknown"]) == (1, 1, 1)
    assert {row["account"]: row["pays"] for row in world.equal("meter_accounts", meter="worth") if row["account"] in "abc"} == {"a": "in line", "b": "unknown", "c": "unused"}
