"""Ways to be wrong about who stays, each by its number: mixes, hindsight, small numbers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cases.world import World, with_accounts

Rows = list[dict[str, Any]]


def rows(world: World, room: str, as_of: str, **settings: Any) -> Rows:
    found: Rows = world.table(room, as_of, **settings).frame.to_dicts()
    return found


def weekly(account: str, first: str, weeks: int, event: str = "worked") -> list[tuple[str, str, str]]:
    start = date.fromisoformat(first)
    return [(account, event, f"{start + timedelta(weeks=week)}T12:00:00Z") for week in range(weeks)]


def simpson(folder: Path) -> World:
    """January: 30 pro accounts, of which 20 stay, and 10 free, of which none does. February: 10 pro (9), 40 free (8)."""
    cohorts = {"2026-01-05": {"pro": (30, 20), "free": (10, 0)}, "2026-02-05": {"pro": (10, 9), "free": (40, 8)}}
    told = [
        (f"{plan}-{start}-{n}", start, plan, n < stay)
        for start, plans in cohorts.items() for plan, (size, stay) in plans.items() for n in range(size)
    ]  # fmt: skip
    events = [event for account, start, _, stays in told for event in weekly(account, start, 8 if stays else 1)]
    sources = with_accounts(folder, ("account_id", "created_at", "plan"), [row[:3] for row in told], ["plan"])
    return World(folder, events, sources=sources)


def test_trap_31_a_total_that_falls_though_its_parts_rise_is_marked(tmp_path: Path) -> None:
    world = simpson(tmp_path)
    told = {row["value"] or row["part"]: row for row in rows(world, "retention.mix", "2026-04-02")}
    assert {value: (row["before_rate"], row["now_rate"]) for value, row in told.items()} == {
        "all": (0.5, 0.34), "pro": (20 / 30, 0.9), "free": (0, 0.2),
    }  # fmt: skip
    assert (told["all"]["reversed"], told["all"]["finding"]) == (True, "fell though the rates rose")
    assert told["all"]["by_rate"] > 0 > told["all"]["by_mix"]
    for name in ("by_rate", "by_mix"):
        assert abs(told["pro"][name] + told["free"][name] - told["all"][name]) < 1e-8
    assert abs(told["all"]["by_rate"] + told["all"]["by_mix"] - told["all"]["change"]) < 1e-7


def test_trap_31_the_total_is_that_of_the_cohorts(tmp_path: Path) -> None:
    world = simpson(tmp_path)
    total = next(row for row in rows(world, "retention.mix", "2026-04-02") if row["part"] == "all")
    cells = {row["cohort"]: row for row in rows(world, "retention.cohorts", "2026-04-02") if row["period"] == 1}
    assert cells["2026-01-01"]["rate"] == total["before_rate"]
    assert cells["2026-02-01"]["rate"] == total["now_rate"]


def test_trap_31_rates_that_fall_with_the_total_are_no_reversal(tmp_path: Path) -> None:
    told = [(f"{plan}{cohort}{n}", f"2026-0{cohort}-05", plan) for plan in ("pro", "free") for cohort in (1, 2) for n in range(10)]
    kept = {("pro", "1"): 9, ("pro", "2"): 5, ("free", "1"): 6, ("free", "2"): 3}
    events = [e for account, start, plan in told for e in weekly(account, start, 8 if int(account[-1]) < kept[plan, account[-2]] else 1)]
    world = World(tmp_path, events, sources=with_accounts(tmp_path, ("account_id", "created_at", "plan"), told, ["plan"]))
    total = next(row for row in rows(world, "retention.mix", "2026-04-02") if row["part"] == "all")
    assert (total["reversed"], total["finding"], total["by_mix"]) == (False, "mostly the rates", 0)


def test_a_value_called_all_is_not_the_total_nor_one_called_unknown_what_is_not_said(tmp_path: Path) -> None:
    told = [(f"{plan}{n}", "2026-01-05", plan) for plan in ("all", "unknown", "") for n in range(3)]
    events = [event for account, start, plan in told for event in weekly(account, start, 8 if plan == "all" else 1)]
    world = World(tmp_path, events, sources=with_accounts(tmp_path, ("account_id", "created_at", "plan"), told, ["plan"]))
    found = {(row["part"], row["value"]): row["before"] for row in rows(world, "retention.mix", "2026-04-02")}
    assert found == {("all", None): 9, ("value", "all"): 3, ("value", "unknown"): 3, ("unsaid", None): 3}
    found = {(row["value"], row["measure"]): row["eligible"] for row in rows(world, "retention.segments", "2026-11-01")}
    assert {value: found[value, "retained"] for value in ("all", "unknown", None)} == {"all": 3, "unknown": 3, None: 3}


def features(folder: Path, lives: dict[str, tuple[int, int]]) -> World:
    """account → (weeks of work, week in which it uses the feature)."""
    events = [event for account, (weeks, _) in lives.items() for event in weekly(account, "2026-01-05", weeks)]
    events += [(account, "exported", f"{date(2026, 1, 6) + timedelta(weeks=week)}T12:00:00Z") for account, (_, week) in lives.items() if week >= 0]
    return World(folder, events, features={"export": {"rule": "exported"}})


def test_trap_32_who_lives_long_enough_to_use_it_has_not_stayed_because_of_it(tmp_path: Path) -> None:
    """Half of the accounts leave after 4 weeks; those that stay use the feature in week 8. By hindsight: 100 % against 0 %."""
    lives = {f"s{n}": (30, 8) for n in range(20)} | {f"g{n}": (4, -1) for n in range(20)}
    found = rows(features(tmp_path, lives), "retention.by_behaviour", "2026-11-01")
    (row,) = [row for row in found if row["behaviour"] == "feature export"]
    assert (row["present"], row["others"], row["rate"], row["verdict"]) == (0, 40, None, "insufficient")


def test_trap_32_who_left_before_the_landmark_is_no_witness_against_the_feature(tmp_path: Path) -> None:
    """Of those still there on day 14 as many stay with the feature as without; the dead had less time to use it."""
    lives = {f"w{n}": (30 if n < 10 else 6, 1) for n in range(20)} | {f"o{n}": (30 if n < 10 else 6, -1) for n in range(20)}
    lives |= {f"d{n}": (1, -1) for n in range(40)}
    found = rows(features(tmp_path, lives), "retention.by_behaviour", "2026-11-01")
    (row,) = [row for row in found if row["behaviour"] == "feature export"]
    assert (row["present"], row["others"], row["rate"], row["others_rate"], row["difference"]) == (20, 20, 0.5, 0.5, 0)
    assert row["verdict"] == "not shown"


def test_trap_32_words_say_associated(tmp_path: Path) -> None:
    lives = {f"w{n}": (30, 1) for n in range(20)} | {f"o{n}": (6, -1) for n in range(20)}
    found = rows(features(tmp_path, lives), "retention.by_behaviour", "2026-11-01")
    (row,) = [row for row in found if row["behaviour"] == "feature export"]
    assert row["verdict"] == "associated with staying"
    assert (row["stays"], row["others_stays"]) == (1, 0)


def test_trap_43_a_difference_of_a_few_accounts_is_not_called_one(tmp_path: Path) -> None:
    lives = {f"w{n}": (30, 1) for n in range(4)} | {f"o{n}": (6, -1) for n in range(4)}
    found = rows(features(tmp_path, lives), "retention.by_behaviour", "2026-11-01")
    (row,) = [row for row in found if row["behaviour"] == "feature export"]
    assert (row["difference"], row["verdict"], row["q"]) == (100, "insufficient", None)
    assert row["low"] < 0.55
    assert row["diff_low"] < 40


def test_trap_43_of_many_differences_some_stand_out_by_chance(tmp_path: Path) -> None:
    """20 segments of which one differs with p = 0.02: alone it would be called different, among 20 it is not."""
    told = [(f"{segment:02d}-{n}", "2026-01-05", f"v{segment:02d}") for segment in range(20) for n in range(10)]
    gone = {f"00-{n}" for n in range(4)} | {f"{segment:02d}-0" for segment in range(1, 20)}
    events = [e for account, start, _ in told for e in weekly(account, start, 1 if account in gone else 30)]
    world = World(tmp_path, events, sources=with_accounts(tmp_path, ("account_id", "created_at", "kind"), told, ["kind"]))
    found = [row for row in rows(world, "retention.segments", "2026-11-01") if row["measure"] == "retained"]
    odd = next(row for row in found if row["value"] == "v00")
    assert odd["diff_high"] < 0
    assert {row["verdict"] for row in found} == {"not shown"}


def test_a_segment_that_truly_differs_is_found(tmp_path: Path) -> None:
    told = [(f"{plan}{n:02d}", "2026-01-05", plan) for plan in ("pro", "free") for n in range(30)]
    events = [e for account, start, plan in told for e in weekly(account, start, 30 if plan == "pro" else 3)]
    world = World(tmp_path, events, sources=with_accounts(tmp_path, ("account_id", "created_at", "plan"), told, ["plan"]))
    found = {(row["value"], row["measure"]): row["verdict"] for row in rows(world, "retention.segments", "2026-11-01")}
    assert found[("pro", "retained")] == "higher"
    assert found[("free", "frequent")] == "lower"


def truncated(folder: Path) -> World:
    """The export begins on 20 March: of the first account it shows what it did last, of the second nothing before, of the third all."""
    told = [("old", "2026-01-05"), ("older", "2026-03-02"), ("new", "2026-03-21")]
    events = [*weekly("older", "2026-03-20", 1), *weekly("old", "2026-04-10", 4), *weekly("new", "2026-03-25", 8)]
    return World(folder, events, sources=with_accounts(folder, ("account_id", "created_at"), told))


def test_trap_3_a_period_that_the_export_saw_the_end_of_is_no_cell(tmp_path: Path) -> None:
    cells = {(row["cohort"], row["period"]): row for row in rows(truncated(tmp_path), "retention.cohorts", "2026-06-02", min_cohort=1)}
    told = {key: (cells[key]["eligible"], cells[key]["retained"], cells[key]["status"]) for key in (("2026-01-01", 2), ("2026-01-01", 3), ("2026-03-01", 0), ("2026-03-01", 1))}
    assert told == {
        ("2026-01-01", 2): (0, None, "censored"), ("2026-01-01", 3): (1, 1, "final"), ("2026-03-01", 0): (1, 1, "final"), ("2026-03-01", 1): (2, 1, "final"),
    }  # fmt: skip


def test_trap_3_of_a_rolling_month_neither(tmp_path: Path) -> None:
    cells = {(row["cohort"], row["period"]): row for row in rows(truncated(tmp_path), "retention.cohorts", "2026-06-02", min_cohort=1, mode="rolling")}
    assert [cells["2026-03-01", k]["eligible"] for k in (0, 1)] == [1, 2]


def test_trap_3_the_mix_has_the_same_cells(tmp_path: Path) -> None:
    told = [(f"{month}{n}", f"2026-0{month}-{3 + n:02}", "all") for month in (2, 3) for n in range(12)]
    events = [event for account, _, _ in told for event in weekly(account, "2026-03-28", 6)]
    world = World(tmp_path, events, sources=with_accounts(tmp_path, ("account_id", "created_at", "plan"), told, ["plan"]))
    assert {row["status"] for row in rows(world, "retention.mix", "2026-05-02")} == {"censored"}


def test_trap_7_of_who_is_older_than_the_export_nobody_knows_when_it_was_first_active(tmp_path: Path) -> None:
    cells = rows(truncated(tmp_path), "retention.cohorts", "2026-06-02", anchor="first_active")
    assert {(row["cohort"], row["accounts"]) for row in cells} == {("2026-03-01", 1), ("all", 1)}
