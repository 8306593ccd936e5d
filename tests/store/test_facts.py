"""Facts are kept from run to run: whatever run made them, beside whatever else, every table made of them is the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from worlds import Row, generated, tables, variant

from saasmetrics import catalog, outputs
from saasmetrics import tables as rooms
from saasmetrics.definitions.read import read
from saasmetrics.facts import _book, _made_of, _shares
from saasmetrics.facts._held import Held
from saasmetrics.report.compose import compose
from saasmetrics.store import FOLDER, Store
from saasmetrics.tables import Asked

from .world import keep_all

CHAPTERS = [[room for room in catalog.rooms() if room.startswith(f"{folder}.")] for folder in catalog.folders()]
Told = dict[str, bytes]


def overlapping(rows: list[Row]) -> list[list[Row]]:
    """Three files by time, of which each repeats the last rows of the one before."""
    rows, size = sorted(rows, key=lambda row: row["timestamp"]), len(rows) // 3
    return [rows[max(0, at * size - 40) : (at + 1) * size if at < 2 else None] for at in range(3)]


@pytest.fixture(scope="module", params=["accounting", "support"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp(request.param)
    made = generated(home, accounts=40, product=request.param)
    return variant(made, home / "files", overlapping) if request.param == "accounting" else made


@pytest.fixture
def made(product: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The facts as of T that are really worked out; no table is known from an earlier run. Of one product in several shares."""
    keep_all(monkeypatch)
    if product.stem == "accounting":
        monkeypatch.setattr(_shares, "HELD", 0)
        monkeypatch.setattr(_shares, "SHARE", 2000)
    found: list[str] = []

    def once(book: Any, needs: Any, about: str, make: Callable[[], pl.DataFrame], keep: bool = True) -> pl.DataFrame:
        return _made_of.once(book, needs, about, lambda: found.extend([about] * keep) or make(), keep)  # type: ignore[func-returns-value]

    def once_large(book: Any, needs: Any, about: str, make: Callable[[], Any]) -> Any:
        return _made_of.once_large(book, needs, about, lambda: found.extend([about] * book.keeps) or make())  # type: ignore[func-returns-value]

    monkeypatch.setattr(_made_of, "SMALLER", 0)
    monkeypatch.setattr(_book, "once", once)
    monkeypatch.setattr(_book, "once_large", once_large)
    monkeypatch.setattr(rooms, "once", lambda *given: given[3]())
    yield found


def told(product: Path, chapter: list[str] | None = None, *, store: bool = True) -> Told:
    return {name: outputs.render([table], "csv").data for name, table in tables(product, chapter, store=store).items()}


def test_a_chapter_from_what_a_run_of_all_kept(product: Path, made: list[str]) -> None:
    plain = told(product, store=False)
    made.clear()
    assert told(product) == plain
    assert {*made} >= {"activity", "user_activity", "tiers"}
    assert len({*made}) > 35
    made.clear()
    for chapter in CHAPTERS:
        assert told(product, chapter) == {room: plain[room] for room in chapter if room in plain}
    assert not made


def test_all_from_what_one_chapter_after_the_other_kept(product: Path, made: list[str]) -> None:
    plain = told(product, store=False)
    shutil.rmtree(product.parent / FOLDER, ignore_errors=True)
    for chapter in reversed(CHAPTERS):
        assert told(product, chapter) == {room: plain[room] for room in chapter if room in plain}
    made.clear()
    assert told(product) == plain
    assert not made


def test_a_report_leaves_large_facts_to_whoever_asks_next(product: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sunk: list[str] = []
    monkeypatch.setattr(Store, "sink", lambda store, key, *given: sunk.append(key))
    shutil.rmtree(product.parent / FOLDER, ignore_errors=True)
    compose(read(product), Asked(store=True))
    assert not sunk
    told(product, ["retention.cohorts"])
    assert sunk


def test_a_table_that_is_known_opens_nothing_of_the_fold(product: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_all(monkeypatch)
    plain = told(product, ["retention.cohorts", "value.vanity"])
    monkeypatch.setattr(Held, "take", lambda held, name: pytest.fail(f"{name} was read"))
    assert told(product, ["retention.cohorts", "value.vanity"]) == plain
    with pytest.raises(pytest.fail.Exception, match="was read"):
        told(product, ["adoption.stalls"])
