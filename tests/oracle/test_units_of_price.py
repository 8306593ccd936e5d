"""The units that a price could be based on are the oracle's, row by row: in the example data at two dates, and in random worlds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from oracle import candidate_units, tiers, unit_prices, unit_worlds
from oracle.compare import tables
from oracle.days import day_of
from oracle.test_example_data import DATES, Example, made
from oracle.truth import Truth
from oracle.unit_worlds import Case
from oracle.working import differences
from oracle.world import Row, canonical, files, records
from saasmetrics.definitions.read import Loaded
from saasmetrics.tables import Table


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("units")
    yield made(folder, "accounting", "parquet")
    shutil.rmtree(folder)


def held(loaded: Loaded, truth: Truth, limits: list[Row], nearly: float = 0.8) -> dict[str, Table]:
    """The tables, when they are the oracle's."""
    as_of, source = day_of(truth.today), loaded.definition.sources.limits
    assert source
    made = tables(loaded, as_of, ["pricing.plans", *candidate_units.TABLES], settings={"nearly": nearly})
    told = {"pricing.plans": tiers.plans(truth, list(truth.accounts.values()), canonical(limits, source), nearly)}
    told |= {name: rows(truth) for name, rows in candidate_units.TABLES.items()}
    assert set(made) == set(told)
    wrong = [line for name, table in made.items() for line in differences(table, told[name])]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    return made


OTHER = {"horizon": 2, "months": 5, "recent": 2, "min_accounts": 4, "swing": 0.25}


@pytest.mark.parametrize(("as_of", "changed", "nearly"), [(DATES[1], {}, 0.8), (DATES[0], OTHER, 0.35)], ids=["as declared", "other settings"])
def test_the_example_data(example: Example, as_of: date, changed: dict[str, Any], nearly: float) -> None:
    told, source = example.loaded.definition, example.loaded.definition.sources.limits
    assert source
    loaded = replace(example.loaded, definition=told.model_copy(update={"pricing": told.pricing.model_copy(update=changed)}))
    limits = [row for path in files(loaded.path.parent, source.files) for row in records(path)]
    made = held(loaded, Truth(loaded.definition, example.world, as_of), limits, nearly)
    tests = made["pricing.candidate_tests"].frame
    never = set(tests["measure"]) - set(tests.drop_nulls("result")["measure"])
    assert never == (set() if changed else {"expanded: highest fifth of growth less lowest"})
    assert {"final", "no limit"} <= set(made["pricing.plans"].frame["status"]) and made["pricing.plans"].frame["near"].sum() > 0


def world(case: Case) -> dict[str, Table]:
    with unit_worlds.written_out(case) as loaded:
        return held(loaded, Truth(loaded.definition, case.world, case.as_of), case.limits)


@pytest.mark.parametrize("seed", range(6))
def test_random_worlds(seed: int) -> None:
    world(unit_worlds.made(seed))


@pytest.mark.parametrize("size", [200, 203])
def test_an_elasticity_takes_two_hundred_of_a_crowd(size: int) -> None:
    tests = world(unit_worlds.crowd(size))["pricing.candidate_tests"].frame
    assert set(tests.filter(tests["measure"].str.starts_with("elasticity"))["n"]) == {size}


def test_what_is_near_by_no_more_than_a_digit_is_near() -> None:
    """Some used eleven; 0.55 × 20 is a little more than that to a machine, and to nobody else."""
    case = replace(unit_worlds.crowd(20), limits=[{"plan": "team", "meter": "billing", "limit": "20"}])
    with unit_worlds.written_out(case) as loaded:
        truth, name = Truth(loaded.definition, case.world, case.as_of), "pricing.meter_accounts"
        made = held(loaded, truth, case.limits, 0.55) | tables(loaded, case.as_of, [name], settings={"nearly": 0.55})
        assert not differences(made[name], unit_prices.meter_accounts(truth, list(truth.accounts.values()), nearly=0.55, allowed=case.limits))
    eleven = made[name].frame.filter(made[name].frame["last"] == 11)
    assert set(eleven["state"]) == {"near"}
