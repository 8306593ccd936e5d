"""Ways to be wrong about money, each by its number; and numbers that published pages print, under the settings that give them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cases.world import World

Row = dict[str, Any]
HEAD = "account_id,start_date,end_date,mrr"
WORD = {"new": "came", "expansion": "grew", "reactivation": "returned", "contraction": "shrank", "churn": "left"}


class Paid(World):
    """Accounts with subscriptions; `source` adds to the subscriptions' own declaration."""

    def __init__(self, folder: Path, *rows: str, head: str = HEAD, source: Row | None = None, rates: tuple[str, ...] = (), **revenue: Any) -> None:
        names = sorted({row.split(",")[0] for row in rows})
        listed = "".join(f"{name},2024-01-01T00:00:00Z\n" for name in names)
        (folder / "accounts.csv").write_text(f"account_id,created_at\n{listed}", "utf-8")
        (folder / "subs.csv").write_text("\n".join((head, *rows)) + "\n", "utf-8")
        sources: Row = {"events": {"files": "events.csv"}, "accounts": {"files": "accounts.csv"}, "subscriptions": {"files": "subs.csv", **(source or {})}}
        if rates:
            (folder / "rates.csv").write_text("\n".join(("currency,valid_from,rate", *rates)) + "\n", "utf-8")
            sources["rates"] = {"files": "rates.csv"}
        super().__init__(folder, [(names[0], "worked", "2026-01-02T12:00:00Z")], sources=sources, **({"revenue": revenue} if revenue else {}))

    def month(self, month: str, as_of: str = "2026-12-01", room: str = "revenue.movements", **settings: Any) -> Row:
        """The one row of a month."""
        (found,) = [row for row in self.told(room, as_of, **settings) if str(row["period"]) == f"{month}-01"]
        return found

    def told(self, room: str, as_of: str = "2026-12-01", **settings: Any) -> list[Row]:
        return self.table(room, as_of, **settings).frame.to_dicts()

    def moves(self, month: str, **settings: Any) -> dict[str, float]:
        """What is not nothing in that month."""
        row = self.month(month, **settings)
        start, end = row["start"], row["end"]
        gains, losses = row["new"] + row["expansion"] + row["reactivation"], row["contraction"] + row["churn"]
        assert start + gains - losses + row["fx"] == end
        return {name: float(row[name]) for name in (*WORD, "fx") if row[name]}


def test_trap_15_who_comes_back_is_neither_new_nor_expansion(tmp_path: Path) -> None:
    """250 leave in February, of which 50 come back as 80 in April."""
    world = Paid(tmp_path, "big,2025-12-01,2026-02-10,200", "back,2025-12-01,2026-02-10,50", "back,2026-04-05,,80")
    assert world.moves("2026-02") == {"churn": 250}
    assert world.moves("2026-03") == {}
    assert world.moves("2026-04") == {"reactivation": 80}
    assert [world.month("2026-04")[name] for name in ("came", "returned", "grew")] == [0, 1, 0]


def test_trap_16_new_and_gone_in_one_month_is_a_matter_of_policy(tmp_path: Path) -> None:
    world = Paid(tmp_path, "passer,2026-03-05,2026-03-20,100", "stays,2026-01-01,,50", "up,2026-03-02,2026-03-09,10", "up,2026-03-09,,15")
    assert world.moves("2026-03") == {"new": 110, "expansion": 5, "churn": 100}
    assert world.moves("2026-03", intra_period="net") == {"new": 15}
    assert world.moves("2026-03", intra_period="ignore") == {"new": 10, "expansion": 5}
    days = {str(row["period"]): row for row in world.told("revenue.movements", period="day", periods=365, intra_period="net")}
    assert (days["2026-03-05"]["new"], days["2026-03-20"]["churn"]) == (100, 100)  # a day has no inside


def test_trap_16_back_and_gone_again_is_no_net_movement(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2026-01-01,2026-03-05,100", "a,2026-03-10,2026-03-12,70", "a,2026-03-20,,80")
    assert world.moves("2026-03") == {"churn": 170, "reactivation": 150}
    assert world.moves("2026-03", intra_period="net") == {"contraction": 20}


def test_trap_16_what_nets_to_a_return_or_a_loss_is_one(tmp_path: Path) -> None:
    world = Paid(tmp_path, "back,2025-12-01,2026-02-10,50", "back,2026-03-05,2026-03-20,70", "back,2026-03-20,,60", "down,2025-12-01,2026-03-05,90", "down,2026-03-05,2026-03-09,95")
    assert world.moves("2026-03") == {"reactivation": 70, "contraction": 10, "expansion": 5, "churn": 95}
    assert world.moves("2026-03", intra_period="net") == {"reactivation": 60, "churn": 90}


CANCELLED = "account_id,start_date,end_date,mrr,cancelled_at"


@pytest.mark.parametrize(("recognition", "month"), [("end", "2026-03"), ("cancelled", "2026-01")])
def test_trap_17_churn_is_when_the_definition_says(tmp_path: Path, recognition: str, month: str) -> None:
    world = Paid(tmp_path, "a,2025-06-01,2026-03-15,100,2026-01-20", head=CANCELLED, churn_recognition=recognition)
    assert world.moves(month) == {"churn": 100}
    assert [row["left"] for row in world.told("revenue.movements", period="month")].count(1) == 1


def test_trap_17_an_end_is_the_first_day_not_covered(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-06-01,2026-02-01,100", "b,2025-06-01,2026-01-31,10")
    assert world.moves("2026-01") == {"churn": 10}
    assert world.moves("2026-02") == {"churn": 100}
    assert world.month("2026-01", room="revenue.mrr")["mrr"] == 100


def test_trap_18_closed_and_opened_on_one_day_is_a_change(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-12-01,2026-03-01,50", "a,2026-03-01,,80")
    assert world.moves("2026-03") == {"expansion": 30}


@pytest.mark.parametrize(("grace", "february", "march"), [
    (0, {"churn": 50}, {"reactivation": 80}), (6, {"churn": 50}, {"reactivation": 80}), (7, {}, {"expansion": 30}),
])  # fmt: skip
def test_trap_18_a_gap_within_the_grace_is_none(tmp_path: Path, grace: int, february: Row, march: Row) -> None:
    world = Paid(tmp_path, "a,2025-12-01,2026-02-25,50", "a,2026-03-04,,80", gap_grace=f"{grace}d")
    assert (world.moves("2026-02"), world.moves("2026-03")) == (february, march)
    kept = [row for row in world.told("retention.logos", "2026-12-01") if str(row["period"]) == "2026-02-01"]
    assert kept[0]["kept"] == (0 if february else 1)  # one truth for money and for logos


def test_trap_18_a_gap_that_may_yet_close_leaves_the_month_provisional(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-12-01,2026-02-25,50", "b,2025-12-01,,10", gap_grace="10d")
    early, late = (world.month("2026-02", as_of) for as_of in ("2026-03-05", "2026-03-11"))
    assert (early["churn"], early["status"], late["status"]) == (50, "provisional", "final")


def test_trap_19_one_of_two_subscriptions_ends_and_the_account_stays(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-12-01,,50", "a,2025-12-01,2026-03-10,30", "b,2025-12-01,,20")
    assert world.moves("2026-03") == {"contraction": 30}
    row = world.month("2026-03", room="revenue.mrr")
    assert (row["mrr"], row["paying"], row["arpa"]) == (70, 2, 35)


def test_trap_20_open_ends_stay_and_future_ends_are_no_churn_yet(tmp_path: Path) -> None:
    """4 customers, one of them open-ended, one until 2027."""
    world = Paid(tmp_path, "open,2026-01-01,,100", "until,2026-01-01,2027-01-01,70", "gone,2026-01-01,2026-05-01,20", "short,2026-01-01,2026-06-15,10")
    assert world.moves("2026-06", as_of="2026-06-15") == {}
    (now,) = [row for row in world.told("revenue.mrr", "2026-06-15") if row["committed"] is not None]
    assert (str(now["period"]), now["mrr"], now["committed"]) == ("2026-06-01", 180, 100)
    ends = {row["account"]: row["ends_day"] for row in world.told("revenue.accounts", "2026-06-15")}
    assert {name: str(day) for name, day in ends.items() if day} == {"until": "2027-01-01", "short": "2026-06-15"}  # the first day not covered is T itself


FULL = "account_id,start_date,end_date,mrr,amount_interval,subscription_kind,mrr_discount,currency"


def test_trap_21_amounts_of_a_year_are_of_a_month_and_what_is_no_revenue_is_counted(tmp_path: Path) -> None:
    rows = (
        "a,2026-01-01,,2000,year,,,EUR", "b,2026-01-01,,300,Quarterly,recurring,30,EUR", "c,2026-01-01,,600,6,,,EUR", "d,2026-01-01,,7,,usage,,EUR",
        "d,2026-01-01,,5000,,one-time,,EUR", "e,2026-01-01,,90,month,trial,,EUR",
    )  # fmt: skip
    world = Paid(tmp_path, *rows, head=FULL)
    table = world.table("revenue.accounts", "2026-03-05")
    paid = {row["account"]: row["mrr"] for row in table.frame.to_dicts()}
    assert {name: str(amount) for name, amount in paid.items()} == {"a": "166.67", "b": "90.00", "c": "100.00", "d": "7.00", "e": "None"}
    (page,) = [entry for entry in table.meta["ledger"] if entry["source"] == "subscriptions"]
    assert (page["used"], page["filtered"]) == (4, {"one-time": 1, "trial": 1})
    (arr,) = {row["arr"] for row in world.told("revenue.mrr", "2026-03-05")}
    assert arr == Decimal("4364.00")  # 12 × (166.6667 + 90 + 100 + 7), not of rounded cents


def test_trap_21_trials_and_discounts_count_as_the_definition_says(tmp_path: Path) -> None:
    rows = ("b,2026-01-01,,300,quarter,recurring,30,EUR", "e,2026-01-01,,90,month,trial,,EUR")
    world = Paid(tmp_path, *rows, head=FULL, trials="include", discounts="ignore")
    assert {row["account"]: row["mrr"] for row in world.told("revenue.accounts", "2026-03-05")} == {"b": 100, "e": 90}


@pytest.mark.parametrize(("policy", "moved"), [
    ({}, {"2026-02": {}, "2026-03": {"churn": 100}, "2026-04": {"reactivation": 100}, "2026-05": {"churn": 100}}),
    ({"on_hold": "include"}, {"2026-02": {}, "2026-03": {}, "2026-04": {}, "2026-05": {"churn": 100}}),
    ({"past_due": "exclude"}, {"2026-02": {"churn": 100}, "2026-03": {}, "2026-04": {"reactivation": 100}, "2026-05": {"churn": 100}}),
    ({"on_hold": "include", "past_due": "exclude"}, {"2026-02": {"churn": 100}, "2026-03": {"reactivation": 100}, "2026-04": {}, "2026-05": {"churn": 100}}),
    ({"gap_grace": "40d"}, {"2026-02": {}, "2026-03": {}, "2026-04": {}, "2026-05": {"churn": 100}}),
])  # fmt: skip
def test_trap_21_on_hold_and_past_due_count_as_the_definition_says(tmp_path: Path, policy: Row, moved: dict[str, dict[str, int]]) -> None:
    """Pays, does not pay in time in February, is on hold in March, pays in April, ends."""
    spans = ("2026-01-01,2026-02-01,100,Active", "2026-02-01,2026-03-01,100,dunning", "2026-03-01,2026-04-01,100,paused", "2026-04-01,2026-05-01,100,")
    world = Paid(tmp_path, *(f"a,{one}" for one in spans), head="account_id,start_date,end_date,mrr,subscription_kind", **policy)
    rows = {str(row["period"])[:7]: row for row in world.told("revenue.movements", "2026-07-05", periods=12)}
    assert {month: {name: int(rows[month][name]) for name in WORD if rows[month][name]} for month in moved} == moved
    (page,) = [entry for entry in world.table("revenue.mrr", "2026-07-05").meta["ledger"] if entry["source"] == "subscriptions"]
    left = {"on-hold": 1} if policy.get("on_hold") != "include" else {}
    assert page["filtered"] == left | ({"past-due": 1} if policy.get("past_due") else {})


CURRENCIES = "account_id,start_date,end_date,mrr,currency"
TWO = ("a,2026-01-05,,100,EUR", "b,2026-01-05,,100,USD", "b,2026-03-15,,50,USD", "c,2026-01-05,2026-03-10,10,USD", "c,2026-03-10,,9,EUR")


def test_trap_22_currencies_are_not_added_without_rates(tmp_path: Path) -> None:
    world = Paid(tmp_path, *TWO, head=CURRENCIES)
    table = world.table("revenue.mrr", "2026-04-05")
    march = {row["currency"]: (row["mrr"], row["paying"]) for row in table.frame.to_dicts() if str(row["period"]) == "2026-03-01"}
    assert march == {"EUR": (109, 2), "USD": (150, 1)}
    assert any("amounts in EUR, USD stand apart" in note for note in table.meta["notes"])
    churned = {row["currency"]: row["churn"] for row in world.told("revenue.movements", "2026-04-05")}
    assert set(churned.values()) == {0}  # c changed its currency and left nobody


def test_trap_22_rates_move_nothing_but_fx(tmp_path: Path) -> None:
    world = Paid(tmp_path, *TWO, head=CURRENCIES, rates=("USD,2025-12-01,0.9", "USD,2026-02-01,0.8", "USD,2026-02-20,0.1", "USD,2026-03-01,0.7"), currency="EUR")
    assert world.moves("2026-01", as_of="2026-04-05") == {"new": 199}
    assert world.moves("2026-02", as_of="2026-04-05") == {"fx": -11}  # by the rate of the 1st, not by that of the 20th
    assert world.moves("2026-03", as_of="2026-04-05") == {"expansion": 37, "fx": -11}
    (row,) = [row for row in world.told("revenue.retention", "2026-04-05", windows=[1], min_base=1) if str(row["period"]) == "2026-02-01"]
    assert (row["nrr"], row["grr"]) == (1, 1)
    (row,) = [row for row in world.told("revenue.retention", "2026-04-05", windows=[1], min_base=1) if str(row["period"]) == "2026-03-01"]
    assert (row["start"], row["expansion"], row["contraction"], row["left"]) == (188, 41, 0, 0)  # 50 dollars at 0.8, and 9 euros for 10 dollars
    reasons = {row["driver"]: row["net"] for row in world.told("revenue.drivers", "2026-04-05", periods=2) if str(row["period"]) == "2026-03-01" and row["net"]}
    assert reasons == {"currency": 2, "unexplained": 35}


def test_trap_22_a_currency_without_a_rate_stands_apart(tmp_path: Path) -> None:
    world = Paid(tmp_path, *TWO, "d,2026-01-05,,8,GBP", "d,2026-03-20,,3,GBP", head=CURRENCIES, rates=("USD,2025-12-01,0.9", "GBP,2026-03-01,1.2"), currency="EUR")
    march = {row["currency"]: row["mrr"] for row in world.told("revenue.mrr", "2026-04-05") if str(row["period"]) == "2026-03-01"}
    assert march == {"EUR": 244, "GBP": 11}  # no rate for January: not converted at all, from March neither


def test_trap_23_money_is_exact(tmp_path: Path) -> None:
    rows = [f"a{n:04d},2026-01-{n % 28 + 1:02d},2026-0{n % 3 + 2}-{n % 28 + 1:02d},0.1" for n in range(999)]
    world = Paid(tmp_path, *rows)
    months = {str(row["period"])[:7]: row for row in world.told("revenue.movements", "2026-06-01")}
    assert [months[f"2026-0{month}"]["churn"] for month in (2, 3, 4)] == [Decimal("33.30")] * 3
    assert (months["2026-01"]["new"], months["2026-05"]["end"]) == (Decimal("99.90"), 0)


TERMS = "account_id,start_date,end_date,mrr,contract_term"


def test_trap_44_renewal_is_asked_of_those_who_were_up_for_it(tmp_path: Path) -> None:
    """Two years for half of the money: nobody of them could leave. Of the four whose year was over one did."""
    rows = [f"long{n},2025-03-10,,100,24" for n in range(4)] + [f"year{n},2025-03-10,{'2026-03-10' if n == 0 else ''},100,year" for n in range(4)]
    world = Paid(tmp_path, *rows, head=TERMS)
    (march,) = [row for row in world.told("revenue.retention", "2026-04-05", windows=[1], min_base=1) if str(row["period"]) == "2026-03-01"]
    assert (march["grr"], march["due"], march["renewed"], march["renewal_rate"]) == (0.875, 4, 3, 0.75)


def test_trap_44_without_a_term_nothing_is_due(tmp_path: Path) -> None:
    world = Paid(tmp_path, "a,2025-03-10,2026-03-10,100", "b,2025-03-10,,100")
    assert {(row["due"], row["renewal_rate"]) for row in world.told("revenue.retention", "2026-04-05", windows=[1])} == {(0, None)}


# What published pages print


def test_page_gross_and_net_churn_of_a_month(tmp_path: Path) -> None:
    """ChartMogul's standard formula: start 100, churn 10, contraction 10, expansion 10."""
    world = Paid(tmp_path, "a,2025-12-01,2026-02-10,10", "b,2025-12-01,2026-02-10,20", "b,2026-02-10,,10", "c,2025-12-01,2026-02-10,20", "c,2026-02-10,,30", "d,2025-12-01,,50")
    row = world.month("2026-02", "2026-03-05", room="revenue.retention", windows=[1], min_base=1)
    assert [row[name] for name in ("start", "churn", "contraction", "expansion")] == [100, 10, 10, 10]
    assert [row[name] for name in ("lost", "net_lost", "grr", "nrr")] == pytest.approx([0.2, 0.1, 0.8, 0.9])


RETURNED = (
    "a,2025-12-01,2026-02-10,10", "b,2025-12-01,2026-02-10,20", "b,2026-02-10,,10", "c,2025-12-01,2026-02-10,20", "c,2026-02-10,,30", "d,2025-12-01,,50",
    "e,2025-11-01,2025-12-01,9", "e,2026-02-10,,5", "new,2026-02-10,,7",
)  # fmt: skip


@pytest.mark.parametrize(("reactivation", "net_lost"), [("include", 0.05), ("exclude", 0.1)])
def test_page_net_churn_with_reactivation_or_without(tmp_path: Path, reactivation: str, net_lost: float) -> None:
    """Start 100, churn 10, contraction 10, expansion 10, reactivation 5, and somebody new, who counts in neither."""
    world = Paid(tmp_path, *RETURNED)
    row = world.month("2026-02", "2026-03-05", room="revenue.retention", windows=[1], min_base=1, reactivation=reactivation)
    assert [row[name] for name in ("start", "reactivation", "end", "net_lost", "nrr")] == pytest.approx([100, 5, 90, net_lost, 1 - net_lost])
    moved = world.month("2026-02", "2026-03-05")
    assert (moved["gross_churn"], moved["net_churn"]) == pytest.approx((0.2, 0.05))


def test_page_churn_of_a_month_day_by_day(tmp_path: Path) -> None:
    """The daily variant, over days: 1 of 10 lost on one, 2 of 10 on another after 1 was won, 1 of 8 grown back."""
    spans = ("a,2025-12-01,2026-02-10,1", "b,2025-12-01,2026-02-12,2", "c,2025-12-01,2026-02-14,7", "c,2026-02-14,,8", "new,2026-02-11,,1")
    world = Paid(tmp_path, *spans)
    row = world.month("2026-02", "2026-03-05", churn_formula="daily")
    assert (row["gross_churn"], row["net_churn"]) == pytest.approx((0.1 + 0.2, 0.1 + 0.2 - 0.125))
    at_once = world.month("2026-02", "2026-03-05")
    assert (at_once["gross_churn"], at_once["net_churn"]) == pytest.approx((0.3, 0.2))


def test_page_net_churn_of_a_day(tmp_path: Path) -> None:
    """The daily variant: 1 − (end − new) / start, of a day from 100 to 120 with 10 new."""
    world = Paid(tmp_path, "a,2025-12-01,2026-02-10,100", "a,2026-02-10,,110", "b,2026-02-10,,10")
    days = world.told("revenue.retention", "2026-02-12", period="day", windows=[1], min_base=1)
    (row,) = [row for row in days if str(row["period"]) == "2026-02-10"]
    assert row["net_lost"] == pytest.approx(-0.1)
    (moved,) = [row for row in world.told("revenue.movements", "2026-02-12", period="day") if str(row["period"]) == "2026-02-10"]
    assert (moved["start"], moved["end"], moved["new"], moved["net_churn"]) == (100, 120, 10, pytest.approx(-0.1))


def test_page_net_retention_from_its_components(tmp_path: Path) -> None:
    """MetricKit: 100k, +15k expansion, −5k contraction, −8k churn."""
    world = Paid(tmp_path, "a,2025-12-01,2026-02-10,8000", "b,2025-12-01,2026-02-10,20000", "b,2026-02-10,,15000", "c,2025-12-01,2026-02-10,72000", "c,2026-02-10,,87000")
    row = world.month("2026-02", "2026-03-05", room="revenue.retention", windows=[1], min_base=1)
    assert (row["nrr"], row["grr"]) == pytest.approx((1.02, 0.87))


def test_page_lifetime_value_is_arpa_by_churn_where_that_is_asked_for(tmp_path: Path) -> None:
    """20 customers pay 100 a month, one of them leaves: a churn of 5 %, 20 months, 2,000 each."""
    stay = [f"a{n:02d},2025-01-01,,100" for n in range(19)]
    world = Paid(tmp_path, *stay, "gone,2025-01-01,2026-02-10,100")
    row = world.month("2026-02", "2026-03-05", room="revenue.unit_economics", lifetime_by="churn")
    assert (row["lifetime"], row["lifetime_revenue"], row["arpa"], row["lifetime_value"]) == (20, 2000, 100, None)
    measured = world.month("2026-02", "2026-03-05", room="revenue.unit_economics")
    assert measured["lifetime"] < measured["watched"] < 15  # nobody was seen for longer
    (logos,) = [row for row in world.told("retention.logos", "2026-03-05") if str(row["period"]) == "2026-02-01"]
    assert (logos["churn"], logos["rate"]) == (0.05, 0.95)


def test_page_a_customer_that_buys_leaves_and_comes_back(tmp_path: Path) -> None:
    """ChartMogul's example: gold for 2,000 a year, silver for 60 a month beside it; silver goes, gold runs out, silver comes back."""
    head = "account_id,start_date,end_date,mrr,amount_interval,plan"
    world = Paid(tmp_path, "sync,2025-05-02,2026-05-02,2000,year,gold", "sync,2025-08-04,2025-11-04,60,month,silver", "sync,2026-09-09,,60,month,silver", head=head)
    months = {str(row["period"])[:7]: row for row in world.told("revenue.movements", "2026-10-05", periods=20)}
    moved = {month: {name: str(row[name]) for name in WORD if row[name]} for month, row in months.items()}
    assert {month: kinds for month, kinds in moved.items() if kinds} == {
        "2025-05": {"new": "166.67"}, "2025-08": {"expansion": "60.00"}, "2025-11": {"contraction": "60.00"}, "2026-05": {"churn": "166.67"},
        "2026-09": {"reactivation": "60.00"},
    }  # fmt: skip
    reasons = {row["driver"] for row in world.told("revenue.drivers", "2026-10-05", periods=20) if row["net"]}
    assert reasons == {"modules"}


@pytest.mark.parametrize(
    ("shape", "rows"),
    [
        ("snapshots", ("a,2026-01-15,100", "a,2026-02-15,100", "a,2026-03-15,70", "b,2026-02-15,20", "b,2026-03-15,20", "b,2026-04-15,20")),
        ("movements", ("a,2026-01-15,100", "b,2026-02-03,20", "a,2026-03-03,-30", "b,2026-03-20,-20", "a,2026-04-03,10")),
    ],
)
def test_what_later_rows_say_of_an_end_is_not_known_before_them(shape: str, rows: tuple[str, ...], tmp_path: Path) -> None:
    """The export of today as of an earlier day is the export of that day."""
    for month in ("2026-02", "2026-03", "2026-04"):
        known = [row for row in rows if row.split(",")[1] < f"{month}-28"]
        for room in ("revenue.mrr", "revenue.accounts"):
            at_once, then = (Paid(tmp_path, *some, head="account_id,start_date,mrr", source={"shape": shape}).told(room, f"{month}-28") for some in (rows, known))
            assert at_once == then and at_once
