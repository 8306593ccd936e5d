"""Funnels: ClickHouse's windowFunnel and dbt_product_analytics; order, ties, repeats and the start of the window."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from .world import World, funnel, reached, sequence

NINE = " ".join(f"100{n}@0{n}" for n in range(9))
ORDERS = {
    "1": "placed@01 completed@02 returned@11 returned@14",
    "2": "completed@17 completed@23",
    "3": "placed@18 returned@24",
    "4": "returned@17",
    "5": "completed@05 returned@07 placed@12 completed@15 returned@22",
    "6": "placed@05 completed@20",
    "7": "completed@18",
    "8": "placed@09 completed@17",
    "9": "placed@04 completed@14",
}


def level(folder: Path, text: str, *steps: str, window: str = "10000s") -> int:
    """How many steps one account gets through."""
    return sum(reached(World(folder, sequence("x", text), activation=funnel(*steps, within=window)), "2021-06-01"))


@pytest.mark.parametrize(("steps", "expected"), [("0", 1), ("01", 2), ("012", 3), ("0128", 4)])
def test_events_between_steps_do_not_matter(tmp_path: Path, steps: str, expected: int) -> None:
    assert level(tmp_path, NINE, *(f"100{n}" for n in steps)) == expected
    assert level(tmp_path, NINE, "1000", window="1s") == 1


@pytest.mark.parametrize(("window", "expected"), [(2, 3), (3, 4), (4, 5)])
def test_the_end_of_the_window_is_inside(tmp_path: Path, window: int, expected: int) -> None:
    """The account's first event is the first step here, so that both windows begin with it."""
    later = " ".join(NINE.split()[3:])
    assert level(tmp_path, later, "1003", "1004", "1005", "1006", "1007", window=f"{window}s") == expected


@pytest.mark.parametrize(("window", "theirs", "ours"), [(2, 3, 0), (3, 4, 1), (4, 5, 2)])
def test_the_window_begins_with_the_account(tmp_path: Path, window: int, theirs: int, ours: int) -> None:
    """ClickHouse's begins with the first step: three seconds later here, and so much must `within` be longer."""
    steps = ("1003", "1004", "1005", "1006", "1007")
    assert level(tmp_path, NINE, *steps, window=f"{window}s") == ours
    assert level(tmp_path, NINE, *steps, window=f"{window + 3}s") == theirs


def test_a_repeat_stops_nothing(tmp_path: Path) -> None:
    """strict_deduplication gives 3 and 6: it ends where a step is repeated. We have no such mode."""
    assert level(tmp_path, "a@01 b@02 c@03 b@04 d@05", "a", "b", "c", "d") == 4
    again = "1000@00 1001@10 1002@20 1003@30 1004@40 1005@50 1005@51 1006@52 1007@53 1008@54"
    assert level(tmp_path, again, *(f"100{n}" for n in range(7))) == 7


def test_equal_times_are_in_order_but_one_event_is_one_step(tmp_path: Path) -> None:
    """strict_increase gives 2 for the first; ClickHouse's default gives 3 for the second, one row as three steps."""
    tied = "1000@00 1001@01 1002@01 1003@01 1004@02"
    assert level(tmp_path, tied, "1000", "1001", "1002", "1003", "1004") == 5
    assert level(tmp_path, tied, "1004", "1004", "1004") == 1


def test_the_order_of_tied_rows_does_not_matter(tmp_path: Path) -> None:
    for rows in permutations(["1004@29", "1003@29", "1002@28"]):
        events = sequence("x", " ".join(rows), "2019-01-{}T10:00:00Z")
        world = World(tmp_path, events, activation=funnel("1004", "1003", "1002", within="5200w"))
        assert world.rows("activation.accounts", "2019-06-01", "done", "missing") == [(2, ["step_3"])]


def test_days_without_a_time_of_day(tmp_path: Path) -> None:
    """The shares against the step before are dbt's; its first step is our `reached`, our base all accounts."""
    events = [event for name, text in ORDERS.items() for event in sequence(name, text, "2018-01-{}")]
    steps = funnel("placed", "completed", "returned", within="60d")
    table = World(tmp_path, events, activation=steps).table("activation.steps", "2018-06-01").frame
    assert table["reached"].to_list() == [6, 5, 2]
    assert table["of_entered"].to_list()[1:] == [5 / 6, 2 / 5]
    assert table["of_all"].to_list() == [6 / 9, 5 / 9, 2 / 9]
