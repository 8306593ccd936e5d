"""Small worlds that once told the product and the oracle apart; each is a question of meaning, not of chance."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from oracle.compare import check, tables
from oracle.days import DAY, Calendar, day_of, moment, number, written
from oracle.world import Row, World
from oracle.writing import STEPS, write

BLOCKS = {"timezone": "UTC", "activation": {"steps": STEPS}}


def event(name: str, day: str, account: str = "a", user: str | None = "u1", status: str = "ok") -> Row:
    return {"event_id": f"{account}{name}{day}", "account_id": account, "user_id": user, "timestamp": f"{day}T12:00:00Z", "event": name, "status": status}


def paid(start: str, end: str | None, seats: str | None, mrr: str = "100.00") -> Row:
    return {"account_id": "a", "start_date": start, "end_date": end, "mrr": mrr, "currency": "EUR", "seats": seats, "plan": "pro", "renewal_date": None}


def same(folder: Path, world: World, table: str, as_of: str = "2026-06-10", activation: object = None, **settings: object) -> None:
    loaded = write(folder, world, {**BLOCKS, **({"activation": activation} if activation else {})})
    assert check(loaded, world, date.fromisoformat(as_of), (table,), **settings)[table].frame.height


def test_a_step_that_is_not_required_does_not_hold_up_the_next(tmp_path: Path) -> None:
    steps = {**STEPS, "drafted": {"rule": "drafted", "required": False}}
    world = World([event("set_up", "2026-05-01"), event("posted", "2026-05-02")])
    same(tmp_path, world, "activation.accounts", activation={"order": "ordered", "steps": steps})


def test_a_tier_that_nobody_reached_is_shown_with_nought(tmp_path: Path) -> None:
    same(tmp_path, World([event("drafted", "2026-04-01"), event("posted", "2026-04-02")]), "adoption.tiers")


def test_an_expired_subscription_without_seats_does_not_hide_todays_seats(tmp_path: Path) -> None:
    spans = [paid("2026-01-01", "2026-02-01", None), paid("2026-02-01", None, "10")]
    same(tmp_path, World([event("posted", "2026-06-01")], subscriptions=spans), "expansion.accounts")


@pytest.mark.parametrize(("users", "seats", "filled"), [(7, "10", False), (8, "10", True), (9, "10", True), (3, "4", False), (4, "5", True)])
def test_seats_are_filled_from_four_in_five_on(users: int, seats: str, filled: bool, tmp_path: Path) -> None:
    world = World([{**event("posted", "2026-06-01", user=f"u{n}"), "event_id": f"e{n}"} for n in range(users)], subscriptions=[paid("2026-01-01", None, seats)])
    made = check(write(tmp_path, world, BLOCKS), world, date(2026, 6, 10), ("expansion.accounts",))["expansion.accounts"].frame
    assert ("seats_filled" in str(made["contributions"].to_list())) is filled


def test_the_day_before_the_end_of_a_subscription_still_pays(tmp_path: Path) -> None:
    same(tmp_path, World([event("posted", "2026-06-01")], subscriptions=[paid("2026-01-01", "2026-06-10", "10")]), "churn_risk.accounts")


def test_one_event_is_enough_for_expansion(tmp_path: Path) -> None:
    same(tmp_path, World([event("posted", "2025-12-11", status="failed")]), "expansion.accounts")


def test_users_stay_named_when_the_work_is_long_ago(tmp_path: Path) -> None:
    same(tmp_path, World([event("posted", "2026-01-05")]), "churn_risk.accounts")


@pytest.mark.parametrize("kind", ["on", "unbounded"])
@pytest.mark.parametrize("created", ["2025-06-01", "2026-01-05", "2026-01-06", "2026-01-07"])
def test_rolling_cells_before_the_export_are_censored(created: str, kind: str, tmp_path: Path) -> None:
    accounts: list[Row] = [{"account_id": "a", "created_at": f"{created}T00:00:00Z", "plan": None}]
    same(tmp_path, World([event("posted", "2026-02-05")], accounts), "retention.cohorts", mode="rolling", kind=kind)


@pytest.mark.parametrize("grace", [0, 1, 5])
def test_gaps_in_paying_around_the_ends_of_months(grace: int, tmp_path: Path) -> None:
    """One account for each first start, end and gap (below nought: an overlap), and none made up for by another."""
    days = [number(date(2026, 3, 1)) + n for n in (-1, 0, 1, 30, 31, 32)]
    spans = [
        {**paid(str(day_of(first)), str(day_of(end)), None), "account_id": f"{first} {end} {gap} {copy}"}
        for place, (end, gap) in enumerate(product(days[2:], (-40, -1, 0, 1, 2, 5, 6, 28, 29, 30)))
        for first in days[:3] if first < end
        for copy in range(1 + place % 3)
    ]  # fmt: skip
    back = [{**row, "start_date": str(day_of(int(end) + int(gap))), "end_date": str(day_of(int(end) + 45))} for row in spans for _, end, gap, _ in [row["account_id"].split()]]
    accounts: list[Row] = [{"account_id": row["account_id"], "created_at": "2026-01-01T00:00:00Z", "plan": None} for row in spans]
    same(tmp_path, World([event("login", "2026-01-01")], accounts, None, [*spans, *back]), "retention.logos", grace_days=grace)


@pytest.mark.parametrize("mode", ["calendar", "rolling"])
def test_without_events_nobody_has_gone(mode: str, tmp_path: Path) -> None:
    accounts: list[Row] = [{"account_id": name, "created_at": f"{day}T00:00:00Z", "plan": None} for name, day in (("a", "2026-06-05"), ("b", "2026-03-01"))]
    same(tmp_path, World([], accounts), "retention.cohorts", mode=mode, period="week")


@pytest.mark.parametrize("mode", ["calendar", "rolling"])
@pytest.mark.parametrize("anchor", ["first_active", "every_active"])
def test_a_cohort_starts_with_the_first_day_of_work_in_its_period(anchor: str, mode: str, tmp_path: Path) -> None:
    days = ("2026-03-03", "2026-03-20", "2026-04-02", "2026-04-25", "2026-05-05")
    same(tmp_path, World([event("posted", day) for day in days]), "retention.cohorts", mode=mode, anchor=anchor)


def test_the_export_begins_with_its_first_row_whoever_wrote_it(tmp_path: Path) -> None:
    users: list[Row] = [{"account_id": "v", "user_id": "us", "role": None, "team": None, "invited_at": None, "email": "x@vendor.example", "kind": None}]
    events = [event("login", "2026-01-02", "v", "us"), event("posted", "2026-04-01")]
    same(tmp_path, World(events, [{"account_id": "b", "created_at": "2026-01-05T00:00:00Z", "plan": None}], users), "activation.accounts")


def test_a_median_not_reached_takes_weeks_only_when_half_of_all_accounts_are_older(tmp_path: Path) -> None:
    days = ("2026-05-01", "2026-06-01", "2026-06-02", "2026-05-20", "2026-06-03")
    accounts: list[Row] = [{"account_id": f"a{n}", "created_at": f"{day}T00:00:00Z", "plan": None} for n, day in enumerate(days)]
    work = [event(name, "2026-06-05", account) for account in ("a1", "a2") for name in ("set_up", "drafted", "posted")]
    same(tmp_path, World([event("login", "2026-04-30", "a0"), *work], accounts), "activation.time_to_value")


def test_days_are_the_same_number_in_any_company(tmp_path: Path) -> None:
    alone = [event("set_up", f"2026-01-{n:02d}", f"a{n}") for n in range(1, 29)]
    frames = []
    for n in range(1, 29):
        loaded = write(tmp_path / str(n), World(alone[:n]), BLOCKS)
        frame = tables(loaded, date(2026, 6, 10), ("activation.accounts",))["activation.accounts"].frame
        frames.append(dict(frame.select("account", "age_days").rows()))
    assert all(days == frames[-1][name] for frame in frames for name, days in frame.items())


def test_days_are_exact_to_the_last_digit(tmp_path: Path) -> None:
    """Polars divides a column by a number with a multiplication, a single row without: one digit may differ."""
    ends = [moment("2026-01-01T00:00:00Z") + n * 777_777_777_771 for n in range(1, 20)]
    work = [{**event(name, "", f"a{n}"), "timestamp": written(end)} for n, end in enumerate(ends) for name in ("set_up", "drafted", "posted")]
    accounts: list[Row] = [{"account_id": f"a{n}", "created_at": "2026-01-01T00:00:00Z", "plan": None} for n in range(len(ends))]
    loaded = write(tmp_path, World([event("login", "2026-01-01", "z"), *work], accounts), BLOCKS)
    made = tables(loaded, date(2026, 7, 10), ("activation.accounts", "activation.steps"))
    exact = [n * 777_777_777_771 / DAY for n in range(1, 20)]
    assert sorted(made["activation.accounts"].frame["days"].drop_nulls()) == exact
    steps = made["activation.steps"].frame
    assert {*steps["median_days"], *steps["p90_days"]} <= {0.0, *exact}


def test_a_decline_needs_two_periods_to_have_fallen_from(tmp_path: Path) -> None:
    born = {"a": "2025-12-20", "b": "2026-01-01", "c": "2026-01-02", "d": "2026-02-01", "e": "2026-02-02", "f": "2026-03-01"}
    accounts: list[Row] = [{"account_id": name, "created_at": f"{day}T00:00:00Z", "plan": None} for name, day in born.items()]
    work = [event("bought", f"2026-03-{day:02d}", name) for name in born for day in range(2, 30)]
    world = World([event("login", "2025-12-20", "z"), *work], accounts)
    made = check(write(tmp_path, world, BLOCKS), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.signals"].frame.filter(signal="declining_workflow")["fired"].item() == 4


@pytest.mark.parametrize("cadence", ["week", "day"])
def test_a_decline_is_over_with_one_good_week_and_not_with_a_few_days(cadence: str, tmp_path: Path) -> None:
    """Of weeks back from the last complete one: six of five successes each, then none. One came back in it, one in the running week.
    A job of every day is judged by the week, too."""
    done = {"silent": [*range(8, 14)], "back": [0, *range(8, 14)], "running": [-1, *range(8, 14)], "free": [-1, *range(8, 14)]}
    monday = number(date(2026, 6, 1))
    work = [event("posted", str(day_of(monday - 7 * back + day)), name) for name, weeks in done.items() for back in weeks for day in range(2 if back < 0 else 5)]
    work += [event("posted", str(day_of(monday - 7 * back + day)), "falling") for back in range(6) for day in range({0: 2, 1: 1}.get(back, 5))]
    spans = [{**paid("2026-01-01", None, "10"), "account_id": name} for name in done if name != "free"]
    world = World([event("login", "2025-12-20", name) for name in (*done, "falling")] + work, subscriptions=spans)
    flows = {"billing": {"core": True, "cadence": cadence, "success": "posted"}}
    made = check(write(tmp_path, world, {**BLOCKS, "workflows": flows}), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    fell = made["churn_risk.accounts"].frame.filter(pl.col("contributions").list.join(" ").str.contains("declining"))
    assert sorted(fell["account"].cast(pl.String)) == ["falling", "running", "silent"]
    assert "billing: 1 and 2 in the last 2 complete weeks, 5.0 a week before (−70 %)" in fell.filter(pl.col("account").cast(pl.String) == "falling")["evidence"].item()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_growth_counts_the_weeks_that_an_account_was_there_for(zone: str, tmp_path: Path) -> None:
    """Created in the first moment of a week, and the moments before and after."""
    midnight = Calendar(zone, "monday").midnight(number(date(2026, 3, 30)))
    born = {f"a{weeks} {more}": midnight + weeks * 7 * DAY + more for weeks in range(9) for more in (-1, 0, 1)}
    accounts: list[Row] = [{"account_id": name, "created_at": written(start), "plan": None} for name, start in born.items()]
    counts = (4, 2, 7, 3, 1, 6, 9, 12, 13, 15)
    work = [{**event("posted", f"{week} {n}", name), "timestamp": written(midnight + (7 * week + 2) * DAY + n * 1_000_000)} for name, start in born.items()
            for week, count in enumerate(counts) for n in range(count) if midnight + (7 * week + 2) * DAY > start]  # fmt: skip
    world = World([event("login", "2026-02-01", "z"), *work], accounts)
    made = check(write(tmp_path, world, {**BLOCKS, "timezone": zone, "week_starts": "monday"}), world, date(2026, 6, 10), ("expansion.accounts", "churn_risk.accounts"))
    assert made["expansion.accounts"].frame.height == len(born) + 1


def test_a_tier_may_stand_on_another_rung_in_each_workflow(tmp_path: Path) -> None:
    """Basic in one workflow is no `standard` because another begins with it, nor is the third rung of one without it."""
    flow = {"core": True, "cadence": "week", "success": "posted"}
    flows = {
        "two": {**flow, "tiers": {"basic": "drafted", "standard": "posted"}}, "one": {**flow, "success": "paid", "tiers": {"standard": "paid"}},
        "other": {**flow, "success": "bought", "tiers": {"low": "login", "mid": "login", "high": "login"}},
    }  # fmt: skip
    work = {"a": ["drafted"], "b": ["drafted", "posted"], "c": ["paid"], "d": ["login"], "e": ["login", "drafted"], "f": []}
    accounts: list[Row] = [{"account_id": name, "created_at": "2026-03-01T00:00:00Z", "plan": None} for name in work]
    world = World([event("set_up", "2026-03-01", "z"), *(event(name, "2026-06-01", account) for account, names in work.items() for name in names)], accounts)
    made = check(write(tmp_path, world, {**BLOCKS, "workflows": flows}), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.signals"].frame.filter(signal="low_adoption")["fired"].item() == 5


def test_an_administrator_who_was_never_seen(tmp_path: Path) -> None:
    """Fires for accounts of more than thirty whole days."""
    ages = {f"a{days} {more}": days * DAY + more for days in (29, 30, 31) for more in (-1, 0, 1)}
    today = moment("2026-06-10T00:00:00Z")
    accounts: list[Row] = [{"account_id": name, "created_at": written(today - age), "plan": None} for name, age in ages.items()]
    users: list[Row] = [{"account_id": name, "user_id": "u9", "role": "admin", "team": None, "invited_at": None, "email": None, "kind": None} for name in ages]
    world = World([event("login", "2026-01-01", "z")], accounts, users)
    made = check(write(tmp_path, world, BLOCKS), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.signals"].frame.filter(signal="no_admin_activity")["fired"].item() == 2


def test_down_before_a_renewal_within_ninety_days(tmp_path: Path) -> None:
    away = (0, 1, 89, 90, 91)
    today = number(date(2026, 6, 10))
    work = [event("posted", str(day_of(today - back)), f"a{days}") for days in away for back in range(25, 70)]
    spans = [{**paid("2026-01-01", None, "10"), "account_id": f"a{days}", "renewal_date": str(day_of(today + days))} for days in away]
    world = World([event("login", "2026-01-01", f"a{days}") for days in away] + work, subscriptions=spans)
    made = check(write(tmp_path, world, BLOCKS), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.signals"].frame.filter(signal="usage_down_before_renewal")["fired"].item() == 4


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_the_last_day_of_an_administrator(parts: int, tmp_path: Path) -> None:
    """Whichever of them it was, whichever file it stands in; T itself is too late."""
    today = moment("2026-06-10T00:00:00Z")
    ago = (60 * DAY, 45 * DAY, 32 * DAY, 31 * DAY + 1, 31 * DAY, 30 * DAY, 1, 0, -1)
    acts = [(first, second) for first in ago for second in ago]
    work = [
        {**event("login", f"{n}{user}{back}", f"a{n:02d}", user), "timestamp": written(today - back)}
        for n, (last, other) in enumerate(acts) for user, back in (("u1", last), ("u1", last + DAY), ("u2", other))
    ]  # fmt: skip
    users: list[Row] = [
        {"account_id": f"a{n:02d}", "user_id": user, "role": "admin", "team": None, "invited_at": None, "email": None, "kind": None}
        for n in range(len(acts)) for user in ("u1", "u2")
    ]  # fmt: skip
    old = [event("posted", "2026-03-01", f"a{n:02d}", "u3") for n in range(len(acts))]
    world = World([*work, *old], None, users)
    by_time = sorted(world.events, key=lambda row: str(row["timestamp"]))
    loaded = write(tmp_path, world, BLOCKS, parts=[by_time[n::parts] if parts == 3 else by_time[n * len(by_time) // parts : (n + 1) * len(by_time) // parts] for n in range(parts)])
    made = check(loaded, world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.accounts"].frame.height == len(acts)


def test_points_are_not_stretched_when_fewer_than_a_hundred_are_declared(tmp_path: Path) -> None:
    named = ("declining_workflow", "fewer_active_users", "less_high_value_use", "longer_gaps", "no_admin_activity", "usage_down_before_renewal", "single_user")
    blocks = {**BLOCKS, "churn_risk": {"signals": {name: {"points": 0} for name in named}}}
    world = World([event("set_up", "2026-01-05"), event("login", "2026-06-01")])
    check(write(tmp_path, world, blocks), world, date(2026, 6, 10), ("churn_risk.accounts",))


def test_who_pays_and_was_never_seen(tmp_path: Path) -> None:
    today = number(date(2026, 6, 10))
    spans = [{**paid(str(day_of(today - ago)), end, "10"), "account_id": f"a{ago}{end}"} for ago in (27, 28, 300) for end in (None, "2026-06-09", "2026-06-10")]
    late = [event("login", day, f"a300None{day}") for day in ("2026-06-09", "2026-06-10")]
    more = [{**paid("2026-01-01", None, "10"), "account_id": row["account_id"]} for row in late]
    world = World([event("posted", "2026-04-20", "other"), *late], subscriptions=[*spans, *more])
    made = check(write(tmp_path, world, BLOCKS), world, date(2026, 6, 10), ("churn_risk.accounts", "churn_risk.signals"))
    assert made["churn_risk.signals"].frame.filter(signal="never_seen")["fired"].item() == 5


def test_in_order_a_step_at_the_same_instant_does_come_after(tmp_path: Path) -> None:
    world = World([event("set_up", "2026-05-01"), event("drafted", "2026-05-01"), event("posted", "2026-05-02")])
    for table in ("activation.accounts", "activation.steps"):
        same(tmp_path / table, world, table, activation={"order": "ordered", "steps": STEPS})


@pytest.mark.parametrize("days", ["1", "12", "123", "11", "111", "112", "122", "1122"])
@pytest.mark.parametrize("optional", ["", "first", "second"])
def test_in_order_an_event_fills_one_step(days: str, optional: str, tmp_path: Path) -> None:
    steps = {name: {"rule": "posted", "required": name != optional} for name in ("first", "second", "third")}
    world = World([{**event("posted", f"2026-05-0{day}"), "event_id": f"e{n}"} for n, day in enumerate(days)])
    for table in ("activation.accounts", "activation.steps"):
        same(tmp_path / table, world, table, activation={"order": "ordered", "steps": steps})


@pytest.mark.parametrize("missing", ["exclude", "neutral", "worst"])
def test_points_of_unknown_signals_need_no_evidence(missing: str, tmp_path: Path) -> None:
    world = World([event("posted", "2025-12-11", status="failed")])
    loaded = write(tmp_path, world, {**BLOCKS, "churn_risk": {"missing": missing}, "expansion": {"missing": missing}})
    check(loaded, world, date(2026, 6, 10), ("churn_risk.accounts", "expansion.accounts"))
