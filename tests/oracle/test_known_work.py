"""Small worlds that once told the product and the oracle apart, in value, engagement and the journey."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oracle.busy_worlds import write
from oracle.days import DAY, moment, written
from oracle.working import check
from oracle.world import Row, World

T = moment("2026-06-10T00:00:00Z")
WORK = {"billing": {"core": True, "cadence": "week", "success": "posted", "roles": ["finance"]}}
BASE: dict[str, Any] = {"version": 1, "timezone": "UTC", "late_after": "0d", "workflows": WORK}


def posted(ago: int, account: str = "a", each: int = 1, user: str = "u1") -> list[Row]:
    """Work so many days before the last counted one."""
    return [{"event_id": f"{account} {ago} {n}", "account_id": account, "user_id": user, "timestamp": written(T - (ago + 1) * DAY + n), "event": "posted"} for n in range(each)]


def same(folder: Path, world: World, table: str, as_of: str = "2026-06-10", more: dict[str, Any] | None = None, **settings: Any) -> list[dict[str, Any]]:
    loaded = write(folder, world, {**BASE, **(more or {})})
    return check(loaded, world, date.fromisoformat(as_of), (table,), **settings)[table].frame.to_dicts()


@pytest.mark.parametrize(("now", "before", "state"), [(4, 5, "down"), (6, 5, "up"), (81, 100, "flat")])
def test_a_change_of_exactly_the_limit_is_one_in_both_directions(now: int, before: int, state: str, tmp_path: Path) -> None:
    scale = 1 if before == 100 else 20
    work = [row for day in range(60) for row in posted(day, each=scale * (now if day < 30 else before))]
    (row,) = same(tmp_path, World([*posted(120), *work]), "engagement.trend")
    assert row["state"] == state


def test_the_usual_amount_is_a_mean_of_periods_that_an_account_was_there_for(tmp_path: Path) -> None:
    """Tuesday is the 2nd: the week of the creation counts neither above nor below the line."""
    accounts: list[Row] = [{"account_id": "a", "created_at": "2026-05-12T00:00:00Z"}]
    (row,) = same(tmp_path, World([*posted(150, "z"), *posted(27), *posted(17, each=6), *posted(10, each=6), *posted(3, each=6)], accounts), "value.north_star_accounts")[:1]
    assert (row["account"], row["usual"], row["trend"]) == ("a", 6, 0)


def test_what_is_not_known_has_no_median_either(tmp_path: Path) -> None:
    monthly = {"workflows": {"billing": {**WORK["billing"], "cadence": "month"}}}
    (row,) = same(tmp_path, World(posted(20)), "value.signals", more=monthly)
    assert (row["status"], row["n"], row["median"]) == ("no data", None, None)


@pytest.mark.parametrize("spelt", ["finance", "Accounts payable"])
def test_a_role_by_any_of_its_spellings_ought_to_do_the_job(spelt: str, tmp_path: Path) -> None:
    users: list[Row] = [{"account_id": "a", "user_id": user, "role": role} for user, role in (("u1", spelt), ("u2", "sales"))]
    more = {"roles": {"finance": ["finance", "Accounts payable"]}}
    (row,) = same(tmp_path, World([*posted(20), *posted(10), *posted(3)], None, users), "value.consistency", more=more)
    assert (row["in_role"], row["expected"]) == (1, 1)
