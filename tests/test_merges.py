"""Trap 27: an account that became part of another. All that was its own is the other's, and the file undoes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.messages import Refused
from saasmetrics.tables import Asked, Table, compute

DEFINITION = """\
version: 1
timezone: UTC
sources:
  events: {files: events.csv}
  accounts: {files: accounts.csv, segments: [plan]}
  users: {files: users.csv}
  subscriptions: {files: subs.csv}
MERGES
workflows:
  work: {success: posted}
activation:
  steps: {set_up: {kind: setup, rule: started}, posted: {rule: posted}}
"""
FILES = {
    "events.csv": "account_id,user_id,event,timestamp\nold,u1,started,2026-01-03T09:00:00Z\nnew,u2,posted,2026-01-05T09:00:00Z\nother,u3,posted,2026-01-05T09:00:00Z\n",
    "accounts.csv": "account_id,created_at,plan\nold,2026-01-01,free\nnew,2026-01-04,pro\nother,2026-01-01,pro\n",
    "users.csv": "account_id,user_id,role\nold,u1,owner\nold,u2,guest\nnew,u2,admin\nother,u3,owner\n",
    "subs.csv": "account_id,start_date,end_date,mrr\nold,2026-01-01,,100\nnew,2026-01-01,,50\nother,2026-01-01,,10\n",
}


def table(home: Path, key: str, merges: str = "", as_of: str = "2026-02-01", **asked: Any) -> Table:
    for name, text in FILES.items():
        (home / name).write_text(text, "utf-8")
    (home / "merges.csv").write_text("from,to,effective\n" + merges, "utf-8")
    declared = "  merges: {files: merges.csv}" if merges else ""
    (home / "d.yaml").write_text(DEFINITION.replace("MERGES", declared), "utf-8")
    (made,), _ = compute(read(home / "d.yaml"), [catalog.rooms()[key]], Asked(date.fromisoformat(as_of), **asked))
    return made


def test_trap_27_what_was_done_in_both_is_done_by_the_one_that_is_left(tmp_path: Path) -> None:
    alone = {row["account"]: row["done"] for row in table(tmp_path, "activation.accounts").frame.to_dicts()}
    made = table(tmp_path, "activation.accounts", "old,new,2026-01-20\n")
    assert alone == {"old": 1, "new": 1, "other": 1}
    assert {row["account"]: row["done"] for row in made.frame.to_dicts()} == {"new": 2, "other": 1}
    assert {str(row["created_at"])[:10] for row in made.frame.to_dicts()} == {"2026-01-01"}
    assert "1 merged account counted as part of another (sources.merges)" in made.meta["notes"]
    assert sum(entry["rows_read"] == entry["used"] for entry in made.meta["ledger"]) == len(made.meta["ledger"])


def test_trap_27_money_adds_up_people_are_one_and_the_survivor_says_the_plan(tmp_path: Path) -> None:
    risk = {row["account"]: row for row in table(tmp_path, "churn_risk.accounts", "old,new,\n").frame.to_dicts()}
    assert {name: float(row["mrr"]) for name, row in risk.items()} == {"new": 150.0, "other": 10.0}
    plans = table(tmp_path, "activation.rate", "old,new,\n", by=("plan",)).frame
    assert set(plans["plan"]) == {"pro"}


def test_trap_27_a_chain_ends_at_its_last_account(tmp_path: Path) -> None:
    made = table(tmp_path, "activation.accounts", "old,new,2026-01-10\nnew,other,2026-01-20\n").frame
    assert made["account"].to_list() == ["other"]
    assert made["done"].to_list() == [2]


def test_trap_27_a_merge_after_t_has_not_happened(tmp_path: Path) -> None:
    made = table(tmp_path, "activation.accounts", "old,new,2026-02-01\n").frame
    assert set(made["account"]) == {"old", "new", "other"}


@pytest.mark.parametrize(
    ("merges", "message"),
    [
        ("old,new,\nnew,old,\n", "merges.csv:2: SM314 account 'old' is merged into others that are merged into it"),
        ("old,old,\n", "merges.csv:2: SM314 account 'old' is merged"),
        ("old,new,\nold,other,\n", "merges 'old' stands in lines 2 and 3 with different content"),
    ],
)
def test_trap_27_contradictions_are_refused(tmp_path: Path, merges: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        table(tmp_path, "activation.accounts", merges)
