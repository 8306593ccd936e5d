"""health.accounts of the example data and of random worlds is the oracle's: all but its sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from oracle import health
from oracle.compare import same, tables
from oracle.rich import rich_cases
from oracle.test_example_data import Example, made
from oracle.truth import Truth
from oracle.world import World
from oracle.worlds import Case, thorough
from oracle.writing import write
from saasmetrics.definitions.read import Loaded

NAME = "health.accounts"


def check(loaded: Loaded, world: World, as_of: date) -> int:
    """The bands that were seen, after every cell was held against the oracle."""
    rows = {row["account"]: row for row in tables(loaded, as_of, [NAME])[NAME].frame.drop("evidence").to_dicts()}
    truth = Truth(loaded.definition, world, as_of)
    ours = {row["account"]: row for row in health.accounts(truth, list(truth.accounts.values()))}
    assert rows.keys() == ours.keys()
    wrong = [f"{name} {key}: product {rows[name][key]!r}, oracle {value!r}" for name, row in ours.items() for key, value in row.items() if not same(rows[name][key], value)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:20]])
    return len({row["band"] for row in rows.values()})


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return made(tmp_path_factory.mktemp("health"), "accounting", "csv")


@pytest.mark.parametrize("as_of", [date(2026, 9, 2), date(2026, 11, 16)], ids=str)
def test_health_of_the_example_data(example: Example, as_of: date) -> None:
    assert check(example.loaded, example.world, as_of) >= 3


@thorough
@given(case=rich_cases())
def test_health_of_random_worlds(case: Case) -> None:
    with TemporaryDirectory() as folder:
        check(write(Path(folder), case.world, case.blocks), case.world, case.as_of)
