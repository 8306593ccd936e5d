"""PostHog's stickiness: how many were active in how many periods."""

from __future__ import annotations

from pathlib import Path

import pytest

from .world import Event, World, days

NOON = "2020-01-{}T12:00:00Z"
WORK = {"p1": "11 12 13 14 15 16 17 18 19", "p2": "11 13 15 17 19"}
EARLIER: list[Event] = [(name, "other", "2019-11-01T12:00:00Z") for name in WORK]


def spread(world: World, as_of: str, period: str, periods: int) -> dict[int, int]:
    """Active periods → accounts, without the empty ones, as PostHog's non-zero buckets."""
    rows = world.rows("engagement.active_periods", as_of, "active_periods", "accounts", period=period, periods=periods)
    return {active: accounts for active, accounts in rows if accounts}


@pytest.mark.parametrize(
    ("period", "periods", "as_of", "expected"),
    [("day", 10, "2020-01-21", {5: 1, 9: 1}), ("week", 3, "2020-01-26", {3: 2}), ("month", 1, "2020-02-01", {1: 2})],
)
def test_accounts_by_active_periods(tmp_path: Path, period: str, periods: int, as_of: str, expected: dict[int, int]) -> None:
    """Equal, when the export begins before the first period: with us a period counts when it was seen in full."""
    world = World(tmp_path, EARLIER + days(WORK, NOON), week_starts="sunday")
    assert spread(world, as_of, period, periods) == expected


def test_a_week_entered_in_its_middle_is_no_period(tmp_path: Path) -> None:
    """PostHog counts the week of the 5th, of which the data hold only the Saturday; with us it is not expected of anybody."""
    world = World(tmp_path, days(WORK, NOON), week_starts="sunday")
    assert spread(world, "2020-01-26", "week", 3) == {}
    assert spread(world, "2020-01-26", "week", 2) == {2: 2}


def test_a_running_period_is_none_yet(tmp_path: Path) -> None:
    """PostHog's bar for the month of January 2020 stands on the 20th already; with us it does when the month is over."""
    world = World(tmp_path, EARLIER + days(WORK, NOON))
    assert spread(world, "2020-01-21", "month", 1) == {0: 2}
