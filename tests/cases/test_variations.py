"""Retention, lifecycle and stickiness once more, on random calendars in several zones: counted by hand, in sets of periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from .world import Event, World

FIRST = datetime(2025, 9, 28, 12, tzinfo=UTC)
AS_OF = date(2026, 3, 2)  # a Monday, the day after a month and a week
EARLIER: Event = ("elsewhere", "other", "2025-06-15T12:00:00Z")
CASES = [
    (seed, period, zone, week)
    for seed, (period, zone, week) in enumerate(
        (period, zone, week)
        for period in ("day", "week", "month")
        for zone, week in (("UTC", "monday"), ("America/New_York", "sunday"), ("Asia/Kolkata", "saturday"), ("Pacific/Auckland", "wednesday"))
    )
]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Periods = dict[str, set[int]]


def worked(seed: int) -> list[Event]:
    """Sparse and dense accounts, ties, and instants just beside midnight."""
    chance = Random(seed)
    events = []
    for name in "abcdefg":
        at = FIRST + timedelta(hours=chance.randrange(24 * 100))
        for _ in range(chance.choice((1, 3, 12, 30))):
            at += timedelta(days=chance.choice((0, 0, 1, 1, 2, 7, 30)), minutes=chance.choice((0, -1, 1, 719)))
            events += [(name, "worked", f"{at:%Y-%m-%dT%H:%M:%SZ}")] if at.date() < AS_OF - timedelta(days=1) else []
    return events


def number(day: date, period: str, week: str) -> int:
    """Of the period that a day lies in."""
    if period == "month":
        return day.year * 12 + day.month - 1
    ordinal = day.toordinal() - 1  # the first was a Monday
    return ordinal if period == "day" else (ordinal - WEEKDAYS.index(week)) // 7


def begins(index: int, period: str, week: str) -> date:
    if period == "month":
        return date(index // 12, index % 12 + 1, 1)
    return date.fromordinal((index if period == "day" else index * 7 + WEEKDAYS.index(week)) + 1)


def active(events: list[Event], period: str, zone: str, week: str) -> Periods:
    found: Periods = {}
    for name, _, at in events:
        day = datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date()
        found.setdefault(name, set()).add(number(day, period, week))
    return found


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[World, Periods, str, str]:
    seed, period, zone, week = request.param
    events = worked(seed)
    return World(tmp_path, [EARLIER, *events], timezone=zone, week_starts=week), active(events, period, zone, week), period, week


def over(period: str, week: str) -> int:
    """The number of the last period that is over at T."""
    return number(AS_OF, period, week) - 1


def test_matrices(case: tuple[World, Periods, str, str]) -> None:
    """Of those active in a period, how many are so k later, or then and after."""
    world, found, period, week = case
    for kind in ("on", "unbounded"):
        rows = world.rows("retention.cohorts", str(AS_OF), "cohort", "period", "accounts", "retained", "eligible", period=period, periods=20, anchor="every_active", kind=kind)
        cells = {(number(date.fromisoformat(cohort), period, week), k): (size, kept) for cohort, k, size, kept, eligible in rows if cohort != "all" and eligible}
        wanted = {}
        for start in set[int]().union(*found.values()):
            members = [periods for periods in found.values() if start in periods]
            for k in range(min(20, number(AS_OF - timedelta(days=1), period, week) - min(min(one) for one in found.values())) + 1):
                if start + k <= number(AS_OF - timedelta(days=1), period, week):
                    kept = sum(start + k in one if kind == "on" else max(one) >= start + k for one in members)
                    wanted[start, k] = len(members), kept
        assert cells == wanted


def test_lifecycles(case: tuple[World, Periods, str, str]) -> None:
    world, found, period, week = case
    rows = world.rows("engagement.active_accounts", str(AS_OF), "period", "new", "returning", "resurrected", "dormant", "status", period=period)
    finals = {number(day, period, week): counts for day, *counts, status in rows if status == "final"}
    assert finals and max(finals) == over(period, week)
    for at, counts in finals.items():
        new = sum(min(one) == at for one in found.values())
        returning = sum(at in one and at - 1 in one for one in found.values())
        resurrected = sum(at in one and at - 1 not in one and min(one) < at for one in found.values())
        dormant = sum(at - 1 in one and at not in one for one in found.values())
        assert counts == [new, returning, resurrected, dormant], begins(at, period, week)


@pytest.mark.parametrize("length", [1, 3])
def test_spreads(case: tuple[World, Periods, str, str], length: int) -> None:
    """Of those who were there before the periods looked at, in how many of them were they active?"""
    world, found, period, week = case
    last = over(period, week)
    rows = world.rows("engagement.active_periods", str(AS_OF), "active_periods", "accounts", period=period, periods=length)
    there = [set[int](), *(one for one in found.values() if min(one) <= last - length)]  # the first is from elsewhere
    wanted = {n: sum(len(one & set(range(last - length + 1, last + 1))) == n for one in there) for n in range(length + 1)}
    assert {n: accounts for n, accounts in rows if n is not None} == wanted
