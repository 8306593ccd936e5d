"""The last moment of a window, to the microsecond."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from oracle.compare import check
from oracle.days import DAY, moment, written
from oracle.world import Row, World
from oracle.writing import write

T = moment("2026-06-10T00:00:00Z")
ONE = {"timezone": "UTC", "activation": {"min_base": 1, "steps": {"posted": {"rule": "posted"}}}}
TABLES = ("activation.rate", "activation.time_to_value", "activation.steps", "activation.accounts")


def account(name: str, age: int) -> Row:
    return {"account_id": name, "created_at": written(T - age), "plan": None}


def event(account: str, ago: int, name: str = "posted") -> Row:
    return {"event_id": f"{account}{ago}", "account_id": account, "user_id": "u1", "timestamp": written(T - ago), "event": name, "status": "ok"}


@pytest.mark.parametrize("age", [0, 7, 14, 30, 31])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_old_enough_to_the_microsecond(age: int, more: int, tmp_path: Path) -> None:
    world = World([event("z", 100 * DAY, "login")], [account("a", age * DAY + more), account("b", age * DAY + 1)])
    check(write(tmp_path, world, ONE), world, date(2026, 6, 10), (*TABLES, "churn_risk.accounts"))


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_older_than_the_export_to_the_microsecond(more: int, tmp_path: Path) -> None:
    world = World([event("z", 50 * DAY, "login")], [account("a", 57 * DAY + more)])
    check(write(tmp_path, world, ONE), world, date(2026, 6, 10), TABLES)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_old_enough_for_tiers(more: int, tmp_path: Path) -> None:
    world = World([event("a", 20 * DAY, "posted"), event("z", 100 * DAY, "login")], [account("a", 30 * DAY + more)])
    tiered = {**ONE, "workflows": {"work": {"core": True, "cadence": "week", "success": "posted", "tiers": {"basic": "posted"}}}, "features": {}}
    check(write(tmp_path, world, tiered), world, date(2026, 6, 10), ("adoption.tiers",))


@pytest.mark.parametrize("took", [7, 14, 30])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_in_time_to_the_microsecond(took: int, more: int, tmp_path: Path) -> None:
    world = World([event("a", 60 * DAY - took * DAY - more), event("z", 100 * DAY, "login")], [account("a", 60 * DAY)])
    check(write(tmp_path, world, ONE), world, date(2026, 6, 10), TABLES)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_median_at_the_limit(more: int, tmp_path: Path) -> None:
    work = [event(name, 60 * DAY - 14 * DAY - more) for name in ("a", "b")]
    world = World([*work, event("y", 100 * DAY, "login")], [account("a", 60 * DAY), account("b", 60 * DAY)])
    check(write(tmp_path, world, ONE), world, date(2026, 6, 10), TABLES)


def test_nine_in_ten_of_a_hundred(tmp_path: Path) -> None:
    accounts = [account(f"a{n}", 60 * DAY) for n in range(100)]
    world = World([event(f"a{n}", 60 * DAY - n * DAY // 4) for n in range(100)], accounts)
    check(write(tmp_path, world, ONE), world, date(2026, 6, 10), TABLES)


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("young", [0, 1, 2])
def test_half_of_the_accounts_older_than_the_limit(more: int, young: int, tmp_path: Path) -> None:
    accounts = [account("old", 14 * DAY + more), *(account(f"young {n}", DAY) for n in range(young))]
    world = World([event("z", 100 * DAY, "login")], [*accounts, account("z", 100 * DAY)])
    done = [event("z", 99 * DAY, "posted")]
    for events in (world.events, world.events + done):
        check(write(tmp_path / str(len(events)), world.without(events=events), ONE), world.without(events=events), date(2026, 6, 10), TABLES)


@pytest.mark.parametrize("days", [28, 29, 118, 119])
def test_who_shared_the_work_in_the_ninety_days_before_the_last_four_weeks(days: int, tmp_path: Path) -> None:
    """Two people before, one now: the other's work counts up to its last day."""
    work = [*(event("a", ago * DAY) for ago in (*range(1, 28, 2), 40, 50)), *({**event("a", days * DAY - n), "user_id": "u2"} for n in range(2)), event("z", 200 * DAY, "login")]
    world = World(work, [account("a", 190 * DAY)])
    flow = {"workflows": {"work": {"core": True, "cadence": "week", "success": "posted"}}}
    check(write(tmp_path, world, ONE | flow), world, date(2026, 6, 10), ("churn_risk.accounts",))
