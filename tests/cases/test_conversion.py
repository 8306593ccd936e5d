"""From a first step to a purchase: MetricFlow's conversion metric and dbt-activity-schema's relations, in our words.

MetricFlow gives each purchase to the last visit before it, every visit being a base of its own. Our `qualification conversion`
asks of each account once: from the first day on which it qualified, did it pay in time? So ours is equal where every account
visits once, and differs by what the tests name: later visits of the same account, purchases on the day of the visit (they
qualify nobody), second purchases, and the first visit where MetricFlow takes the last. A base without a purchase has rate 0
with us, none with MetricFlow. Its constant property (visit and purchase of one session) has no counterpart.

Of dbt-activity-schema's relations, first after is an ordered activation, first before the same in the other order, last
ever and last after the last day of work. Sums before an event (aggregate before) and properties of the related event, such
as the referrer, have no counterpart: our tables say when, not with what.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from .world import Event, World, funnel, with_accounts

VISITS = {
    "01": "u0004114 u0004214 u0003141 u0003154", "02": "u1612112 u0005432 u0003452 u0003452", "03": "u0042324 u0005432 u0005472",
    "04": "u0005414", "06": "u0004114", "07": "u0004114", "10": "u0004117", "12": "u0003141",
}  # fmt: skip
BUYS = {"02": "u0004114", "03": "u0042324", "04": "u0005432 u0003452", "07": "u1612112 u0004114 u0003141", "10": "u0004117"}
ONE_VISIT_QUALIFIES = {"min_signals": 1, "signals": {"volume": {"successes": 1}}}


def spelled(calendar: dict[str, str]) -> list[tuple[str, str]]:
    return [(account, f"2020-01-{day}") for day, accounts in calendar.items() for account in accounts.split()]


def shop(folder: Path) -> World:
    """Every visit is core work, every purchase begins a subscription; the segment is the day of the first visit."""
    visits = spelled(VISITS)
    first: dict[str, str] = {}
    for account, day in visits:
        first.setdefault(account, day)
    sources = with_accounts(folder, ("account_id", "created_at", "began"), [(a, day, day) for a, day in first.items()], ["began"])
    lines = ["account_id,start_date,end_date,mrr,currency,seats,plan,renewal_date", *(f"{a},{day},,10,EUR,,," for a, day in spelled(BUYS))]
    (folder / "subscriptions.csv").write_text("\n".join(lines) + "\n", "utf-8")
    sources["subscriptions"] = {"files": "subscriptions.csv"}
    events = [(account, "worked", f"{day}T12:00:00Z") for account, day in visits]
    return World(folder, events, sources=sources, qualification=ONE_VISIT_QUALIFIES)


def converted(world: World, **settings: Any) -> list[tuple[Any, ...]]:
    columns = ("began", "accounts", "paid", "rate") if "by" in settings else ("accounts", "paid", "rate")
    rows = world.rows("qualification.conversion", "2020-06-01", "position", *columns, **settings)
    return [row[1:] for row in rows if row[0] == 1]


def test_seven_days_in_total(tmp_path: Path) -> None:
    """MetricFlow: 8 of 16. Of the 16, 5 are later visits and 2 on the day of the purchase; of the 8, 1 is a second purchase."""
    later, same_day, second = 5, 2, 1
    assert converted(shop(tmp_path), paid_within=7) == [(16 - later - same_day, 8 - same_day - second, pytest.approx(5 / 9))]


def test_without_end_by_the_day_of_the_first_visit(tmp_path: Path) -> None:
    """Equal on the 1st (2 of 4) and the 4th (0 of 1). On the 2nd MetricFlow has 2 of 4 visits: one account came twice, and one
    bought after a visit on the 3rd; on the 3rd it also counts that one and a purchase on the very day; so on the 10th."""
    days = {row[0]: row[1:] for row in converted(shop(tmp_path), paid_within=100, by=("began",))}
    assert days == {
        "2020-01-01": (4, 2, 0.5), "2020-01-02": (3, 3, 1.0), "2020-01-03": (1, 0, 0.0), "2020-01-04": (1, 0, 0.0),
        "2020-01-10": (0, 0, None),
    }  # fmt: skip


ANCHORS = {"1": "02", "4": "05", "7": "08", "10": "11"}
PAGES = {"1": "01-01 01-04 04-07", "4": "01-04 01-07 04-10", "7": "01-07 01-10 04-13", "10": "01-10 01-13 04-16"}
BOUGHT = {"1": "01-03 01-30 02-07", "4": "01-06 02-02 02-09", "7": "01-09 02-05 02-12", "10": "01-12 02-08 02-15"}


def activities() -> list[Event]:
    rows = [(account, "signed_up", f"01-{day}") for account, day in ANCHORS.items()]
    rows += [(a, name, day) for name, told in (("visited_page", PAGES), ("bought_something", BOUGHT)) for a, days in told.items() for day in days.split()]
    return [(account, name, f"2022-{day}T22:10:11Z") for account, name, day in rows]


def activated(folder: Path, *steps: str) -> dict[str, str | None]:
    """When each account had done these, each after the one before."""
    world = World(folder, activities(), activation=funnel(*steps, within="1000d"))
    rows = world.rows("activation.accounts", "2022-06-01", "account", "activated_at")
    return {str(account): f"{at:%m-%d}" if isinstance(at, datetime) else None for account, at in rows}


def test_first_after(tmp_path: Path) -> None:
    assert activated(tmp_path, "signed_up", "bought_something") == {"1": "01-03", "4": "01-06", "7": "01-09", "10": "01-12"}


def test_what_came_before_the_anchor_is_not_the_first_after(tmp_path: Path) -> None:
    """Each account had visited a page on the day before it signed up."""
    assert activated(tmp_path, "signed_up", "visited_page") == {"1": "01-04", "4": "01-07", "7": "01-10", "10": "01-13"}


def test_first_before(tmp_path: Path) -> None:
    """Nobody had bought anything; all had visited a page, so that order ends with signing up."""
    assert set(activated(tmp_path, "bought_something", "signed_up").values()) == {None}
    assert activated(tmp_path, "visited_page", "signed_up") == {a: f"01-{day}" for a, day in ANCHORS.items()}


def test_last_ever_and_last_after(tmp_path: Path) -> None:
    world = World(tmp_path, activities(), workflows={"buying": {"core": True, "success": "bought_something"}})
    rows = dict(world.rows("churn_risk.accounts", "2022-06-01", "account", "last_success"))
    assert rows == {"1": date(2022, 2, 7), "4": date(2022, 2, 9), "7": date(2022, 2, 12), "10": date(2022, 2, 15)}
