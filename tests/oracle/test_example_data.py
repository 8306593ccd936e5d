"""The example data of two products: every table is the oracle's, row by row, at two dates."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from oracle import chapters
from oracle.compare import TABLES, check, tables
from oracle.sql import sql_rows
from oracle.truth import Truth
from oracle.world import World, from_files
from saasmetrics.definitions.qualification import LowSupport
from saasmetrics.definitions.read import Loaded, read
from saasmetrics.tables import Table

ROOT = Path(__file__).parent.parent.parent
DATES = (date(2026, 9, 2), date(2026, 11, 16))
COHORTS = list(product(("day", "week", "month"), ("on", "unbounded"), ("calendar", "rolling"), ("created", "activation", "first_active", "every_active")))


@dataclass(eq=False)
class Example:
    """A definition and its rows, and what the oracle makes of them: worked out once a date."""

    loaded: Loaded
    world: World
    truths: dict[date, Truth] = field(default_factory=dict)

    def truth(self, as_of: date) -> Truth:
        if as_of not in self.truths:
            self.truths[as_of] = Truth(self.loaded.definition, self.world, as_of)
        return self.truths[as_of]

    def check(self, as_of: date, *names: str, **asked: Any) -> dict[str, Table]:
        return check(self.loaded, self.truth(as_of), as_of, names or tuple(TABLES), **asked)

    def __repr__(self) -> str:
        return self.loaded.path.stem


def made(folder: Path, config: str, format: str) -> Example:
    path = folder / f"{config}.yaml"
    text = (ROOT / "configs" / path.name).read_text("utf-8")
    path.write_text(text.replace("*.parquet", f"*.{format}"), "utf-8")
    script = ROOT / "examples" / "generate.py"
    options = ("--accounts", "120", "--weeks", "40", "--format", format, "--parts", "3", "--out", folder / "data" / config)
    subprocess.run([sys.executable, "-B", script, path, *options], check=True, capture_output=True)
    loaded = read(path)
    return Example(loaded, from_files(loaded.definition, folder))


@pytest.fixture(scope="module", params=[("accounting", "parquet"), ("logistics", "csv")], ids=lambda param: param[0])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    yield made(folder, *request.param)
    shutil.rmtree(folder)


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_every_table_is_the_oracles(example: Example, as_of: date) -> None:
    assert set(example.check(as_of)) == set(TABLES)


@pytest.mark.parametrize("by", [("plan",), ("size", "channel")], ids=str)
def test_every_table_is_the_oracles_by_segment(example: Example, by: tuple[str, ...]) -> None:
    assert len(example.check(DATES[0], by=by)) >= 6


@pytest.mark.parametrize(("as_of", "by"), [(DATES[0], ()), (DATES[1], ()), (DATES[0], ("plan",))], ids=str)
def test_the_further_tables_are_the_oracles(example: Example, as_of: date, by: tuple[str, ...]) -> None:
    made = chapters.check(example.loaded, example.truth(as_of), as_of, tuple(chapters.TABLES), by=by)
    assert by or set(chapters.TABLES) - set(made) == (set() if example.world.tickets else {"adoption.stall_reasons"})


@pytest.mark.parametrize("as_of", DATES, ids=str)
def test_readiness_to_buy_with_little_help(example: Example, as_of: date) -> None:
    """A sign that counts only where it is declared; the data of one product have no tickets."""
    signs = example.loaded.definition.qualification.signals.model_copy(update={"low_support": LowSupport(min_successes=3, per_100=30)})
    told = example.loaded.definition.qualification.model_copy(update={"signals": signs})
    loaded = replace(example.loaded, definition=example.loaded.definition.model_copy(update={"qualification": told}))
    made = chapters.check(loaded, example.world, as_of, ["qualification.accounts"], customers=True)["qualification.accounts"].frame
    assert made["fired"].str.contains("low_support").any() is (example.world.tickets is not None)


@pytest.mark.parametrize("by", [(), ("size",)], ids=str)
@pytest.mark.parametrize("asked", [{"weeks": 3, "stays": 20, "apart": 60, "controls": 3, "min_base": 2}, {"weeks": 6, "stays": 1, "apart": 7, "controls": 50, "min_base": 1}], ids=str)
def test_before_churn_with_other_settings(example: Example, asked: dict[str, int], by: tuple[str, ...]) -> None:
    made = chapters.check(example.loaded, example.truth(DATES[1]), DATES[1], ["retention.before_churn"], by=by, **asked)
    assert made["retention.before_churn"].frame["leavers"].max() > 1  # type: ignore[operator]


@pytest.mark.parametrize("asked", COHORTS, ids="-".join)
def test_cohorts_in_every_setting(example: Example, asked: tuple[str, ...]) -> None:
    settings = dict(zip(("period", "kind", "mode", "anchor"), asked, strict=True))
    example.check(DATES[0], "retention.cohorts", **settings)


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter"])
def test_active_accounts_in_every_period(example: Example, period: str) -> None:
    example.check(DATES[1], "engagement.active_accounts", period=period)


@pytest.mark.parametrize("grace", [0, 1, 5, 70])
def test_logos_with_grace(example: Example, grace: int) -> None:
    example.check(DATES[1], "retention.logos", grace_days=grace, months=5)


@pytest.mark.parametrize("name", ["activation.rate", "engagement.active_accounts", "retention.cohorts", "retention.logos"])
def test_the_same_in_sql(example: Example, name: str) -> None:
    frame = tables(example.loaded, DATES[0], (name,))[name].frame
    rows = sql_rows(example.truth(DATES[0]), name)
    assert rows
    assert frame.select(list(rows[0])).to_dicts() == rows
