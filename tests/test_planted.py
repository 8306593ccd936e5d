"""What is planted in the example data is found by the table that is there to find it: where onboarding dies."""

from __future__ import annotations

import csv
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


def planted(definition: Path) -> list[Row]:
    with (definition.parent / "data" / definition.stem / "planted.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_painful_workflow_and_the_account_that_suffers_are_found(world: Path) -> None:
    made = tables(world, ["friction.workflows", "friction.accounts", "friction.self_serve", "friction.issues"])
    rows = [row for row in made["friction.workflows"].frame.to_dicts() if row["base"]]
    for measure in ("help", "dismissed", "tickets"):
        first, *rest = sorted((row for row in rows if row["measure"] == measure), key=lambda row: -row["rate"])
        assert first["workflow"] == "bank_reconciliation" and len(rest) == 3
        assert all(first["low"] > row["rate"] for row in rest), measure
    (suffers,) = [row["account"] for row in planted(world) if row["story"] == "sufferer"]
    account = next(row for row in made["friction.accounts"].frame.to_dicts() if row["account"] == suffers)
    assert (account["state"], account["mostly"], account["waiting"]) == ("blocked", "bug", 1)
    assert account["low"] > 3 * next(row["rate"] for row in rows if row["measure"] == "tickets" and row["workflow"] == "invoicing")
    solved = {row["topic"]: row["rate"] for row in made["friction.self_serve"].frame.to_dicts()}
    assert solved["billing"] < solved["how to"]


def test_no_workflow_is_painful_where_none_is_planted(tmp_path: Path) -> None:
    rows = [row for row in tables(generated(tmp_path, 130, "logistics"), ["friction.workflows"])["friction.workflows"].frame.to_dicts() if row["base"]]
    for measure in ("help", "dismissed"):
        told = [row for row in rows if row["measure"] == measure]
        assert len(told) == 3 and max(row["low"] for row in told) < min(row["high"] for row in told)
    assert not [row for row in planted(tmp_path / "logistics.yaml") if row["story"] == "sufferer"]
