"""Facts that are made of one share of the accounts after the other say what they say when they are made at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from worlds import AS_OF, generated, tables

from saasmetrics import catalog
from saasmetrics.definitions.read import read
from saasmetrics.facts import _shares
from saasmetrics.facts._book import SMALL
from saasmetrics.facts._fold import FOLDS
from saasmetrics.facts._shares import Shared, Shares, changed
from saasmetrics.replay import replaying
from saasmetrics.report.compose import compose
from saasmetrics.tables import Asked, Table, running

FEW = 700  # events, so that there are dozens of shares, some of them without any account
DAYS = [AS_OF - timedelta(days=days) for days in (0, 7, 45)]
LARGEST = sorted(fact.name for fact in catalog.facts().values() if "Large" in fact.sections)


@pytest.fixture(scope="module", params=["accounting", "support"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("world"), product=request.param)


@pytest.fixture(scope="module")
def at_once(world: Path) -> Mapping[str, Table]:
    return tables(world)


@pytest.fixture(scope="module")
def in_turn(world: Path) -> Mapping[str, Table]:
    with pytest.MonkeyPatch.context() as patch:
        divide(patch)
        return tables(world)


def divide(patch: pytest.MonkeyPatch) -> None:
    for limit in ("HELD", "SHARE"):
        patch.setattr(_shares, limit, FEW)


def test_there_are_many_shares(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    divide(monkeypatch)
    with running(read(world), list(catalog.rooms().values()), Asked(as_of=AS_OF), skip=True) as run:
        assert run.book.shares.number > 30
        held = {name: run.book.held(name) for name in [*LARGEST, *FOLDS] if name in run.book._closure and name not in SMALL}
        assert {*LARGEST} <= {*held} and all(isinstance(fact, Shared) for fact in held.values())


@pytest.mark.parametrize("room", sorted(catalog.rooms()))
def test_a_table_is_the_same(room: str, at_once: Mapping[str, Table], in_turn: Mapping[str, Table]) -> None:
    assert (room in at_once) == (room in in_turn)
    assert room not in at_once or at_once[room].frame.equals(in_turn[room].frame)


def test_and_so_it_is_as_of_earlier_days(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for way in (lambda _: None, divide):
        way(monkeypatch)
        with replaying(read(world), list(catalog.rooms().values()), Asked(as_of=AS_OF)) as at:
            found.append({(room.key, day): at.rows(room, day) for room in at.run.rooms for day in DAYS})
    at_once, in_turn = found
    assert [key for key, frame in at_once.items() if not frame.equals(in_turn[key])] == []


def test_so_is_the_report(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for way in (lambda _: None, divide):
        way(monkeypatch)
        report = compose(read(world), Asked(as_of=AS_OF), kept=True)
        found.append((report.lines, report.answers, report.steps, report.numbers, report.listed))
    assert found[0] == found[1]


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("number", [1, 2, 7])
def test_every_row_is_in_one_share(number: int, at_once: bool) -> None:
    names = pl.LazyFrame({"account": ["a", "b", None, "c", "a"], "n": [1, 2, 3, 4, 5]}, schema={"account": pl.Categorical, "n": pl.Int64})
    shares = Shares(number)
    laid = changed(shares.aside(names, at_once), lambda rows: rows.with_columns(n=pl.col("n") * 10))
    doubled = _shares.rows(shares.made(lambda some, all_, text: some.with_columns(pl.col("n") * 2, rows=all_.select(pl.len()).collect().item(), told=pl.lit(text)), [laid, pl.LazyFrame({"x": [0, 0]}), "x"]))
    assert sorted(doubled.collect()["n"]) == [20, 40, 60, 80, 100]
    assert doubled.select(pl.col("rows", "told").unique()).collect().rows() == [(2, "x")]
    assert isinstance(laid, Shared) == (number > 1)
    if isinstance(laid, Shared):
        each = [laid.rows(share).collect() for share in range(number)]
        assert sum(frame.height for frame in each) == 5 and all(frame.schema == each[0].schema for frame in each)
        assert sum("a" in frame["account"] for frame in each) == 1


def test_as_many_shares_as_the_events_need() -> None:
    assert [_shares.of(events).number for events in (0, 1, 25_000_000, 25_000_001, 100_000_000, 100_000_001)] == [1, 1, 1, 3, 10, 11]


def test_shares_are_alike_whatever_names_stood_between_those_of_accounts() -> None:
    names = [f"{kind}-{at}" for at in range(1_000) for kind in ("account", *(f"user{user}" for user in range(9)))]  # every tenth is an account
    every = pl.DataFrame({"account": pl.Series(names, dtype=pl.Categorical)})
    accounts = every.filter(pl.col("account").cast(pl.String).str.starts_with("account")).lazy()
    sizes = accounts.group_by(_shares.share_of(10).alias("share")).len().collect()["len"]
    assert len(sizes) == 10 and sizes.sum() == 1_000 and sizes.max() < 200
