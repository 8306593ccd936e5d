"""What health is judged by where little is known: people of a short export, seats beside modules, money in several currencies."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small import Small, at

DEFINITION = """\
version: 1
timezone: UTC
sources: {events: {files: events.csv}, accounts: {files: accounts.csv}, subscriptions: {files: subs.csv}}
workflows: {selling: {core: true, success: sold}}
health: {min_coverage: 0}
"""


class World(Small):
    heads = {"events": "account_id,event,timestamp,user_id", "accounts": "account_id,created_at", "subs": "account_id,start_date,mrr,currency,seats,subscription_kind"}

    def busy(self, first: str, days: int) -> World:
        """Account a: another person every day."""
        dates = [date.fromisoformat(first) + timedelta(days=day) for day in range(days)]
        return self.write("events", *(f"a,sold,{day}T12:00:00Z,u{number}" for number, day in enumerate(dates)))  # type: ignore[return-value]

    def parts(self, as_of: str) -> list[str]:
        found: dict[str, Any] = at(self.rows("health.accounts", as_of), account="a")
        return [part.split()[1] for part in found["contributions"]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION).write("accounts", "a,2020-01-01", "b,2026-01-01")  # type: ignore[return-value]


def test_people_are_not_held_against_days_that_the_export_does_not_hold(world: World) -> None:
    assert "active_users" not in world.busy("2026-01-01", 60).parts("2026-02-10")
    assert "active_users" in world.parts("2026-02-28")


def test_a_module_has_no_seats_and_takes_none(world: World) -> None:
    world.busy("2026-01-01", 60).write("subs", "a,2026-01-01,100,EUR,100,recurring", "a,2026-01-01,20,EUR,,module")
    assert "28 of 100 paid seats" in at(world.rows("health.accounts", "2026-02-10"), account="a")["evidence"]


def test_who_pays_in_several_currencies_leaves_no_sum(world: World) -> None:
    world.write("accounts", "a,2026-01-01", "b,2026-01-01").write("events", "zero,seen,2026-01-01T00:00:00Z,u1", "zero,seen,2026-01-20T00:00:00Z,u1")
    world.write("subs", "a,2026-01-01,100,EUR", "a,2026-01-01,20,USD", "b,2026-01-01,50,EUR")
    assert (3, None, None) in [(row["accounts"], row["mrr"], row["currency"]) for row in world.rows("health.matrix", "2026-01-20")]
