"""What a run reads it does not write over: an export that is gone cannot be had again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .conftest import ROWS, World

ASK = ("activation", "accounts")


def refused_in_vain(world: World, target: Path, *ask: str) -> None:
    before = {path.name: path.read_bytes() for path in sorted(world.home.iterdir())}
    ran = world.run(*(ask or ASK), "-o", str(target), "-f", "csv")
    assert ran.code == 2 and ran.out == "" and "SM130" in ran.err and "would be lost" in ran.err and str(target) in ran.err
    assert {path.name: path.read_bytes() for path in sorted(world.home.iterdir())} == before


@pytest.mark.parametrize("ask", [ASK, ("report",), ("account", "acme"), ("starter",), ("backtest", "churn-risk"), ("inspect", "events.csv"), ("init", "events.csv", "--force")])
def test_an_export_is_not_written_over(world: World, ask: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.home)
    export = world.csv(*ROWS)
    if ask[0] in ("inspect", "init"):
        told = [*ask, "-o", str(export), *(["-f", "csv"] if ask[0] == "inspect" else [])]
        ran = world.run_here(told)
        assert ran.code == 2 and "would be lost" in ran.err
        assert export.read_text().splitlines()[1:] == list(ROWS)
    else:
        world.define()
        refused_in_vain(world, export, *ask)


@pytest.mark.parametrize("named", ["files: events.csv", "files: ev*.csv", "files: [other.csv, events.csv]"])
def test_nor_is_one_that_the_command_does_not_open(world: World, named: str) -> None:
    export, before = world.csv(*ROWS), world.define(named)
    refused_in_vain(world, export, "diff", str(before))


def test_nor_is_a_list_that_the_table_does_not_need(world: World) -> None:
    world.csv(*ROWS)
    costs = world.csv("2026-01,5,5", name="costs.csv", header="month,spend,cogs")
    world.define(sources="costs: {files: costs.csv}")
    refused_in_vain(world, costs)


def test_nor_is_the_definition_file(world: World) -> None:
    world.csv(*ROWS)
    refused_in_vain(world, world.define())


@pytest.mark.parametrize("named", ["a link", "another name"])
def test_nor_under_another_name(world: World, named: str) -> None:
    export, other = world.csv(*ROWS), world.home / "other.csv"
    world.define()
    (os.symlink if named == "a link" else os.link)(export, other)
    refused_in_vain(world, other)


def test_nor_as_what_stands_beside_a_file(world: World) -> None:
    world.csv(*ROWS, name="tables.csv.meta.json")
    world.define("files: tables.csv.meta.json, format: csv")
    before = (world.home / "tables.csv.meta.json").read_bytes()
    ran = world.run(*ASK, "-o", str(world.home / "tables.csv"))
    assert ran.code == 2 and "would be lost" in ran.err
    assert (world.home / "tables.csv.meta.json").read_bytes() == before and not (world.home / "tables.csv").exists()


def test_nor_as_one_of_a_set(world: World) -> None:
    export = world.csv(*ROWS, name="out/activation.accounts.csv")
    world.define("files: out/activation.accounts.csv")
    ran = world.run(*ASK, "-o", f"{world.home}/out/", "-f", "csv")
    assert ran.code == 2 and "would be lost" in ran.err
    assert [path.name for path in export.parent.iterdir()] == [export.name]


def test_an_earlier_output_is_written_over_as_ever(world: World) -> None:
    world.csv(*ROWS)
    world.define()
    for rows in (ROWS, ROWS[:3]):
        world.csv(*rows)
        assert world.run(*ASK, "-o", str(world.home / "out.json")).code == 0
    assert '"rows_read": 3' in (world.home / "out.json").read_text()
