"""Retention: PostHog's recurring and rolling matrices, ClickHouse's retention(), dbt_product_analytics' offsets."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from .world import World, days, with_accounts

JUNE = "2020-06-{}T05:00:00Z"
TWO = {"anna": "10 11 12 15 15 16", "ben": "11 12 13 16"}
RECURRING = {"anchor": "every_active", "period": "day", "periods": 10}
DAILY = """
    1 1 1 0 0 1 1 0 0 0 0
    2 2 1 0 1 2 0 0 0 0
    2 1 0 1 2 0 0 0 0
    1 0 0 1 0 0 0 0
    0 0 0 0 0 0 0
    1 1 0 0 0 0
    2 0 0 0 0
    0 0 0 0
    0 0 0
    0 0
    0"""
STEADY = """
    2 2 2 0 1 2 1 0 1 0 1
    2 2 0 1 2 1 0 1 0 1
    2 0 1 2 1 0 1 0 1
    0 0 0 0 0 0 0 0
    1 1 0 0 1 0 0
    2 1 0 1 0 1
    1 0 0 0 1
    0 0 0 0
    1 0 0
    0 0
    1"""


def numbers(text: str) -> list[list[int]]:
    """A triangle as it is drawn."""
    return [[int(word) for word in line.split()] for line in text.strip().splitlines()]


def triangle(world: World, starts: list[str], as_of: str, **settings: Any) -> list[list[int]]:
    """Retained accounts by cohort and period; a cohort that nobody is in has no row with us, here it is zeros."""
    rows = world.rows("retention.cohorts", as_of, "cohort", "period", "retained", "eligible", **settings)
    cells = {(cohort, period): retained for cohort, period, retained, _ in rows}
    beyond = [row for row in rows if row[0] in starts and row[1] >= len(starts) - starts.index(row[0])]
    assert all(eligible == 0 for *_, eligible in beyond)
    return [[cells.get((start, k), 0) for k in range(len(starts) - i)] for i, start in enumerate(starts)]


def every_day(first: str, count: int, step: int = 1) -> list[str]:
    """The first days of the periods."""
    return [str(date.fromisoformat(first) + timedelta(days=n * step)) for n in range(count)]


def test_each_active_day_starts_a_cohort(tmp_path: Path) -> None:
    world = World(tmp_path, days(TWO, JUNE))
    assert triangle(world, every_day("2020-06-10", 11), "2020-06-21", **RECURRING) == numbers(DAILY)


def test_a_window_without_events_has_no_cohort(tmp_path: Path) -> None:
    """PostHog shows such periods as rows of zeros; our table has no row for a cohort that nobody is in."""
    world = World(tmp_path, days(TWO, JUNE))
    rows = world.rows("retention.cohorts", "2024-01-12", "cohort", **RECURRING)
    assert not [cohort for (cohort,) in rows if cohort >= "2024" and cohort != "all"]


@pytest.mark.parametrize("listed", [False, True])
def test_an_internal_account_is_in_no_cohort(tmp_path: Path, listed: bool) -> None:
    rows = [("anna", "2020-06-10", "test"), ("ben", "2020-06-11", "pro")]
    sources = with_accounts(tmp_path, ("account_id", "created_at", "plan"), rows)
    inside = {"internal": {"accounts": {"plan": "test"}}, "sources": sources}
    told = inside if listed else {"internal": {"accounts": {"account": "anna"}}}
    found = triangle(World(tmp_path, days(TWO, JUNE), **told), every_day("2020-06-10", 11), "2020-06-21", **RECURRING)
    alone = {
        0: [0] * 11,
        1: [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
        2: [1, 1, 0, 0, 1, 0, 0, 0, 0],
        3: [1, 0, 0, 1, 0, 0, 0, 0],
    }
    assert found == [alone.get(i, [int(i == 6), *[0] * (10 - i)]) for i in range(11)]


def test_one_segment_by_where(tmp_path: Path) -> None:
    rows = [("anna", "2020-06-10", "pro"), ("ben", "2020-06-11", "free")]
    sources = with_accounts(tmp_path, ("account_id", "created_at", "plan"), rows, ["plan"])
    world = World(tmp_path, days(TWO, JUNE), sources=sources)
    found = triangle(world, every_day("2020-06-10", 7), "2020-06-17", where=[("plan", "pro")], **RECURRING)
    assert found == numbers("1 1 1 0 0 1 1\n1 1 0 0 1 1\n1 0 0 1 1\n0 0 0 0\n0 0 0\n1 1\n1")


def test_months_are_calendar_months(tmp_path: Path) -> None:
    world = World(tmp_path, days({"anna": "01 02 03 05 06 09", "ben": "01 02 03 06 07 11"}, "2020-{}-10T05:00:00Z"))
    starts = [f"2020-{month:02d}-01" for month in range(1, 12)]
    assert triangle(world, starts, "2020-12-01", **RECURRING | {"period": "month"}) == numbers(STEADY)


def test_hours_are_no_periods(tmp_path: Path) -> None:
    """PostHog's hourly matrix has eleven cohorts here; our shortest period is a day: one cohort of both accounts."""
    hours = {"anna": "06 07 08 10 11 14", "ben": "06 07 08 11 12 16"}
    world = World(tmp_path, days(hours, "2020-06-10T{}:00:00Z"))
    assert triangle(world, ["2020-06-10"], "2020-06-11", **RECURRING) == [[2]]


def test_on_or_after_counts_an_account_once(tmp_path: Path) -> None:
    calendar = {"a": "10 13 14", "b": "10 11", "c": "11 12 13", "d": "13 14", "e": "14"}
    world = World(tmp_path, days(calendar, JUNE))
    found = triangle(world, every_day("2020-06-10", 6), "2020-06-16", **RECURRING | {"kind": "unbounded"})
    assert found == numbers("2 2 1 1 1 0\n2 1 1 0 0\n1 1 0 0\n3 2 0\n3 0\n0")


def test_weeks_of_an_organisation_from_sunday(tmp_path: Path) -> None:
    events = days({"org": "06-10 07-04 07-25"}, "2020-{}T05:00:00Z")
    nobody = days({"": "06-10 06-10 06-11 06-11 06-17 06-17 06-24 07-04 07-11 07-11"}, "2020-{}T05:00:00Z")
    world = World(tmp_path, [*events, *nobody], week_starts="sunday")
    found = triangle(world, every_day("2020-06-07", 7, 7), "2020-07-26", **RECURRING | {"period": "week"})
    assert found == numbers("1 0 0 1 0 0 1\n0 0 0 0 0 0\n0 0 0 0 0\n1 0 0 1\n0 0 0\n0 0\n1")
    table = world.table("retention.cohorts", "2020-07-26")
    assert table.meta["ledger"][0]["filtered"] == {"without account": 10}


@pytest.mark.parametrize("anchor", ["created", "first_active", "every_active"])
def test_each_later_day_is_judged_on_its_own(tmp_path: Path, anchor: str) -> None:
    """ClickHouse's retention(): 60 accounts on the third day, though only 50 on the second."""
    events = [event for day, n in (("06", 80), ("07", 50), ("08", 60)) for event in
              days({f"a{at}": day for at in range(n)}, "2018-08-{}T12:00:00Z")]  # fmt: skip
    found = triangle(World(tmp_path, events), every_day("2018-08-06", 3), "2018-08-09", anchor=anchor, period="day")
    assert found[0] == [80, 50, 60]
