"""Random histories of subscriptions, and the example data of two products: the tables of revenue are the oracle's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import (
    chapters,
    compare,
    departures,
    earning,
    economics,
    reasons,
    renewals,
    revenue,
    revenue_accounts,
    shock,
)
from oracle.busy_worlds import fewer
from oracle.compare import own, tables
from oracle.paying_worlds import Case, payers, written_out
from oracle.split import Rows, setting, split
from oracle.test_example_data import DATES, Example, made
from oracle.truth import Truth
from oracle.worlds import thorough
from saasmetrics import catalog
from saasmetrics.definitions.read import Loaded

TABLES: dict[str, Callable[..., Rows]] = {**revenue.TABLES, **economics.TABLES, **earning.TABLES, **reasons.TABLES, **renewals.TABLES, **revenue_accounts.TABLES, **shock.TABLES, **departures.TABLES}
NAMES = tuple(TABLES)
FAMILY, COSTLY = "revenue.by_behaviour", "revenue.unit_economics"  # all rows of the one are one family of tests, in whatever segment; the sums of the other end in other digits
WHOLE = (FAMILY, "pricing.bill_shock")  # not held against the oracle by segment

def check(loaded: Loaded, truth: Truth, as_of: date, by: Sequence[str] = (), **settings: Any) -> None:
    made = tables(loaded, as_of, [name for name in NAMES if name not in WHOLE or not by], by=tuple(by), settings=settings)
    assert by or not truth.contracts or set(made) == set(NAMES)
    wrong = [line for name, table in made.items() for line in (chapters if name in (*WHOLE, COSTLY) else compare).differences(table, told(truth, name, by, **own(name, settings)), by)]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])


def told(truth: Truth, name: str, by: Sequence[str] = (), **settings: Any) -> Rows:
    chosen = {key: setting(truth, catalog.rooms()[name].folder, key, one.default) for key, one in catalog.rooms()[name].settings.items() if key != "by"}
    return split(truth, by, TABLES[name], **chosen | settings)


def held(case: Case, by: Sequence[str] = (), **settings: Any) -> None:
    with written_out(case) as loaded:
        check(loaded, Truth(loaded.definition, case.world, case.as_of), case.as_of, by, **settings)


@thorough
@given(case=payers())
def test_the_tables_are_the_oracles(case: Case) -> None:
    held(case)


@thorough
@given(case=payers(), settings=st.fixed_dictionaries({
    "period": st.sampled_from(("day", "week", "month", "quarter")), "periods": st.integers(1, 6), "intra_period": st.sampled_from(("show", "net", "ignore")),
    "windows": st.sampled_from(([1], [1, 3], [12])), "min_base": st.integers(0, 3), "churn_formula": st.sampled_from(("start", "daily")), "reactivation": st.sampled_from(("exclude", "include")),
    "lifetime_by": st.sampled_from(("survival", "churn")),
}))  # fmt: skip
def test_in_every_setting(case: Case, settings: dict[str, Any]) -> None:
    held(case, **settings)


@fewer
@given(case=payers())
def test_segments_are_the_oracles(case: Case) -> None:
    if case.world.accounts:
        held(case, by=("plan",))


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder: Path = tmp_path_factory.mktemp("revenue")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_the_tables_of_the_example_data_are_the_oracles(example: Example, as_of: date) -> None:
    for by in ((), ("plan",)):
        check(example.loaded, example.truth(as_of), as_of, by)
