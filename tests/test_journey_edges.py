"""Stages of the journey where little was seen: before the first work in the export, and of a workflow whose first tier came late."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_traps_journey import HEAD, World

TIERED = "  work: {success: posted, tiers: {basic: clicked, standard: posted}}\n  pay: {success: paid, tiers: {basic: paid}}\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, HEAD).accounts("old,2020-01-01,pro", "a,2026-01-01,pro", "b,2026-01-01,pro")


def test_who_is_older_than_the_export_was_unknown_until_something_was_seen(world: World) -> None:
    world.events("a posted 2026-01-05 10:00 i", "old posted 2026-03-02 10:00 i")
    then = [row["stage"] for row in world.rows("journey.accounts", "2026-03-01") if row["account"] == "old"]
    now = [(row["before"], row["moved"]) for row in world.rows("journey.accounts", "2026-03-08") if row["account"] == "old"]
    assert (then, now) == (["unknown"], [("unknown", True)])


def test_the_first_tier_of_a_workflow_done_before_is_no_further_workflow(world: World) -> None:
    world.workflows = TIERED
    world.events("a posted 2026-01-05", "a posted 2026-04-19", "a clicked 2026-04-20", "b posted 2026-01-05", "b paid 2026-04-20")
    expanded = {row["account"]: row["expanded"] for row in world.rows("journey.accounts", "2026-04-28")}
    assert expanded == {"a": None, "b": date(2026, 4, 20), "old": None}
