"""dbt_product_analytics' retention: back with a completed order N days or more after the first event of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .world import World, sequence

YEAR = "2018-{}T00:00:00Z"
ORDERS = {
    "returned": "1@01-01 2@01-11 40@01-17 64@01-20 3@03-11",
    "placed": (
        "3@01-02 8@01-29 70@03-26 68@03-26 46@03-27 21@03-28 47@03-31 84@04-02 66@04-03 63@04-03 27@04-04 "
        "90@04-06 89@04-07 41@04-07 85@04-09"
    ),
    "return_pending": "22@01-26 54@02-25",
    "shipped": (
        "42@03-12 30@03-14 9@03-17 35@03-21 90@03-23 52@03-23 11@03-23 76@03-23 46@03-24 54@03-24 47@03-26 "
        "91@03-27 66@03-30"
    ),
    "completed": (
        "94@01-04 50@01-05 64@01-05 54@01-07 88@01-09 53@01-12 7@01-14 99@01-14 59@01-15 84@01-17 25@01-17 "
        "39@01-18 71@01-18 54@01-22 20@01-23 71@01-23 86@01-24 3@01-27 51@01-28 32@01-28 94@01-29 57@01-31 "
        "69@02-02 16@02-02 28@02-04 42@02-04 38@02-06 80@02-08 85@02-10 1@02-10 51@02-10 26@02-11 33@02-13 "
        "99@02-14 92@02-16 31@02-17 66@02-17 22@02-17 6@02-19 50@02-20 27@02-21 35@02-21 51@02-23 71@02-24 "
        "34@02-26 54@02-26 18@02-27 79@02-28 93@03-01 22@03-01 30@03-02 12@03-03 63@03-03 57@03-05 70@03-06 "
        "13@03-07 26@03-08 36@03-10 79@03-11 53@03-11 8@03-12 19@03-16 69@03-18 25@03-20"
    ),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A year's orders; work is a completed one."""
    found = [(order, name, when) for name, text in ORDERS.items() for _, order, when in sequence("", text, YEAR)]
    return World(tmp_path, found, workflows={"orders": {"core": True, "success": "completed"}})


def counted(world: World, mode: str, k: int) -> tuple[int, int, int]:
    """Accounts, those old enough and those back on day k or later, over all cohorts of January."""
    settings: dict[str, Any] = {"period": "day", "periods": 40, "kind": "unbounded", "mode": mode}
    frame = world.table("retention.cohorts", "2018-02-01", **settings).frame.filter(period=k)
    rows = frame.select("cohort", "accounts", "eligible", "retained").rows()
    cells = [row for row in rows if row[0] != "all"]
    return sum(row[1] for row in cells), sum(row[2] for row in cells), sum(row[3] or 0 for row in cells)


@pytest.mark.parametrize(("k", "back", "old"), [(0, 19, 24), (1, 4, 23), (7, 3, 19), (14, 3, 15)])
def test_back_on_or_after(world: World, k: int, back: int, old: int) -> None:
    """dbt divides by all 24 whatever their age; with us those not yet N days old are not in the base."""
    accounts, eligible, retained = counted(world, "calendar", k)
    assert (accounts, retained, eligible) == (24, back, old)
