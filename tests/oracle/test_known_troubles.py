"""Small troubled worlds whose answer is known, and where the product was once wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from oracle.days import moment, written
from oracle.trouble_worlds import write
from oracle.troubles import check
from oracle.world import Row, World
from oracle.worlds import Case

AS_OF = date(2026, 6, 10)
FLOW = {"core": True, "attempt": "tried", "success": "posted", "failure": "refused"}


def event(day: str, name: str, user: str | None = "u1", **more: str) -> Row:
    return {"account_id": "a", "user_id": user, "timestamp": written(moment(f"2026-{day}T12:00:00Z")), "event": name, **more}


def told(folder: Path, world: World, name: str, blocks: dict[str, Any]) -> list[dict[str, Any]]:
    case = Case(world, {"version": 1, "timezone": "UTC", "workflows": {"work": FLOW}, **blocks}, AS_OF)
    return check(write(folder, case), world, AS_OF, (name,))[name].frame.to_dicts()


def test_where_no_refund_is_declared_none_is_counted_against_the_transactions(tmp_path: Path) -> None:
    world = World([event("01-01", "paid"), event("03-01", "paid"), event("06-01", "paid")])
    found = [row for row in told(tmp_path, world, "friction.workflows", {"friction": {"transactions": "paid", "friction_days": 30}}) if row["measure"] == "refunds"]
    assert [(row["status"], row["rate"], row["rate_before"], row["accounts"]) for row in found] == [("needs friction.refunds", None, None, 0)]


def test_two_attempts_of_an_account_at_the_same_moment_are_one(tmp_path: Path) -> None:
    world = World([event("05-25", "tried"), event("05-25", "tried", "u2"), event("05-25", "refused"), event("06-09", "other")])
    (found,) = told(tmp_path, world, "reliability.failures", {})
    assert (found["attempts"], found["failed"]) == (1, 1)
