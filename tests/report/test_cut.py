"""Each fact that a line of the report is read off says itself how it becomes that of an earlier day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from saasmetrics import catalog
from saasmetrics.catalog import Room
from saasmetrics.clock import Clock
from saasmetrics.facts._cut import ANEW, WAYS, cut, ways
from saasmetrics.report.lines import THIRTEEN

CLOCK = Clock(date(1970, 1, 12), "UTC")  # day 11, a Monday
TIMELY = re.compile(r"(^|_)(at|day|days|week|month|from|until)$")
NEEDED = sorted({name for line in THIRTEEN for name in catalog.rooms()[line.room].needs if name in catalog.facts() and line.dated.__name__ != "_never"})


@pytest.mark.parametrize("name", NEEDED)
def test_every_column_that_tells_a_time_says_what_becomes_of_it(name: str) -> None:
    fact = catalog.facts()[name]
    told = ways(fact)
    named = [column for _, columns in told for column in columns]
    assert told == ANEW or {way for way, _ in told} <= {*WAYS}
    assert len(named) == len({*named}) and {*named} <= {column.name for column in fact.columns}
    assert told == ANEW or {column.name for column in fact.columns if column.unit in ("time", "date") or TIMELY.search(column.name)} <= {*named}


@pytest.mark.parametrize("fact", catalog.facts().values(), ids=lambda fact: fact.name)
def test_a_fact_that_takes_the_row_in_force_says_of_which_list(fact: Room) -> None:
    text = Path(fact.path).read_text("utf-8")
    anew = "Cut" in fact.sections and ways(fact) == ANEW
    assert ("row_at(" in text) == (anew or "def in_force(" in text)


def test_a_fact_that_does_not_say_it_cannot_be_cut() -> None:
    with pytest.raises(KeyError, match="Cut"):
        cut(pl.LazyFrame(), catalog.facts()["risk"], CLOCK)


@pytest.mark.parametrize(("told", "becomes"), [
    ("rows at", {"at": [1], "day": [10], "end_at": [CLOCK.now + 5], "open": [False], "n": [7]}),
    ("rows day", {"at": [1], "day": [10], "end_at": [CLOCK.now + 5], "open": [False], "n": [7]}),
    ("known at\nstands day end_at", {"at": [1, None], "day": [10, 11], "end_at": [CLOCK.now + 5, CLOCK.now - 1], "open": [False, False], "n": [7, 8]}),
    ("lasts end_at open", {"at": [1, CLOCK.now], "day": [10, 11], "end_at": [CLOCK.now, CLOCK.now - 1], "open": [True, False], "n": [7, 8]}),
    ("over day\ngone n", {"at": [], "day": [], "end_at": [], "open": []}),
])  # fmt: skip
def test_the_ways_of_a_cut(told: str, becomes: dict[str, list[object]]) -> None:
    columns = "at time when\nday count day\nend_at time end\nopen flag not over\nn count how many"
    fact = Room("facts", "made_up", Path("made_up.py"), f"Made up.\n\n## Columns\n{columns}\n\n## Cut\n{told}", (), {})
    rows = pl.LazyFrame({"at": [1, CLOCK.now], "day": [10, 11], "end_at": [CLOCK.now + 5, CLOCK.now - 1], "open": [False, False], "n": [7, 8]})
    found = cut(rows, fact, CLOCK)
    assert found is not None and found.collect().to_dict(as_series=False) == becomes
