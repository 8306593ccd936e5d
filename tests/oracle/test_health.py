"""health.accounts and health.matrix of the example data and of random worlds are the oracle's: all but the sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from oracle import corners, health
from oracle.compare import differences, same, tables
from oracle.rich import rich_cases
from oracle.split import split
from oracle.test_example_data import Example, made
from oracle.truth import Truth
from oracle.world import World
from oracle.worlds import Case, thorough
from oracle.writing import write
from saasmetrics.definitions.read import Loaded

TABLES = health.TABLES | corners.TABLES
UNTOLD = {"health.accounts": {"evidence"}}  # sentences are looked at elsewhere
KEYS = {"health.accounts": "account", "health.matrix": "position"}


def check(loaded: Loaded, world: World, as_of: date) -> int:
    """The bands that were seen, after every cell was held against the oracle."""
    made, truth = tables(loaded, as_of, tuple(TABLES)), Truth(loaded.definition, world, as_of)
    for table, rows in TABLES.items():
        theirs, ours = ({row[KEYS[table]]: row for row in found} for found in (made[table].frame.to_dicts(), rows(truth, list(truth.accounts.values()))))
        assert theirs.keys() == ours.keys()
        assert all(theirs[name].keys() == {*row, *UNTOLD.get(table, ())} for name, row in ours.items())
        wrong = [f"{name} {key}: product {theirs[name][key]!r}, oracle {value!r}" for name, row in ours.items() for key, value in row.items() if not same(theirs[name][key], value)]
        assert not wrong, "\n".join([f"{len(wrong)} differences in {table}", *wrong[:20]])
    return made["health.accounts"].frame["band"].n_unique()


def corner(loaded: Loaded, world: World, as_of: date, *by: str) -> None:
    """The matrix of each segment is the oracle's."""
    made, truth = tables(loaded, as_of, ["health.matrix"], by=by)["health.matrix"], Truth(loaded.definition, world, as_of)
    assert not differences(made, split(truth, by, corners.matrix), by)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return made(tmp_path_factory.mktemp("health"), "accounting", "csv")


@pytest.mark.parametrize("as_of", [date(2026, 9, 2), date(2026, 11, 16)], ids=str)
def test_health_of_the_example_data(example: Example, as_of: date) -> None:
    assert check(example.loaded, example.world, as_of) >= 3
    corner(example.loaded, example.world, as_of, "plan", "channel")


@thorough
@given(case=rich_cases())
def test_health_of_random_worlds(case: Case) -> None:
    with TemporaryDirectory() as folder:
        loaded = write(Path(folder), case.world, case.blocks)
        check(loaded, case.world, case.as_of)
        corner(loaded, case.world, case.as_of, *["plan"] * (case.world.accounts is not None))
