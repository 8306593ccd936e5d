"""What accounts would pay and what they pay for a unit: the tables of pricing are the oracle's, row by row."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from oracle import bills, unit_prices
from oracle.compare import differences, folder_of, own, tables
from oracle.split import Rows
from oracle.test_example_data import DATES, Example, made
from oracle.world import files, records

TABLES: dict[str, Callable[..., Rows]] = {**unit_prices.TABLES, **bills.TABLES}


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("prices")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


def check(example: Example, as_of: date, **settings: Any) -> None:
    truth, limits = example.truth(as_of), example.loaded.definition.sources.limits
    allowed = [row for path in files(folder_of(example.loaded), limits.files) for row in records(path)] if limits else []
    found = tables(example.loaded, as_of, tuple(TABLES), settings=settings)
    assert set(found) == set(TABLES)
    for name, table in found.items():
        asked = own(name, settings) | ({"allowed": allowed} if name == "pricing.meter_accounts" else {})
        wrong = differences(table, TABLES[name](truth, list(truth.accounts.values()), **asked))
        assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])


def test_every_table_is_the_oracles(example: Example) -> None:
    check(example, DATES[1])


def test_in_other_settings_at_another_date(example: Example) -> None:
    check(example, DATES[0], off=1.2, nearly=0.5, same=0.4)
