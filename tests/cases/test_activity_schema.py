"""dbt-activity-schema: what happened to an account relative to its first sign-up, as far as a table of ours says it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from .world import Event, World, funnel

SIGNED = {"1": "01-02", "4": "01-05", "7": "01-08", "10": "01-11"}
BOUGHT = {"1": "01-03 01-30 02-07", "4": "01-06 02-02 02-09", "7": "01-09 02-05 02-12", "10": "01-12 02-08 02-15"}
VISITED = {"1": "01-01 01-04 04-07", "4": "01-04 01-07 04-10", "7": "01-07 01-10 04-13", "10": "01-10 01-13 04-16"}


def world(folder: Path, **told: object) -> World:
    return World(folder, [*happened(SIGNED, "signed_up"), *happened(BOUGHT, "worked"), *happened(VISITED, "visited_page")], **told)


def happened(calendar: dict[str, str], event: str) -> list[Event]:
    return [(account, event, f"2022-{day}T22:10:11Z") for account, words in calendar.items() for day in words.split()]


def test_last_ever(tmp_path: Path) -> None:
    """Equal, to the day: `last_success` is a date."""
    found = dict(world(tmp_path).rows("engagement.frequency", "2022-05-01", "account", "last_success"))
    assert found == {"1": date(2022, 2, 7), "4": date(2022, 2, 9), "7": date(2022, 2, 12), "10": date(2022, 2, 15)}


def test_first_after(tmp_path: Path) -> None:
    """Equal: the last of two steps in order is the first purchase after the first sign-up."""
    told = world(tmp_path, activation=funnel("signed_up", "worked"))
    found = dict(told.rows("activation.accounts", "2022-05-01", "account", "activated_at"))
    first = {"1": 3, "4": 6, "7": 9, "10": 12}
    assert found == {account: datetime(2022, 1, day, 22, 10, 11, tzinfo=UTC) for account, day in first.items()}


def test_before(tmp_path: Path) -> None:
    """No table of ours looks at what came before an anchor: an account begins with its first event, here the page view before."""
    told = world(tmp_path, activation=funnel("signed_up"))
    created = dict(told.rows("activation.accounts", "2022-05-01", "account", "created_at"))
    assert created["1"] == datetime(2022, 1, 1, 22, 10, 11, tzinfo=UTC)
