"""What is planted in the example data is found by the table that is there to find it: where onboarding dies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from worlds import Row, generated, tables, variant

STEPS = ["taxes_set_up", "customer_created", "invoice_created", "invoice_posted"]
LATER = ("invoice_drafted", "invoice_post_clicked", "invoice_posted", "invoice_sent", "invoice_paid", "invoice_reconciled")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("planted"), accounts=130)


def test_accounts_that_got_stuck_are_stuck_at_the_step_they_lack(world: Path) -> None:
    made = tables(world, ["activation.accounts", "activation.steps"])
    rows = made["activation.accounts"].frame.to_dicts()
    planted = {row["account"]: row["stuck_at"] for row in rows if row["account"].startswith("stuck_onboarding-")}
    assert [planted[name] for name in sorted(planted)] == STEPS[: len(planted)] != []
    stuck = {row["step"]: row["stuck_now"] for row in made["activation.steps"].frame.to_dicts()}
    told = Counter(row["stuck_at"] for row in rows if row["stuck_at"] and row["state"] != "unknown")
    assert stuck == {step: told[step] for step in STEPS}


def test_the_step_that_kills_onboarding_is_the_worst_one(world: Path, tmp_path: Path) -> None:
    def killed(rows: list[Row]) -> list[list[Row]]:
        """Every second account stops before its first invoice."""
        stopped = {name for name in {row["account_id"] for row in rows} if sum(map(ord, name)) % 2}
        return [[row for row in rows if row["account_id"] not in stopped or row["event"] not in LATER]]

    steps = tables(variant(world, tmp_path, killed), ["activation.steps"])["activation.steps"].frame
    assert steps.filter("worst")["step"].to_list() == ["invoice_created"]
    assert steps.filter("worst")["of_entered"].item() < 0.6
