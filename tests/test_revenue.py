"""What money moved by, what it is worth beside its costs, and what goes with paying less."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_traps_revenue import Paid

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.tables import Asked, compute

HEAD = "account_id,start_date,end_date,mrr,seats,plan,subscription_kind"
Row = dict[str, Any]


def reasons(world: Paid, month: str = "2026-03") -> dict[str, float]:
    found = world.told("revenue.drivers", "2026-04-05", periods=3)
    told = {row["driver"]: float(row["net"]) for row in found if str(row["period"]) == f"{month}-01" and row["net"]}
    row = world.month(month, "2026-04-05")
    assert sum(told.values()) == pytest.approx(float(row["expansion"] - row["contraction"]))
    return told


CHANGES = {
    "more seats": (("100,10,pro,", "120,12,pro,"), {"seats": 20}),
    "fewer seats at a higher price": (("100,10,pro,", "99,9,pro,"), {"seats": -10, "price": 9}),
    "another price": (("100,10,pro,", "90,10,pro,"), {"price": -10}),
    "another plan": (("100,10,pro,", "150,10,max,"), {"plan": 50}),
    "another plan for more people": (("100,10,pro,", "180,12,max,"), {"seats": 20, "plan": 60}),
    "usage": (("100,,,usage", "130,,,usage"), {"volume": 30}),
    "seats are not said": (("100,,pro,", "130,,pro,"), {"unexplained": 30}),
    "the plan is not said": (("100,10,,", "130,12,,"), {"seats": 20, "unexplained": 10}),
    "a plan that had no name": (("100,10,,", "130,10,max,"), {"unexplained": 30}),
    "no seats before": (("100,0,pro,", "130,3,pro,"), {"unexplained": 30}),
    "a third of the seats": (("100,3,pro,", "66.6666,2,pro,"), {"seats": -33.33}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_has_its_reason(tmp_path: Path, name: str) -> None:
    (before, after), wanted = CHANGES[name]
    world = Paid(tmp_path, f"a,2025-12-01,2026-03-10,{before}", f"a,2026-03-10,,{after}", head=HEAD)
    assert reasons(world) == wanted


def test_modules_are_added_and_dropped(tmp_path: Path) -> None:
    rows = ("a,2025-12-01,,100,10,pro,", "a,2026-03-10,,30,,reports,", "b,2025-12-01,,100,10,pro,", "b,2025-12-01,2026-03-12,12,,backup,module", "b,2026-03-12,,5,,reports,module")
    assert reasons(Paid(tmp_path, *rows, head=HEAD)) == {"modules": 23}


def test_a_reason_is_that_of_its_day(tmp_path: Path) -> None:
    """Up by seats, down again a week later: both are told, though the month is as it was."""
    rows = ("a,2025-12-01,2026-03-10,100,10,pro,", "a,2026-03-10,2026-03-17,150,15,pro,", "a,2026-03-17,,100,10,pro,")
    (row,) = [row for row in Paid(tmp_path, *rows, head=HEAD).told("revenue.drivers", "2026-04-05", periods=2) if row["driver"] == "seats" and row["up"]]
    assert (row["net"], row["up"], row["down"], row["accounts"]) == (0, 50, 50, 1)


@pytest.mark.parametrize(("back", "wanted"), [("2026-03-10", {"currency": 5}), ("2026-03-11", {"unexplained": 5})])
def test_only_a_change_of_currency_on_one_day_is_one(tmp_path: Path, back: str, wanted: Row) -> None:
    """Dollars for francs; a day later they are two changes, an end and a beginning, while euros are paid all along."""
    rows = ("a,2025-12-01,,100,EUR", "a,2025-12-01,2026-03-10,20,USD", f"a,{back},,15,CHF")
    world = Paid(tmp_path, *rows, head="account_id,start_date,end_date,mrr,currency", rates=("USD,2025-12-01,0.5", "CHF,2025-12-01,1"), currency="EUR")
    assert reasons(world) == wanted


THREE = ("old,2026-01-01,,100,EUR", "new,2026-03-17,,62,EUR", "gone,2026-01-01,2026-03-01,50,EUR")


def costed(folder: Path, *costs: str, head: str = "month,spend,cogs,currency", spans: Sequence[str] = THREE, **told: Any) -> Paid:
    world = Paid(folder, *spans, head="account_id,start_date,end_date,mrr,currency", **told)
    (folder / "costs.csv").write_text("\n".join((head, *costs)) + "\n", "utf-8")
    text = world.path.read_text("utf-8")
    world.path.write_text(text.replace('"sources": {', '"sources": {"costs": {"files": "costs.csv"}, ', 1), "utf-8")
    return world


def march(world: Paid) -> Row:
    return world.month("2026-03", "2026-04-01", room="revenue.unit_economics")


@pytest.mark.parametrize(("name", "told"), [("sales_and_marketing", ["a column 'sales_and_marketing' is not read; declare it as `sales_and_marketing` if it says that"]), ("spend", [])])
def test_spending_under_another_name_is_told_and_not_taken(tmp_path: Path, name: str, told: list[str]) -> None:
    world = costed(tmp_path, "2026-03,124,26,EUR", head=f"month,{name},cogs,currency")
    made, ledger = compute(read(world.path), [catalog.rooms()["revenue.unit_economics"]], Asked(as_of=date(2026, 4, 1)))
    row = next(row for row in made[0].frame.to_dicts() if row["period"] == date(2026, 3, 1))
    assert row["cogs"] is not None and (row["spend"] is None) == bool(told)
    assert [warning.message for warning in ledger.warnings if "is not read" in warning.message] == told


def test_revenue_of_a_month_is_earned_day_by_day(tmp_path: Path) -> None:
    row = march(costed(tmp_path, "2026-03,124,26,EUR"))
    assert (row["revenue"], row["margin"]) == (130, pytest.approx(0.8))  # 100 on 31 days, 62 on 15 of them
    assert (row["customers"], row["new"], row["cac"]) == (1, 62, 124)
    assert row["payback"] == pytest.approx(124 / (62 * 0.8))


def test_a_mean_is_rounded_to_the_cent_once(tmp_path: Path) -> None:
    """10.004967 is 10.00; rounded to 10.0050 before, it would be 10.01."""
    spans = [f"{name},2026-03-02,,{mrr},EUR" for name, mrr in (("a", "10.0049"), ("b", "10.0050"), ("c", "10.0050"))]
    row = march(costed(tmp_path, "2026-03,30.0149,26,EUR", spans=spans))
    assert (str(row["arpa"]), str(row["cac"])) == ("10.00", "10.00")


def test_lifetime_is_the_area_under_the_curve_and_no_further_than_seen(tmp_path: Path) -> None:
    """Spells of 90 and 15 days so far, and one that ended after 59: of the two that got there one was left."""
    row = march(costed(tmp_path, "2026-03,124,26,EUR"))
    assert row["watched"] == pytest.approx(90 / 30.4375)
    assert row["lifetime"] == pytest.approx((59 + 31 * 0.5) / 30.4375)
    assert float(row["lifetime_value"]) == pytest.approx(81 * 0.8 * row["lifetime"], abs=0.01)
    (short,) = [row for row in costed(tmp_path, "2026-03,124,26,EUR").told("revenue.unit_economics", "2026-04-01", horizon=1) if row["watched"]]
    assert (short["lifetime"], short["watched"]) == (1, 1)


@pytest.mark.parametrize(("cost", "margin", "cac"), [("2026-03,124,,EUR", None, 124), ("2026-03,,26,EUR", 0.8, None), ("2026-02,124,26,EUR", None, None), ("2026-03,124,26,USD", None, None)])
def test_what_is_not_known_is_empty(tmp_path: Path, cost: str, margin: float | None, cac: float | None) -> None:
    row = march(costed(tmp_path, cost))
    assert (row["margin"] and round(row["margin"], 9), row["cac"], row["payback"], row["value_to_cac"]) == (margin, cac, None, None)


def test_costs_without_a_currency_are_in_that_of_the_revenue_and_foreign_ones_are_converted(tmp_path: Path) -> None:
    assert march(costed(tmp_path, "2026-03,124,26", head="month,spend,cogs"))["cac"] == 124
    world = costed(tmp_path, "2026-03,100,10,EUR", "2026-03,48,32,USD", rates=("USD,2025-12-01,0.5",), currency="EUR")
    assert (march(world)["cogs"], march(world)["spend"]) == (26, 124)


def test_costs_in_a_currency_that_nothing_converts_make_the_month_unknown(tmp_path: Path) -> None:
    world = costed(tmp_path, "2026-03,100,10,EUR", "2026-02,48,32,USD", "2026-03,48,32,USD", rates=("USD,2026-03-01,0.5",), currency="EUR")
    row = march(world)
    assert (row["cogs"], row["spend"], row["margin"]) == (None, None, None)
    (said,) = [note for note in world.table("revenue.unit_economics", "2026-04-01").meta["notes"] if note.startswith("costs in ")]
    assert said.startswith("costs in USD are of no use") and said.endswith("(sources.rates, with revenue.currency) in every month from 2026-02-01 on")
    converted = costed(tmp_path, "2026-02,48,32,USD", "2026-03,48,32,USD", rates=("USD,2026-02-01,0.5",), currency="EUR")
    assert march(converted)["cogs"] == 16
    assert not [note for note in converted.table("revenue.unit_economics", "2026-04-01").meta["notes"] if note.startswith("costs in ")]


def test_more_cost_than_revenue_is_never_paid_back(tmp_path: Path) -> None:
    row = march(costed(tmp_path, "2026-03,124,260,EUR"))
    assert (row["margin"], row["payback"]) == (-1, None)
    assert row["lifetime_value"] < 0


def test_a_margin_of_nothing_never_pays_back(tmp_path: Path) -> None:
    row = march(costed(tmp_path, "2026-03,124,130,EUR"))
    assert (row["margin"], row["payback"], row["lifetime_value"]) == (0, None, 0)


@pytest.mark.parametrize(("days", "value"), [("2026-01-04 2026-02-01", "steady"), ("2026-01-04 2026-01-31", "declining"), ("2026-01-03 2026-02-01", "growing")])
def test_work_of_28_days_is_held_against_the_28_before(tmp_path: Path, days: str, value: str) -> None:
    """The landmark is the 1st of March: from the 1st of February, and from the 4th of January on."""
    world = Paid(tmp_path, "a,2026-01-01,,100")
    before, after = days.split()
    events = [f"a,worked,{day}T12:00:00Z" for day in ("2026-01-01", *[before, "2026-01-05", "2026-01-06", "2026-01-07"], *[after, "2026-02-20", "2026-02-21", "2026-02-28"])]
    (tmp_path / "events.csv").write_text("\n".join(("account_id,event,timestamp", *events)) + "\n", "utf-8")
    (tmp_path / "accounts.csv").write_text("account_id,created_at\na,2026-01-01T00:00:00Z\n", "utf-8")
    rows = world.told("revenue.by_behaviour", "2026-04-05", months=1, min_work=3, drop=0.2)
    placed = {row["value"]: row["accounts"] for row in rows if row["behaviour"] == "core work"} | {"steady": rows[0]["others"]}
    assert [name for name, accounts in placed.items() if accounts] == [value]


def test_whoever_left_and_still_works_is_found(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-02-01,2025-12-20,100", "b,2026-06-01,,10")
    assert [(row["account"], row["finding"]) for row in world.told("revenue.accounts") if row["finding"]] == [("a", "it left and works on")]


@pytest.mark.parametrize("more", [{"churn_recognition": "cancelled"}, {}])
def test_who_may_still_use_it_is_no_finding(tmp_path: Path, more: Row) -> None:
    """Cancelled, but paid until February; or on a plan that costs nothing."""
    world = Paid(tmp_path, "a,2025-02-01,2026-02-20,100,2025-12-20" if more else "a,2025-02-01,2025-12-20,100,", "a,2025-12-20,,0,", head="account_id,start_date,end_date,mrr,cancelled_at", **more)
    assert [(str(row["mrr"]), row["finding"]) for row in world.told("revenue.accounts")] == [("0.00", None)]


def test_the_rows_of_the_accounts_add_up_to_the_movements(tmp_path: Path) -> None:
    rows = [f"a{n},2025-12-01,2026-03-{n + 2:02d},{n + 1}.25" for n in range(20)] + [f"a{n},2026-03-{n + 2 + n % 3:02d},,{3 * n}.10" for n in range(1, 20)] + ["y,2026-03-01,,3", "z,2026-03-31,,7"]
    world = Paid(tmp_path, *rows)
    total, each = world.month("2026-03", "2026-04-05"), world.told("revenue.accounts", "2026-04-05")
    for name in ("start", "new", "expansion", "reactivation", "contraction", "churn", "fx", "end"):
        assert sum(row[name] for row in each) == total[name], name
    assert all(row["start"] + row["new"] + row["expansion"] + row["reactivation"] - row["contraction"] - row["churn"] == row["end"] for row in each)


def using(folder: Path, day: str) -> list[Row]:
    """40 customers; half of them use the export, on that day; they pay as before, of the others half pay less in March."""
    rows = [f"a{n:02d},2026-01-01,{'2026-03-10' if n % 4 == 1 else ''},100" for n in range(40)]
    world = Paid(folder, *rows, *(f"a{n:02d},2026-03-10,,60" for n in range(1, 40, 4)))
    events = [f"a{n:02d},{event},{when}T12:00:00Z" for n in range(40) for event, when in (("worked", "2026-01-02"), *([("exported", day)] if n % 2 == 0 else []))]
    (folder / "events.csv").write_text("\n".join(("account_id,event,timestamp", *events)) + "\n", "utf-8")
    (folder / "accounts.csv").write_text("account_id,created_at\n" + "".join(f"a{n:02d},2026-01-01T00:00:00Z\n" for n in range(40)), "utf-8")
    world.path.write_text(json.dumps(json.loads(world.path.read_text("utf-8")) | {"features": {"export": {"rule": "exported"}}}), "utf-8")
    return [row for row in world.told("revenue.by_behaviour", "2026-04-05", months=1) if row["behaviour"] == "feature export"]


def test_who_used_it_before_is_held_against_who_did_not(tmp_path: Path) -> None:
    (row,) = using(tmp_path, "2026-02-28")
    assert (row["accounts"], row["less"], row["others"], row["others_rate"], row["verdict"]) == (20, 0, 20, 0.5, "associated with not paying less")
    assert (row["nrr"], row["grr"], row["others_nrr"]) == (1, 1, 0.8)


def test_use_in_the_months_that_are_judged_is_hindsight(tmp_path: Path) -> None:
    (row,) = using(tmp_path, "2026-03-01")
    assert (row["accounts"], row["others"], row["verdict"]) == (0, 40, "insufficient")
