"""Subscriptions and rates are read like everything else: used, left out for a reason that is counted, or refused at their line."""

from __future__ import annotations

from random import Random
from typing import Any

import polars as pl
import pytest

from .conftest import ROWS, Ran, World

HEAD = "subscription_id,account_id,start_date,end_date,mrr,currency,amount_interval,subscription_kind,mrr_discount,contract_term"
TABLE = ("revenue", "movements", "-f", "json", "--as-of", "2026-06-01")
GOOD = "s1,acme,2026-01-10,,100,EUR,,,,"
RATES = "currency,valid_from,rate"


@pytest.fixture
def paying(world: World) -> World:
    world.csv(*ROWS)
    world.define(sources="subscriptions: {files: subs.csv}")
    return world


def subs(world: World, *rows: str, head: str = HEAD) -> World:
    world.csv(*rows, header=head, name="subs.csv")
    return world


def read(world: World, *rows: str, **how: Any) -> tuple[Ran, dict[str, Any]]:
    ran = subs(world, *rows, **how).run(*TABLE)
    assert ran.code == 0, ran.err
    (page,) = ran.counts("subscriptions")
    return ran, page


def moved(ran: Ran) -> dict[str, dict[str, float]]:
    """month → what moved in it."""
    names = ("new", "expansion", "reactivation", "contraction", "churn")
    found = {row["period"][:7]: {name: float(row[name]) for name in names if float(row[name])} for row in ran.rows}
    return {month: moves for month, moves in found.items() if moves}


def test_what_is_no_revenue_is_left_out_counted_and_named(paying: World) -> None:
    odd = ("s2,beta,2026-01-10,,900,EUR,,setup,,", "s3,beta,2026-01-10,,50,EUR,,trial,,", "s4,beta,2026-01-10,,10,EUR,,mystery,,", "s5,gama,2026-01-10,,10,EUR,,,10.01,")
    ran, page = read(paying, GOOD, *odd)
    assert (page["used"], page["filtered"]) == (2, {"one-time": 1, "trial": 1, "discount above the amount": 1})
    assert "subs.csv:3: SM323 line 3: setup: no recurring revenue: left out (rows like this: 1)" in ran.err
    assert "subs.csv:5: SM321 line 5: kind 'mystery' is none of those known: counted as recurring (rows like this: 1)" in ran.err
    assert "subs.csv:6: SM314 line 6: its discount is larger than its amount: left out" in ran.err
    assert moved(ran) == {"2026-01": {"new": 110}}


def test_leaving_out_what_is_no_revenue_is_no_doubt_for_a_strict_run(paying: World) -> None:
    assert subs(paying, GOOD, "s2,beta,2026-01-10,,900,EUR,,setup,,").run(*TABLE, "--strict").code == 0
    subs(paying, GOOD, "s2,beta,2026-01-10,,900,EUR,,mystery,,").refused(3, "kind 'mystery'", args=(*TABLE, "--strict"))


def test_a_subscription_told_twice_counts_once_and_two_accounts_of_one_id_are_told(paying: World) -> None:
    ran, page = read(paying, GOOD, GOOD, "s1,beta,2026-01-12,,30,EUR,,,,", ",gama,2026-01-12,,5,EUR,,,,", ",gama,2026-01-12,,5,EUR,,,,")
    assert (page["used"], page["filtered"]) == (4, {"duplicate": 1})
    assert "subs.csv:4: SM314 line 4: its subscription id belongs to another account too: both are counted" in ran.err
    assert "SM321 1 account with subscriptions that overlap: the amounts are added" in ran.err
    assert moved(ran) == {"2026-01": {"new": 140}}


def test_a_module_beside_a_plan_is_no_overlap_and_has_no_seats_of_its_own(paying: World) -> None:
    rows = ("acme,2026-01-10,,100,pro,7,", "acme,2026-01-10,,20,reports,,module", "acme,2026-02-10,,5,,,usage", "beta,2026-01-10,,1,pro,2,", "beta,2026-01-10,,1,pro,2,")
    ran = subs(paying, *rows, head="account_id,start_date,end_date,mrr,plan,seats,subscription_kind").run("expansion", "accounts", "-f", "json", "--as-of", "2026-06-01")
    assert {row["account"]: (float(row["mrr"]), row["seats"]) for row in ran.rows if row["mrr"]} == {"acme": (125, 7), "beta": (2, 4)}
    assert "SM321 1 account with subscriptions that overlap" in ran.err


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        (("01-05,2026-02-04", "02-05,2026-03-04", "03-05,2026-04-04"), 3),  # each begins the day after
        (("01-05,2026-04-04", "02-11,2026-05-10", "03-01,2026-03-31"), 3),  # whole months, nothing follows
        (("01-05,2026-02-04", "02-05,2026-03-17", "03-18,2026-04-11", "04-12,2026-05-01"), 3),  # changed within the month
        (("01-05,2026-02-04", "02-04,2026-03-06", "03-06,2026-04-05"), 0),  # thirty days each, without a gap
        (("01-05,2026-02-05", "02-05,2026-03-05", "03-05,2026-04-04"), 0),  # one of three
        (("01-05,2026-02-04", "02-05,2026-03-04"), 0),  # too few to tell
        (("01-05,2026-02-04", "02-05,2026-03-04", "03-05,2026-04-04", "04-05,2026-04-11", "04-20,2026-05-01", "05-07,2026-05-13"), 0),  # not most
    ],
)
def test_ends_that_look_like_the_last_day_covered_are_told(paying: World, spans: tuple[str, ...], told: int) -> None:
    head, rows = "account_id,start_date,end_date,mrr", [f"acme,2026-{span},10" for span in spans]
    ran = subs(paying, *rows, head=head).run(*TABLE)
    assert (f"SM321 {told} of {len(spans)} end dates of subscriptions look like the last day covered" in ran.err) == bool(told)
    assert ("covers_end" in ran.err) == bool(told)
    paying.define(sources="subscriptions: {files: subs.csv, covers_end: true}")
    assert "covers_end" not in subs(paying, *rows, head=head).run(*TABLE).err


@pytest.mark.parametrize(
    ("row", "fragments"),
    [
        ("s2,beta,2026-01-10,,100,EUR,fortnight,,,", ("SM318", "subs.csv:3", "amount_interval 'fortnight' is neither month, quarter, half-year, year nor a number of months")),
        ("s2,beta,2026-01-10,,100,EUR,0,,,", ("SM318", "subs.csv:3", "'0'")),
        ("s2,beta,2026-01-10,,100,EUR,,,,ever", ("SM318", "subs.csv:3", "contract_term 'ever'")),
        ("s2,beta,2026-01-10,,100,EUR,,,many,", ("SM313", "subs.csv:3", "discount 'many' unreadable")),
        ("s2,beta,2026-01-10,,-1,EUR,,,,", ("SM313", "subs.csv:3", "amount '-1' is negative")),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(paying: World, row: str, fragments: tuple[str, ...]) -> None:
    subs(paying, GOOD, row).refused(3, *fragments, args=TABLE)


def test_cents_are_cents_save_where_there_are_none(paying: World) -> None:
    paying.define(sources="subscriptions: {files: subs.csv, minor_units: true}")
    ran, _ = read(paying, "s1,acme,2026-01-10,,12345,EUR,,,,", "s2,beta,2026-01-10,,12345,jpy,,,,", "s3,gama,2026-01-10,,1,eur ,,,,")
    assert {row["currency"]: float(row["new"]) for row in ran.rows if row["period"] == "2026-01-01"} == {"EUR": 123.46, "JPY": 12345}


MOVES = "account_id,date,movement"


def movements(world: World) -> World:
    world.define(sources="subscriptions: {files: subs.csv, shape: movements, columns: {start: date, mrr: movement}}")
    return world


def test_movements_are_what_they_say(paying: World) -> None:
    rows = ("acme,2026-01-10,100", "acme,2026-03-04,-40", "acme,2026-04-02,-60", "acme,2026-05-05,25", "beta,2026-03-04,7", "beta,2026-03-04,-2")
    ran, page = read(movements(paying), *rows, head=MOVES)
    assert page["used"] == 6
    assert moved(ran) == {
        "2026-01": {"new": 100}, "2026-03": {"new": 5, "contraction": 40}, "2026-04": {"churn": 60}, "2026-05": {"reactivation": 25},
    }  # fmt: skip


def test_a_movement_may_happen_twice_on_a_day(paying: World) -> None:
    rows = ("acme,2026-01-10,10,s1", "acme,2026-01-10,10,s1", "acme,2026-02-10,-15,s1")
    ran, page = read(movements(paying), *rows, head=f"{MOVES},subscription_id")
    assert (page["used"], moved(ran)) == (3, {"2026-01": {"new": 20}, "2026-02": {"contraction": 15}})


def test_movements_that_take_more_than_there_was_are_refused(paying: World) -> None:
    rows = ("acme,2026-01-10,100", "beta,2026-02-10,-5")
    subs(movements(paying), *rows, head=MOVES).refused(3, "SM314", "subs.csv:3", "takes account 'beta' below nothing", args=TABLE)
    ran = subs(paying, *rows, head=MOVES).run(*TABLE, "--max-reject", "1")
    assert (moved(ran), ran.counts("subscriptions")[0]["rejected"]) == ({"2026-01": {"new": 100}}, {"more lost than was there": 1})


def test_snapshots_go_on_after_the_last_month_and_end_where_one_is_missing(paying: World) -> None:
    paying.define(sources="subscriptions: {files: subs.csv, shape: snapshots, columns: {start: month}}")
    rows = ("acme,2026-01-31,100", "acme,2026-02-28,120", "acme,2026-04-30,90", "beta,2026-02-01,7", "beta,2026-04-15,7", "beta,2026-03-31,7")
    ran, _ = read(paying, *rows, head="account_id,month,mrr")
    assert moved(ran) == {"2026-01": {"new": 100}, "2026-02": {"new": 7, "expansion": 20}, "2026-03": {"churn": 120}, "2026-04": {"reactivation": 90}}
    assert float(ran.rows[0]["end"]) == 97


def test_a_history_is_the_same_in_every_shape(paying: World) -> None:
    """Random levels of two accounts from month to month, told as spans, as movements and as snapshots."""
    chance = Random(5)
    levels = {name: [0] + [chance.choice((0, 50, 50, 80, 125)) for _ in range(5)] for name in ("acme", "beta", "gama")}
    spans, moves, shots = [], [], []
    for name, amounts in levels.items():
        for month, (before, now) in enumerate(zip(amounts, amounts[1:], strict=False), 1):
            end = f"2026-{month + 1:02d}-01" if month < 5 else ""
            spans += [f"{name},2026-{month:02d}-01,{end},{now}"] if now else []
            shots += [f"{name},2026-{month:02d}-17,{now}"] if now else []
            moves += [f"{name},2026-{month:02d}-01,{now - before}"] if now != before else []
    whole = moved(read(paying, *spans, head="account_id,start_date,end_date,mrr")[0])
    assert moved(read(movements(paying), *moves, head=MOVES)[0]) == whole != {}
    paying.define(sources="subscriptions: {files: subs.csv, shape: snapshots, columns: {start: month}}")
    assert moved(read(paying, *shots, head="account_id,month,mrr")[0]) == whole


def rated(world: World, *rows: str) -> World:
    world.define(sources="subscriptions: {files: subs.csv}\nrates: {files: rates.csv}", extra="revenue: {currency: EUR}\n")
    world.csv(*rows, header=RATES, name="rates.csv")
    return subs(world, GOOD, "s2,beta,2026-01-10,,100,USD,,,,", "s3,gama,2026-01-10,,1,,,,,")


def test_rates_are_exact_and_amounts_without_a_currency_are_of_the_base(paying: World) -> None:
    ran = rated(paying, "usd,2025-01-01,0.123456789012", "USD,2026-06-01,9", "USD,2026-06-01,9").run(*TABLE)
    assert moved(ran) == {"2026-01": {"new": 113.35}}
    (page,) = ran.counts("rates")
    assert (page["used"], page["filtered"]) == (1, {"after as_of": 2})


@pytest.mark.parametrize(
    ("rows", "fragments"),
    [
        (("USD,2025-01-01,0",), ("SM313", "rates.csv:2", "rate '0' is no decimal above 0")),
        (("USD,2025-01-01,0.9", "USD,2026-01-01,1e3"), ("SM313", "rates.csv:3", "'1e3'")),
        (("USD,2025-01-01,0.9", "USD,2025-01-01,0.8"), ("SM316", "rate of 'USD'", "lines 2 and 3 with different content")),
        (("USD,soon,0.9",), ("SM309", "rates.csv:2", "valid_from 'soon' unreadable")),
    ],
)
def test_rates_that_cannot_be_are_refused(paying: World, rows: tuple[str, ...], fragments: tuple[str, ...]) -> None:
    rated(paying, *rows).refused(3, *fragments, args=TABLE)


def test_without_subscriptions_the_tables_say_what_they_need(world: World) -> None:
    world.csv(*ROWS)
    for table in ("mrr", "movements", "retention", "drivers", "by-behaviour", "unit-economics", "accounts"):
        world.refused(2, "SM131", "needs `sources.subscriptions:`", args=("revenue", table))


def test_a_start_or_an_end_after_t_changes_nothing_at_t(paying: World) -> None:
    one, _ = read(paying, GOOD)
    other, _ = read(paying, "s1,acme,2026-01-10,2026-07-01,100,EUR,,,,", "s2,beta,2026-06-01,,100,EUR,,,,")
    assert one.rows == other.rows


def test_amounts_of_accounts_that_do_nothing_count(paying: World) -> None:
    """Also where no accounts table names them; said in the note, and no doubt for a strict run."""
    ran, _ = read(paying, GOOD, "s2,delta,2026-01-10,,900,EUR,,,,", "s3,later,2026-06-01,,7,EUR,,,,")
    assert moved(ran) == {"2026-01": {"new": 1000}}
    assert "1 account with a subscription, but neither an event nor a row in the accounts table: counted, of unknown age" in ran.meta["notes"]
    assert paying.run(*TABLE, "--strict").code == 0


YEARLY = "account_id,start_date,amount,{},renewal_date"


@pytest.mark.parametrize(("named", "said"), [("Billing Period", True), ("interval", True), ("comment", False)])
def test_an_amount_beside_which_an_interval_stands_unread_is_doubted(world: World, named: str, said: bool) -> None:
    world.csv(*ROWS)
    world.csv("acme,2026-01-10,1200,year,", header=YEARLY.format(named), name="subs.csv")
    world.define(sources="subscriptions: {files: subs.csv, columns: {mrr: amount}}")
    for _ in range(2):  # also when the list is read from the store
        ran = world.run(*TABLE)
        assert (f"subs.csv:1: SM321 'amount' is taken as the amount of one month, though a column '{named}' stands beside it" in ran.err) == said
    assert moved(ran) == {"2026-01": {"new": 1200}}


def test_what_is_said_of_a_file_without_lines_names_none(world: World) -> None:
    world.csv(*ROWS)
    pl.DataFrame({"account_id": ["acme"], "start_date": ["2026-01-10"], "amount": [1200], "interval": ["year"]}).write_parquet(world.home / "subs.parquet")
    world.define(sources="subscriptions: {files: subs.parquet, columns: {mrr: amount}}")
    assert "subs.parquet: SM321 'amount' is taken as the amount of one month, though a column 'interval' stands beside it" in world.run(*TABLE).err
    world.define(sources="subscriptions: {files: subs.parquet, columns: {mrr: amont}}")
    world.refused(3, "subs.parquet: SM305 required column 'amont' not found — did you mean 'amount'?", args=TABLE)


@pytest.mark.parametrize(("columns", "amount"), [("mrr: amount, interval: billing_period", 100), ("mrr: amount, term: billing_period", 1200), ("mrr: monthly_amount", 5)])
def test_an_interval_that_is_declared_or_amounts_that_are_monthly_by_name_are_no_doubt(world: World, columns: str, amount: int) -> None:
    world.csv(*ROWS)
    world.csv("acme,2026-01-10,1200,5,year,", header="account_id,start_date,amount,monthly_amount,billing_period,renewal_date", name="subs.csv")
    world.define(sources=f"subscriptions: {{files: subs.csv, columns: {{{columns}}}}}")
    ran = world.run(*TABLE)
    assert "stands beside it" not in ran.err
    assert moved(ran) == {"2026-01": {"new": amount}}


def test_the_last_day_of_9999_means_that_there_is_no_end(paying: World) -> None:
    """So databases write it. Any other day that far away is refused, as is that one where something begins."""
    one, _ = read(paying, "s1,acme,2026-01-10,9999-12-31,100,EUR,,,,")
    other, _ = read(paying, "s1,acme,2026-01-10,,100,EUR,,,,")
    assert one.rows == other.rows
    for row in ("s1,acme,2026-01-10,9999-12-30,100,EUR,,,,", "s1,acme,9999-12-31,,100,EUR,,,,"):
        subs(paying, row).refused(3, "SM311", "lies outside 1990..2100", args=TABLE)


STATES = ("acme,2026-01-10,,100,active", "acme,2026-01-10,,20,trialing", "acme,2026-01-10,,3,Paused", "acme,2026-01-10,2026-03-01,7,canceled")


@pytest.mark.parametrize(("named", "said"), [("status", True), ("Subscription Status", True), ("remark", False)])
def test_a_state_of_the_subscriptions_that_is_not_read_is_doubted(paying: World, named: str, said: bool) -> None:
    """Export of a billing system: read without its status, whoever is on trial pays."""
    ran = subs(paying, *STATES, head=f"account_id,start_date,end_date,mrr,{named}").run(*TABLE)
    assert (f"subs.csv:1: SM321 a column '{named}' is not read: who is on trial, paused or gone without an end date counts as paying" in ran.err) == said
    assert moved(ran) == {"2026-01": {"new": 130}, "2026-03": {"contraction": 7}}


def test_a_state_that_is_declared_is_read(paying: World) -> None:
    paying.define(sources="subscriptions: {files: subs.csv, columns: {kind: status}}")
    ran, page = read(paying, *STATES, head="account_id,start_date,end_date,mrr,status")
    assert (moved(ran), page["filtered"]) == ({"2026-01": {"new": 107}, "2026-03": {"contraction": 7}}, {"trial": 1, "on-hold": 1})
    assert "is not read" not in ran.err and "none of those known" not in ran.err and "SM314" not in ran.err
    ran, _ = read(paying, *STATES, "acme,2026-02-10,,9,expired", head="account_id,start_date,end_date,mrr,status")
    assert "subs.csv:6: SM314 line 6: status says that it is over, but it has no end date: it counts on" in ran.err
    assert moved(ran)["2026-02"] == {"expansion": 9}
