"""What is planted in the prices is found by the tables that are there to find it, and not where it was not planted."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from worlds import ROOT, generated, tables

CHANGE = "2026-08-10"
Rows = list[dict[str, Any]]
Planted = Callable[..., Path]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("prices"), accounts=160)


@pytest.fixture
def planted(plain: Path, tmp_path: Path) -> Planted:
    """The same world with other prices."""

    def make(name: str, *options: str) -> Path:
        home = tmp_path / name
        shutil.copytree(plain.parent, home)
        command = [sys.executable, ROOT / "examples" / "prices.py", home / plain.name, "--data", home / "data" / "accounting", *options]
        subprocess.run(command, check=True, capture_output=True)
        return home / plain.name

    return make


def rows(world: Path, room: str, **equal: str) -> Rows:
    found = tables(world, [f"pricing.{room}"])[f"pricing.{room}"].frame.to_dicts()
    return [row for row in found if all(row[name] == value for name, value in equal.items())]


def result(world: Path, meter: str, measure: str) -> dict[str, Any]:
    (row,) = rows(world, "candidate_tests", segment="all", meter=meter, measure=measure)
    return row


@pytest.mark.parametrize("exponent", [0.5, 0.8, 1.0])
def test_an_exponent_of_price_is_recovered_within_its_interval(planted: Planted, exponent: float) -> None:
    found = result(planted("follows", "--exponent", str(exponent)), "invoices", "elasticity of MRR with the quantity")
    assert found["low"] <= exponent <= found["high"]
    assert found["high"] - found["low"] < 0.3
    assert found["verdict"] == "passes" and found["n"] > 60


def test_where_mrr_does_not_follow_use_none_is_found(planted: Planted) -> None:
    world = planted("apart", "--exponent", "0")
    slope = result(world, "invoices", "elasticity of MRR with the quantity")
    assert slope["low"] <= 0 <= slope["high"] and slope["verdict"] == "fails"
    assert result(world, "invoices", "rank correlation with MRR")["verdict"] != "passes"


def test_a_price_that_follows_use_is_more_in_proportion(planted: Planted) -> None:
    spread = {
        exponent: rows(planted(exponent, "--exponent", exponent), "proportionality", meter="invoices")[0]
        for exponent in ("1", "0")
    }
    assert spread["1"]["spread"] < spread["0"]["spread"] / 2
    assert spread["1"]["gini"] < 0.2 < 0.4 < spread["0"]["gini"]


def test_planted_jumps_of_the_bill_are_found_and_no_others(plain: Path, planted: Planted) -> None:
    before, world = rows(plain, "bill_shock_accounts"), planted("jumps", "--shocks", "6")
    after = rows(world, "bill_shock_accounts")
    with (world.parent / "data" / "accounting" / "subscriptions.csv").open(encoding="utf-8", newline="") as lines:
        chosen = {row["account_id"] for row in csv.DictReader(lines) if row["start_date"] == CHANGE}
    changed = [now for then, now in zip(sorted(before, key=account), sorted(after, key=account), strict=True) if then != now]
    assert {row["account"] for row in changed} == chosen and len(chosen) == 6
    assert {(row["jumps"], str(row["month"]), row["kind"], round(row["percent"])) for row in changed} == {(1, "2026-08-01", "rose without seats", 80)}
    assert all(row["billing"] >= 1 and row["mature"] for row in changed)
    assert not any(row["jumps"] for row in before if row["account"] in chosen)


def test_who_was_surprised_asked_more_often(plain: Path, planted: Planted) -> None:
    (before,), (after,) = (rows(world, "bill_shock", kind="rose without seats") for world in (plain, planted("asked", "--shocks", "6")))
    assert (after["months"], after["asked"]) == (before["months"] + 6, before["asked"] + 6)


def account(row: dict[str, Any]) -> str:
    return str(row["account"])
