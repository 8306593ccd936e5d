"""Ways to get reliability wrong, by their numbers: small worlds through the real tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_reliability import DEFINITION, World, day, habit

from saasmetrics.definitions.read import parse
from saasmetrics.messages import Refused


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, DEFINITION)


def test_trap_04_an_attempt_whose_time_is_not_over_is_no_failure_yet(world: World) -> None:
    """Weeks end on Sunday, and a day later they are complete: what was begun on Sunday has just had its day."""
    world.events("a sell_clicked 2026-01-11T23:59 i1", "a sell_failed 2026-01-11T23:59 i1", "a sell_clicked 2026-01-11T00:00 i2")
    row = world.one("failures", "selling", as_of="2026-01-13", weeks=1)
    assert (row["attempts"], row["failed"], row["immature"]) == (1, 0, 1)
    row = world.one("failures", "selling", as_of="2026-01-14", weeks=1)
    assert (row["attempts"], row["failed"], row["immature"]) == (2, 1, 0)


def test_trap_05_lag_waits_for_what_has_not_arrived(world: World) -> None:
    lines = [line for n in range(19) for line in (f"a booked 2026-01-05T09:00 l{n}", f"a arrived {day('2026-01-05T09:00', minutes=n + 1)} l{n}")]
    row = world.events(*lines, "a booked 2026-01-06T09:00 lost", "b arrived 2026-01-06T09:00 lost", "a booked 2026-01-07T09:00").one("sync_lag", "bank")
    assert (row["changes"], row["missing"], row["p50_minutes"], row["p95_minutes"], row["unpaired"]) == (20, 1, 10, 19, 1)
    assert row["oldest_hours"] == 6 * 24 + 15


def test_trap_10_a_week_belongs_to_its_zone(world: World) -> None:
    world.shape["zone"] = "Asia/Tokyo"
    rows = world.events("a list_loaded 2026-01-04T14:59 - 10", "a list_loaded 2026-01-04T15:00 - 20").rows("latency")
    assert [(str(row["week"]), row["p95"]) for row in rows] == [("2026-01-05", 20), ("2025-12-29", 10)]


def test_trap_32_who_stopped_is_held_against_who_stopped_anyway(world: World) -> None:
    failed = [line for n in range(8) for line in habit(f"f{n}", 5, fails=True, later=n < 2)]
    others = [line for n in range(8) for line in habit(f"o{n}", 5, later=n < 6)]
    row = world.events(*failed, *others).one("trust_loss", "selling", min_failed=8)
    assert (row["failed"], row["stopped"], row["rate"], row["others"], row["others_rate"], row["difference"]) == (8, 6, 0.75, 8, 0.25, 50)
    failed_ones, counterparts = 6 * (1 - 0.25 - 0.5) ** 2 + 2 * (0 - 0.25 - 0.5) ** 2, 2 * (1 - 0.25) ** 2 + 6 * (0 - 0.25) ** 2
    half = 100 * 1.959963984540054 * (failed_ones + counterparts) ** 0.5 / 8
    assert row["diff_low"] == pytest.approx(50 - half) and row["verdict"] == "associated with stopping"
    lost = {row["account"] for row in world.rows("accounts") if row["lost"]}
    assert lost == {f"f{n}" for n in range(2, 8)}


def test_trap_39_all_attempts_at_one_thing_are_one_and_count_as_retries(world: World) -> None:
    row = world.events(
        "a sell_clicked 2026-01-05T09:00 i1", "a sell_failed 2026-01-05T09:01 i1", "a sell_clicked 2026-01-05T09:02 i1",
        "a sell_again 2026-01-05T09:03 i1", "a sold 2026-01-05T09:04 i1", "b sell_clicked 2026-01-05T09:00 i1",
    ).one("failures", "selling", weeks=1)  # fmt: skip
    told = {name: row[name] for name in ("attempts", "failed", "retries", "retried", "recovered", "abandoned", "accounts", "affected")}
    assert told == {"attempts": 2, "failed": 1, "retries": 2, "retried": 1, "recovered": 1, "abandoned": 0, "accounts": 2, "affected": 1}
    assert (row["per_1000"], row["failures"], row["worst_day"]) == (500, 1, 1)


def test_trap_40_a_workflow_that_says_nothing_of_failures_is_unknown(world: World) -> None:
    row = world.events("a bought 2026-01-05T09:00").one("failures", "buying", weeks=1)
    assert (row["failed"], row["failures"], row["per_day"], row["failure_rate"], row["status"]) == (None, None, None, None, "no failure declared")


@pytest.mark.parametrize("column", ["p95_ms", "load_p99", "avg_ms", "median", "mean_duration", "percentile_95", "P50"])
def test_trap_41_a_percentile_is_no_sample(column: str) -> None:
    text = DEFINITION.format(zone="UTC").replace("list_loaded, duration: ms", f"list_loaded, duration: {column}")
    with pytest.raises(Refused, match="sounds like a percentile or a mean"):
        parse(text.encode(), "d.yml")


def test_trap_41_the_p95_of_two_weeks_is_not_their_mean(world: World) -> None:
    """One slow week of few loads, one fast week of many: each week has its own, and nothing averages them."""
    lines = [f"a list_loaded {day('2025-12-29', minutes=n)} - 100" for n in range(200)] + [f"a list_loaded {day('2026-01-05', minutes=n)} - 9000" for n in range(3)]
    rows = world.events(*lines).rows("latency")
    assert [(row["n"], row["p95"]) for row in rows] == [(3, 9000), (200, 100)]
