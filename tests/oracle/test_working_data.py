"""The example data of two products: value, engagement and the journey are the oracle's, row by row, at two dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date

import pytest

from oracle.test_example_data import DATES, Example, made
from oracle.working import TABLES, check
from saasmetrics import catalog

SEGMENTED = tuple(name for name in TABLES if "by" in catalog.rooms()[name].settings and name != "value.vanity_periods")  # weeks of tickets alone


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("working")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_every_table_is_the_oracles(example: Example, as_of: date) -> None:
    assert set(check(example.loaded, example.truth(as_of), as_of, list(TABLES))) == set(TABLES)


def test_every_table_is_the_oracles_by_segment(example: Example) -> None:
    assert set(check(example.loaded, example.truth(DATES[0]), DATES[0], SEGMENTED, by=("size", "channel"))) == set(SEGMENTED)
