"""What core work is held against before it is called declining: only what the account and the export were there for in full."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small import Small, at

HEADS = {"events": "account_id,event,timestamp,user_id", "accounts": "account_id,created_at", "users": "account_id,user_id,role", "subs": "account_id,start_date,mrr"}
DEFINITION = """\
version: 1
timezone: UTC
late_after: 0d
sources: {{events: {{files: events.csv}}, accounts: {{files: accounts.csv}}, users: {{files: users.csv}}, subscriptions: {{files: subs.csv}}}}
roles: {{admin: owner}}
workflows: {{selling: {{core: true, cadence: {cadence}, success: sold}}}}
"""


class World(Small):
    heads = HEADS

    def sold(self, account: str, **often: int) -> list[str]:
        """So many sales a month, on its first days: `m2026_01=5`."""
        months = [(date.fromisoformat(f"{month[1:].replace('_', '-')}-01"), n) for month, n in often.items()]
        return [f"{account},sold,{first + timedelta(days=27 - day)}T12:00:00Z,u1" for first, n in months for day in range(n)]

    def states(self, as_of: str) -> dict[str, tuple[Any, ...]]:
        return {row["signal"]: (row["judged"], row["fired"], row["few"], row["unknown"]) for row in self.rows("churn_risk.signals", as_of)}


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path, DEFINITION)
    world.shape["cadence"] = "month"
    return world


def test_a_month_that_the_account_had_half_of_is_not_added_to_the_months_before(world: World) -> None:
    world.write("accounts", "a,2025-10-16T00:00:00Z").write("events", "zero,seen,2024-01-01T00:00:00Z,", *world.sold("a", m2025_10=5, m2025_11=5, m2025_12=5, m2026_01=5, m2026_02=5))
    assert world.states("2026-03-10")["declining_workflow"][:2] == (1, 0)


def test_months_before_the_export_are_no_months_without_work(world: World) -> None:
    world.write("accounts", "a,2020-01-01").write("events", "a,seen,2025-11-01T00:00:00Z,u1", *world.sold("a", m2025_11=9, m2025_12=9, m2026_01=4, m2026_02=4))
    assert world.states("2026-03-10")["declining_workflow"][:2] == (1, 1)


def test_an_export_that_does_not_hold_the_weeks_before_does_not_call_anybody_safe(world: World) -> None:
    days = [date(2026, 1, 25) + timedelta(days=day) for day in range(40)]
    world.shape["cadence"] = "week"
    world.write("accounts", "a,2020-01-01").write("events", *(f"a,sold,{day}T12:00:00Z,u{at}" for at, day in enumerate(days)))
    told = world.states("2026-03-06")
    assert [told[name] for name in ("declining_workflow", "fewer_active_users")] == [(0, 0, 0, 1), (0, 0, 0, 1)]
    assert at(world.rows("churn_risk.accounts", "2026-03-06"), account="a")["trend"] is None
    growing = at(world.rows("expansion.accounts", "2026-03-06"), account="a")["contributions"] or []
    assert not any("users_growing" in part for part in growing)


def test_an_administrator_is_missed_for_as_long_as_the_export_watched(world: World) -> None:
    world.write("accounts", "a,2020-01-01").write("users", "a,boss,owner", "b,boss,owner").write("subs", "b,2026-01-20,90")
    world.write("events", "a,seen,2026-02-01T00:00:00Z,u1")
    assert world.states("2026-02-12")["no_admin_activity"] == (1, 0, 0, 1)  # b is of unknown age
    assert world.states("2026-03-10")["no_admin_activity"][:2] == (1, 1)


def test_of_whom_nothing_is_known_the_worst_is_high_risk_and_no_readiness(world: World) -> None:
    world.define(DEFINITION + "churn_risk: {{missing: worst, min_coverage: 0}}\nexpansion: {{missing: worst, min_coverage: 0}}\n")
    world.write("accounts", "a,2026-03-01").write("events", "zero,seen,2025-01-01T00:00:00Z,", "a,seen,2026-03-09T00:00:00Z,u1")
    risk, growth = (at(world.rows(f"{chapter}.accounts", "2026-03-10"), account="a") for chapter in ("churn_risk", "expansion"))
    assert "30 declining_workflow (unknown)" in risk["contributions"]
    assert (growth["readiness"], growth["contributions"]) == (0, None)
