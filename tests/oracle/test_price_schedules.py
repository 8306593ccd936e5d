"""What accounts would pay and what they pay for a unit: the tables of pricing are the oracle's, row by row."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from oracle import bills, unit_prices
from oracle.compare import differences, folder_of, own, tables
from oracle.paying_worlds import made as payers
from oracle.paying_worlds import written_out
from oracle.split import Rows
from oracle.test_example_data import DATES, Example, made
from oracle.truth import Truth
from oracle.world import files, records
from saasmetrics.definitions.read import Loaded

TABLES: dict[str, Callable[..., Rows]] = {**unit_prices.TABLES, **bills.TABLES}
SEEDS = (0, 3, 4, 6, 8, 12)  # worlds with events; amounts are not converted here
PRICING = {
    "min_accounts": 2, "months": 6, "meters": {"posts": {"workflow": "billing"}, "stock": {"rule": "posted", "measure": "end"}, "seats": {"of": "seats"}},
    "schedules": {
        "by_seat": {"meter": "seats", "model": "graduated", "steps": [{"up_to": 3, "fee": 20, "price": 10}, {"price": 5}]}, "by_stock": {"meter": "stock", "steps": [{"price": 50}]},
        "packs": {"meter": "seats", "currency": "EUR", "model": "package", "size": 4, "steps": [{"up_to": 8, "price": 30}, {"price": 35, "fee": 10}]},
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("prices")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


def check(loaded: Loaded, truth: Truth, as_of: date, **settings: Any) -> None:
    limits = loaded.definition.sources.limits
    allowed = [row for path in files(folder_of(loaded), limits.files) for row in records(path)] if limits else []
    found = tables(loaded, as_of, tuple(TABLES), settings=settings)
    assert set(found) == set(TABLES)
    for name, table in found.items():
        asked = own(name, settings) | ({"allowed": allowed} if name == "pricing.meter_accounts" else {})
        wrong = differences(table, TABLES[name](truth, list(truth.accounts.values()), **asked))
        assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])


def test_every_table_is_the_oracles(example: Example) -> None:
    check(example.loaded, example.truth(DATES[1]), DATES[1])


def test_in_other_settings(example: Example) -> None:
    check(example.loaded, example.truth(DATES[1]), DATES[1], off=1.2, nearly=0.5, same=0.4)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_random_payers(seed: int) -> None:
    case = payers(Random(seed))
    case = replace(case, world=case.world.without(rates=None), blocks={**case.blocks, "pricing": PRICING})
    with written_out(case) as loaded:
        check(loaded, Truth(loaded.definition, case.world, case.as_of), case.as_of)
