"""The example data: the units that a price could be based on are the oracle's, row by row, at two dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date

import pytest

from oracle import tiers
from oracle.compare import tables
from oracle.test_example_data import DATES, Example, made
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
