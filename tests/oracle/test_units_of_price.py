"""The example data: the units that a price could be based on are the oracle's, row by row, at two dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from oracle import candidate_units, tiers
from oracle.compare import tables
from oracle.test_example_data import DATES, Example, made
from oracle.truth import Truth
from oracle.working import differences
from oracle.world import Row, canonical, files, records


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("units")
    yield made(folder, "accounting", "parquet")
    shutil.rmtree(folder)


def limits(example: Example) -> list[Row]:
    source = example.loaded.definition.sources.limits
    assert source
    return canonical([row for path in files(example.loaded.path.parent, source.files) for row in records(path)], source)


@pytest.mark.parametrize(("as_of", "nearly"), [(DATES[0], 0.8), (DATES[1], 0.35)])
def test_plans(example: Example, as_of: date, nearly: float) -> None:
    truth, name = example.truth(as_of), "pricing.plans"
    table = tables(example.loaded, as_of, [name], settings={"nearly": nearly})[name]
    wrong = differences(table, tiers.plans(truth, list(truth.accounts.values()), limits(example), nearly))
    assert not wrong, "\n".join(wrong[:40])
    assert {"final", "no limit"} <= set(table.frame["status"])


OTHER = {"horizon": 2, "months": 5, "recent": 2, "min_accounts": 4, "swing": 0.25}


@pytest.mark.parametrize(("as_of", "changed"), [(DATES[1], {}), (DATES[0], OTHER)], ids=["as declared", "other settings"])
def test_candidates(example: Example, as_of: date, changed: dict[str, Any]) -> None:
    told = example.loaded.definition
    loaded = replace(example.loaded, definition=told.model_copy(update={"pricing": told.pricing.model_copy(update=changed)}))
    truth, names = Truth(loaded.definition, example.world, as_of) if changed else example.truth(as_of), ["pricing.candidate_tests", "pricing.candidates"]
    made, accounts = tables(loaded, as_of, names), list(truth.accounts.values())
    wrong = [line for name, table in made.items() for line in differences(table, candidate_units.TABLES[name](truth, accounts))]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])
    tests = made[names[0]].frame.to_dicts()
    never = {row["measure"] for row in tests} - {row["measure"] for row in tests if row["result"] is not None}
    assert never == (set() if changed else {"expanded: highest fifth of growth less lowest"})
