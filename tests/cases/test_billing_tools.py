"""What billing tools print of the same subscriptions: ChartMogul, Stripe, Baremetrics, Chargebee, Recurly, ProfitWell, Paddle."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from test_traps_revenue import Paid

STAYING = tuple(f"stays{n:02d},2025-01-01,,10" for n in range(89))
LEAVING = tuple(f"leaves{n},2025-01-01,2026-02-{n + 3:02d},10" for n in range(10))
KINDS = "account_id,start_date,end_date,mrr,subscription_kind"


def logos(world: Paid, month: str = "2026-02") -> dict[str, Any]:
    return world.month(month, room="retention.logos")


def test_customer_churn_leaves_out_who_came_back_and_who_had_just_come(tmp_path: Path) -> None:
    """ChartMogul: of 100 customers 12 churn, one of them comes back and one had joined in that month: 10 %."""
    world = Paid(tmp_path, *STAYING, *LEAVING, "back,2025-01-01,2026-02-10,10", "back,2026-02-20,,10", "passer,2026-02-05,2026-02-25,10")
    row = logos(world)
    assert (row["paying"], row["lost"], row["returned"], row["churn"], world.month("2026-02")["left"]) == (100, 10, 1, 0.1, 12)


def test_stripes_churn_has_those_who_came_in_its_base(tmp_path: Path) -> None:
    """3 of 20 + 5 left, one of whom had just come; of the 20 of the eve it is 2."""
    came = [f"new{n},2026-02-03,,10" for n in range(4)]
    world = Paid(tmp_path, *STAYING[:18], *LEAVING[:2], *came, "passer,2026-02-03,2026-02-20,10")
    row, moved = logos(world), world.month("2026-02")
    assert row["churn"] == 2 / 20
    assert moved["left"] / (row["paying"] + moved["came"]) == 3 / 25


def test_the_average_sale_is_what_new_customers_pay_by_their_number(tmp_path: Path) -> None:
    """ChartMogul's example: three for 100, seven for 50; who grows or was there before does not count."""
    gold, silver = [f"gold{n},2026-05-0{n + 1},,100" for n in range(3)], [f"silver{n},2026-05-1{n},,50" for n in range(7)]
    row = Paid(tmp_path, *gold, *silver, "gold0,2026-05-20,,900", "old,2026-01-01,,500").month("2026-05")
    assert row["new"] / row["came"] == 65


def test_years_and_discounts_come_down_to_a_month(tmp_path: Path) -> None:
    """Stripe: 100 customers for 100 a month, 50 for 600 a year. ProfitWell: 120 a year less a tenth is 9 a month."""
    head = "account_id,start_date,end_date,mrr,amount_interval,mrr_discount"
    plans = [f"a{n},2026-01-05,,100,month," for n in range(100)] + [f"b{n},2026-01-05,,600,year," for n in range(50)]
    row = Paid(tmp_path, *plans, head=head).month("2026-02", room="revenue.mrr")
    assert (row["mrr"], row["arr"], row["paying"]) == (12_500, 150_000, 150)
    assert Paid(tmp_path, "a,2026-01-05,,120,year,12", head=head).month("2026-02", room="revenue.mrr")["mrr"] == 9


def test_net_retention_of_thirty_days(tmp_path: Path) -> None:
    """Baremetrics: 100 % − (100 churned − 60 expanded) / 600 of thirty days ago."""
    world = Paid(tmp_path, "a,2025-12-01,2026-02-10,100", "b,2025-12-01,2026-02-10,200", "b,2026-02-10,,260", "c,2025-12-01,,300", "new,2026-02-15,,50")
    rows = world.told("revenue.retention", "2026-03-02", period="day", windows=[30], periods=2, min_base=1)
    assert [row["nrr"] for row in rows] == pytest.approx([1 - 40 / 600] * 2)


def test_an_account_with_two_subscriptions_is_one_customer(tmp_path: Path) -> None:
    """Chargebee's gross retention goes by the subscription: 100 of 150 stayed. Stripe calls the first of two ends a downgrade."""
    row = Paid(tmp_path, "a,2025-12-01,,100", "a,2025-12-01,2026-02-10,50", "a,2026-02-10,,80").month("2026-02", room="revenue.retention", windows=[1], min_base=1)
    assert (row["grr"], row["nrr"]) == (1, 1.2)
    ends = Paid(tmp_path, "a,2025-12-01,2026-02-10,60", "a,2025-12-01,2026-02-20,40", "b,2025-12-01,,1")
    assert (ends.moves("2026-02"), ends.moves("2026-02", intra_period="net")) == ({"contraction": 60, "churn": 40}, {"churn": 100})  # Recurly's is the second


def test_who_pays_nothing_has_left_until_something_is_paid(tmp_path: Path) -> None:
    """A trial becomes new on the day on which it is paid for; a full discount is no customer, where ChartMogul keeps it active."""
    trials = Paid(tmp_path, "a,2026-01-05,2026-02-04,100,trial", "a,2026-02-04,,100,", "b,2026-01-06,2026-02-05,100,trial", head=KINDS)
    assert [row["new"] for row in trials.told("revenue.movements", "2026-03-02")] == [100, 0]  # no row before the first payment
    head = "account_id,start_date,end_date,mrr,mrr_discount"
    given = Paid(tmp_path, "a,2026-01-05,2026-02-05,100,", "a,2026-02-05,2026-03-05,100,100", "a,2026-03-05,,100,", head=head)
    assert [given.moves(month) for month in ("2026-02", "2026-03")] == [{"churn": 100}, {"reactivation": 100}]


@pytest.mark.parametrize(("usage", "expected"), [("include", {"new": 130}), ("exclude", {"new": 100})])
def test_metered_usage_is_revenue_or_not(tmp_path: Path, usage: str, expected: dict[str, int]) -> None:
    """ProfitWell counts it; Stripe and Paddle leave it out of MRR."""
    world = Paid(tmp_path, "a,2026-01-05,,100,plan", "a,2026-01-05,,30,metered", "b,2026-01-05,,9,one-time", head=KINDS, usage=usage)
    assert world.moves("2026-01") == expected
    (page,) = [page for page in world.table("revenue.movements", "2026-03-02").meta["ledger"] if page["source"] == "subscriptions"]
    assert page["filtered"] == {"one-time": 1, **({"usage": 1} if usage == "exclude" else {})}


def test_who_is_past_due_pays_and_who_is_unpaid_has_left(tmp_path: Path) -> None:
    """As Stripe has it; its trials and Chargebee's are none of either."""
    spans = ("2026-01-01,2026-02-01,100,active", "2026-02-01,2026-03-01,100,past_due", "2026-03-01,2026-04-01,100,unpaid")
    world = Paid(tmp_path, *(f"a,{span}" for span in spans), "b,2026-01-01,,9,in_trial", "c,2026-01-01,,9,trialing", head=KINDS)
    assert [world.moves(f"2026-0{month}") for month in (1, 2, 3, 4)] == [{"new": 100}, {}, {"churn": 100}, {}]


def test_revenue_of_cohorts_is_a_segment(tmp_path: Path) -> None:
    """ChartMogul's net MRR retention by the month of the first payment: the MRR of a later month over that of the first."""
    world = Paid(tmp_path, "a,2026-01-05,2026-02-10,100", "a,2026-02-10,,150", "b,2026-01-20,2026-03-10,100", "c,2026-02-05,,50")
    (tmp_path / "accounts.csv").write_text("account_id,created_at,began\na,2026-01-05,2026-01\nb,2026-01-20,2026-01\nc,2026-02-05,2026-02\n", "utf-8")
    told = json.loads(world.path.read_text("utf-8"))
    told["sources"]["accounts"]["segments"] = ["began"]
    world.path.write_text(json.dumps(told), "utf-8")
    rows = {(row["began"], str(row["period"])[:7]): (row["mrr"], row["paying"]) for row in world.told("revenue.mrr", "2026-04-01", by=["began"])}
    assert [rows["2026-01", f"2026-0{n}"] for n in (1, 2, 3)] == [(200, 2), (250, 2), (150, 1)]  # 100 %, 125 %, 75 %
    assert rows["2026-02", "2026-03"] == (50, 1)


MONTHS = ("01-01,2026-01-31", "02-01,2026-02-28", "03-01,2026-03-31", "04-01,2026-04-30")


def test_an_end_may_be_the_last_day_covered(tmp_path: Path) -> None:
    """Invoices of whole months: read the other way, everybody leaves on the last day of each and comes back."""
    rows = [f"a,2026-{month},100" for month in MONTHS]
    last = Paid(tmp_path, *rows, "b,2026-01-01,2026-01-31,10", "once,2026-02-03,2026-02-03,1", source={"covers_end": True})
    assert [last.moves(f"2026-0{n}") for n in (1, 2, 3, 4, 5)] == [{"new": 110}, {"new": 1, "churn": 11}, {}, {}, {"churn": 100}]
    assert [row["end"] for row in last.told("revenue.movements", "2026-04-30")] == [100, 100, 110, 100]
    first = Paid(tmp_path, *rows)
    assert first.moves("2026-03") == {"reactivation": 100, "churn": 100}
    assert Paid(tmp_path, *rows, gap_grace="1d").moves("2026-03") == {}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Berlin"])
def test_both_ways_to_write_an_end_give_the_same_tables(tmp_path: Path, zone: str) -> None:
    """Days of any zone, clocks put forward or back among them."""
    chance, first = Random(7), date(2025, 9, 1)
    spans = [(f"a{chance.randrange(30):02d}", start := first + timedelta(days=chance.randrange(240)), start + timedelta(days=chance.choice((1, 28, 30, 60, 200)))) for _ in range(90)]
    told = []
    for last in (False, True):
        rows = [f"{name},{start},{end - timedelta(days=last)},{10 + n}" for n, (name, start, end) in enumerate(spans)]
        world = Paid(tmp_path, *rows, source={"covers_end": last})
        world.path.write_text(json.dumps(json.loads(world.path.read_text("utf-8")) | {"timezone": zone}), "utf-8")
        told.append([world.told(room, "2026-04-15") for room in ("revenue.movements", "revenue.accounts", "revenue.retention", "revenue.unit_economics", "retention.logos", "churn_risk.churned")])
    assert told[0] == told[1]
    assert sum(row["left"] for row in told[0][0]) > 30
