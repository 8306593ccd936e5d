"""The example data: reliability and friction are the oracle's, row by row, at two dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from oracle.test_example_data import DATES, Example, made
from oracle.troubles import SPLIT, TABLES, check


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("troubles")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_every_table_is_the_oracles(example: Example, as_of: date) -> None:
    assert set(check(example.loaded, example.truth(as_of), as_of)) == set(TABLES)


def test_in_other_settings(example: Example) -> None:
    small: dict[str, Any] = {"weeks": 9, "min_attempts": 5, "min_samples": 50, "friction_days": 30, "repeat_days": 3, "min_base": 3, "resolution_days": 60, "period": "week", "periods": 12}
    check(example.loaded, example.truth(DATES[1]), DATES[1], **small)


def test_every_table_is_the_oracles_by_segment(example: Example) -> None:
    assert set(check(example.loaded, example.truth(DATES[1]), DATES[1], SPLIT, by=("channel",))) == set(SPLIT)
