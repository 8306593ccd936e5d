"""Keys packed into one number tell apart what the keys tell apart, and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasmetrics.facts import _fold
from saasmetrics.facts._book import Book
from saasmetrics.facts._in_turn import FRESH, by_day, so_far
from saasmetrics.facts._packed import bounds, grouped, packed
from saasmetrics.sources.ledger import Ledger
from saasmetrics.sources.reading import Reader
from tests.engines import rows

KINDS = {"account": pl.Categorical, "user": pl.Categorical, "rule": pl.Int16, "day": pl.Int32, "at": pl.Int64}
NAMES = st.one_of(st.none(), st.sampled_from(["", "a", "b", "null", "ü"]))
FAR = st.one_of(st.none(), st.sampled_from([-(2**62), -1, 0, 1, 2**62]))
ROWS = st.lists(st.tuples(NAMES, NAMES, st.integers(-2, 2), st.integers(-3, 3), st.one_of(FAR, st.integers(-2, 2))), max_size=12)


@given(ROWS, st.integers(2, 5))
def test_grouped_as_by_all_keys(told: list[tuple[object, ...]], many: int) -> None:
    keys = list(KINDS)[:many]
    frame = pl.DataFrame(told, schema=KINDS, orient="row").lazy()
    found = grouped(frame, bounds(frame, keys), pl.len().alias("n"), pl.col("at").sum().alias("sum"))
    expected = frame.group_by(keys).agg(pl.len().alias("n"), pl.col("at").sum().alias("sum"))
    assert alike(found).equals(alike(expected))
    assert found.collect_schema() == expected.collect_schema()


def test_four_keys_need_not_fit_into_64_bits() -> None:
    """Two keys of 2⁴⁰ values each: with 64 bits the first and the last row would be one."""
    frame = pl.LazyFrame({"one": [0, 2**40, 0], "two": [0, 0, 2**40]})
    keys = frame.select(packed(bounds(frame, ["one", "two"]))).collect().to_series()
    assert (keys.dtype, keys.n_unique()) == (pl.Int128, 3)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"])
@pytest.mark.parametrize("output", ["usage", "daily"])
def test_added_up_as_the_sql_says(output: str, zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows.frame().write_parquet(tmp_path / "events.parquet")
    quick = folded(tmp_path, zone, output)
    monkeypatch.setattr(_fold, "BY_DAY", {})
    by_text = folded(tmp_path, zone, output)
    assert alike(quick).equals(alike(by_text))
    assert (quick.collect_schema(), quick.collect().height > 100) == (by_text.collect_schema(), True)


def test_small_and_large_numbers_of_several_files() -> None:
    """Each file is held as narrow as it can be; together they are as wide as ever."""
    told = [{"account": "a", "rule": 1, "day": 20_000, "n": n, "first_at": 2**50, "last_at": 2**50, "value": value} for n, value in ((1, -7), (2**31 - 1, 2**61))]
    frames = [pl.DataFrame([row], schema=_fold.SCHEMAS["daily"]) for row in told]
    into = _fold.Folded()
    for frame in frames:
        _fold.keep(into, "daily", frame)
    assert [frame.schema["value"] for frame in into.frames["daily"]] == [pl.Int8, pl.Int64]
    assert into.take("daily").collect().equals(pl.concat(frames))


def folded(folder: Path, zone: str, output: str) -> pl.LazyFrame:
    loaded = rows.definition(folder, zone)
    book = Book(loaded.definition, Reader(folder, zone, Ledger()), None, frozenset({output}), every_rule=True)
    return book.folded.take(output)


def alike(frame: pl.LazyFrame) -> pl.DataFrame:
    spelled = frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).collect()
    return spelled.sort(spelled.columns)


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b", "ü"]), st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 2), st.integers(-3, 3)), max_size=12))
def test_accounts_in_turn_day_by_day(told: list[tuple[str, int, int]]) -> None:
    frame = pl.DataFrame(told, schema={"account": pl.Categorical, "day": pl.Int32, "n": pl.Int64}, orient="row").lazy()
    found = by_day(frame, pl.col("n").sum()).with_columns(upto=so_far("n"))
    days = frame.group_by("account", "day").agg(pl.col("n").sum())
    expected = days.with_columns(upto=pl.col("n").cum_sum().over("account", order_by="day"))
    assert alike(found).equals(alike(expected))
    assert found.collect_schema() == expected.collect_schema()
    rows = found.collect(engine="streaming")
    assert rows.select(FRESH.alias("fresh"))["fresh"].sum() == rows["account"].n_unique()
    assert rows.filter((pl.col("account") == pl.col("account").shift(1)) & (pl.col("day") <= pl.col("day").shift(1))).is_empty()
