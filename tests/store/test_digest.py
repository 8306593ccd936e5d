"""Letters of a list: the same for the same rows in any order, others for any other rows."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from saasmetrics.facts._digest import digest

SCHEMA = {"account": pl.Categorical, "note": pl.String, "at": pl.Int64, "open": pl.Boolean}
NAMES = st.sampled_from(["", "a", "b", "ab"])
ROW = st.tuples(NAMES, st.none() | NAMES, st.none() | st.integers(-2, 2), st.none() | st.booleans())


def letters(rows: list[tuple[object, ...]]) -> str:
    return digest(pl.LazyFrame(rows, schema=SCHEMA, orient="row"))


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=4), st.lists(ROW, max_size=4))
def test_two_lists_have_the_same_letters_when_they_have_the_same_rows(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> None:
    assert (letters(one) == letters(other)) == (sorted(map(repr, one)) == sorted(map(repr, other)))
    assert letters(one) == letters(one[::-1])


def test_what_stands_in_another_column_is_something_else() -> None:
    twice = {"from": pl.Int64, "to": pl.Int64}
    there, back = ([(1, 2), (3, 4)], [(2, 1), (4, 3)])
    assert len({digest(pl.LazyFrame(rows, schema=twice, orient="row")) for rows in (there, back, [(1, 4), (3, 2)])}) == 3
