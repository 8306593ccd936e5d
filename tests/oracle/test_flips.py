"""What `diff` says of an edit: the accounts that change sides are those that the oracle calls something else under the other definition."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oracle import chapters, compare, working
from oracle.truth import Truth
from oracle.world import from_files
from saasmetrics.commands.effects import Question, accounts, sides
from saasmetrics.commands.numbers import named
from saasmetrics.definitions.read import parse, read

ROOT = Path(__file__).parent.parent.parent
AS_OF = date(2026, 11, 16)
STATES = {
    "activation.accounts": "state", "churn_risk.accounts": "band", "engagement.frequency": "state", "engagement.trend": "state", "expansion.accounts": "band",
    "journey.accounts": "stage", "qualification.accounts": "state",
}  # fmt: skip
WHOLE = ("retention.cohorts", "adoption.tiers")
RISK = "churn_risk: {bands: {high: 15, medium: 5}, signals: {declining_workflow: {points: 10, drop: 0.1, min_base: 3}}}\n"
EDITS = {
    "windows and tiers": [("  within: 14d\n", "  within: 1d\n"), ("advanced: [invoice_paid, invoice_reconciled, recurring_invoice_created]", "advanced: [invoice_paid]")],
    "success": [("success: invoice_posted", "success: large_invoice"), ("success: bill_approved", "success: bill_paid")],
    "points and limits": [("health:\n", f"{RISK}expansion: {{bands: {{ready: 30, warm: 5}}}}\nhealth:\n"), ("min_signals: 3", "min_signals: 1")],
    "internal users": [('users: {email: {like: "*@ledgerly.example"}}', "users: {role: {in: [finance, owner]}}")],
    "weeks": [("week_starts: monday", "week_starts: thursday")],
}
MOVED = {
    "windows and tiers": {"activation.accounts", "adoption.tiers"}, "success": {"churn_risk.accounts", "engagement.trend", "retention.cohorts"},
    "points and limits": {"churn_risk.accounts", "expansion.accounts", "qualification.accounts"}, "internal users": {"churn_risk.accounts", "retention.cohorts"},
    "weeks": {"churn_risk.accounts", "retention.cohorts"},
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("flips")
    path = folder / "accounting.yaml"
    path.write_text((ROOT / "configs" / path.name).read_text("utf-8").replace("*.parquet", "*.csv"), "utf-8")
    command = [sys.executable, "-B", ROOT / "examples" / "generate.py", path, "--accounts", "40", "--weeks", "30", "--format", "csv", "--out", folder / "data" / "accounting"]
    subprocess.run(command, check=True, capture_output=True)
    definition = read(path).definition
    return path, Truth(definition, from_files(definition, folder), AS_OF)


def told(truth: Truth, name: str) -> list[dict[str, Any]]:
    return next(module for module in (compare, chapters, working) if name in module.TABLES).told(truth, name)


@pytest.mark.parametrize("edit", EDITS)
def test_who_changes_sides_is_called_something_else_by_the_oracle(made: tuple[Path, Truth], edit: str) -> None:
    path, before = made
    text = path.read_text("utf-8")
    for was, now in EDITS[edit]:
        assert was in text
        text = text.replace(was, now, 1)
    old, new = read(path), parse(text.encode(), path)
    after = Truth(new.definition, before.world, AS_OF)
    found = sides(old, new, AS_OF, Question([named(name) for name in (*STATES, *WHOLE)], store=False))

    expected = []
    for name, state in STATES.items():
        was, now = ({row["account"]: row[state] for row in told(truth, name)} for truth in (before, after))
        expected += [(name, one, was.get(one), now.get(one)) for one in {*was, *now} if was.get(one) != now.get(one)]
    flips = [(row["table"], row["account"], row["old"], row["new"]) for row in accounts(found).to_dicts()]
    assert sorted(flips, key=str) == sorted(expected, key=str)

    moved = {row[0] for row in flips}
    for name in WHOLE:
        rows = [told(truth, name) for truth in (before, after)]
        assert not [line for side, ours in zip(("on", "nn"), rows, strict=True) for line in compare.differences(found[side].tables[name], ours)]
        moved |= {name} if rows[0] != rows[1] else set()
    assert moved >= MOVED[edit]
