"""The time that activation gives, among the windows that are shown, and in the number that is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import Small

from saasmetrics.report.lines import THIRTEEN

DEFINITION = """\
version: 1
timezone: UTC
sources: {{events: {{files: events.csv}}, accounts: {{files: accounts.csv}}}}
workflows: {{selling: {{core: true, success: sold}}}}
activation: {{{told}, steps: {{taxes: {{kind: setup, rule: taxed}}, sale: {{rule: sold}}}}}}
"""


@pytest.fixture
def world(tmp_path: Path) -> Small:
    """Four accounts: activated after 2, 8 and 20 days, and never."""
    done = {"a": "03", "b": "09", "c": "21"}
    lines = [f"{account},{event},2026-01-{day}T00:00:00Z,u" for account, day in done.items() for event in ("taxed", "sold")]
    small = Small(tmp_path, DEFINITION).file("events.csv", "account_id,event,timestamp,user_id", "d,seen,2026-01-01T00:00:00Z,u", *lines)
    return small.file("accounts.csv", "account_id,created_at", *(f"{account},2026-01-01T00:00:00Z" for account in "abcd"))


@pytest.mark.parametrize(("told", "windows", "rate"), [
    ("within: 10d", [7, 10, 14, 30], 0.5), ("within: 14d", [7, 14, 30], 0.5), ("within: 21d", [7, 14, 21, 30], 0.75),
    ("within: 36h", [7, 14, 30], 0.25), ("within: 21d, windows: [7d]", [7], None),
])  # fmt: skip
def test_the_rate_that_is_told_is_that_of_the_declared_time(world: Small, told: str, windows: list[int], rate: float | None) -> None:
    world.shape["told"] = told
    rows = world.rows("activation.rate", "2026-03-01")
    assert [row["window_days"] for row in rows] == windows
    (line,) = [line for line in THIRTEEN if line.name == "activation rate"]
    assert line.read(rows, world.loaded().definition).value == rate
