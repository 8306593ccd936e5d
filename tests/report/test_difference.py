"""From a few numbers that were kept of a list, the accounts that differ from those of today."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasmetrics.report.difference import differing, names, sketch

ACCOUNTS = [f"account {number}" for number in range(300)]
KNOWN = names(pl.LazyFrame({"account": ACCOUNTS}, schema={"account": pl.Categorical}))
Rows = list[tuple[str, int]]


def letters(rows: Rows) -> str:
    return sketch(pl.LazyFrame(rows, schema={"account": pl.Categorical, "seats": pl.Int64}, orient="row"))


def told(then: Rows, now: Rows) -> tuple[list[str], bool]:
    return differing(letters(then), letters(now), KNOWN)


def whose(then: Rows, now: Rows) -> list[str]:
    """The accounts that differ, in plain words."""
    return [name for name in ACCOUNTS if sorted(row for row in then if row[0] == name) != sorted(row for row in now if row[0] == name)]


ROW = st.tuples(st.sampled_from(ACCOUNTS[:8]), st.integers(0, 2))


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, max_size=8), st.lists(ROW, max_size=8), st.randoms(use_true_random=False))
def test_a_few_differences_are_told_in_full(then: Rows, now: Rows, luck: random.Random) -> None:
    same = [(name, 5) for name in ACCOUNTS[8:]]
    one, other = [*then, *same], [*now, *same]
    luck.shuffle(other)
    found, more = told(one, other)
    assert set(found) <= set(whose(one, other))
    assert more or found == sorted(whose(one, other))
    assert (found, more) == told(one[::-1], other)


def test_a_dozen_changed_accounts_are_told_nearly_always() -> None:
    luck, whole = random.Random(3), 0
    same = [(name, 5) for name in ACCOUNTS]
    for _ in range(100):
        changed = set(luck.sample(ACCOUNTS, 12))
        found, more = told(same, [(name, luck.randrange(6, 99) if name in changed else seats) for name, seats in same])
        assert set(found) <= changed
        whole += not more and set(found) == changed
    assert whole >= 90


@pytest.mark.parametrize("changed", [60, 300])
def test_of_many_it_is_said_that_there_are_more(changed: int) -> None:
    same = [(name, 5) for name in ACCOUNTS]
    found, more = told(same, [(name, seats + (at < changed)) for at, (name, seats) in enumerate(same)])
    assert more
    assert set(found) <= set(ACCOUNTS[:changed])


def test_who_is_gone_and_unknown_today_is_one_more() -> None:
    assert told([("stranger", 1), ("account 1", 1)], [("account 1", 2)]) == (["account 1"], True)


def test_it_is_small_whatever_the_list() -> None:
    assert len(letters([])) == len(letters([(name, 1) for name in ACCOUNTS])) == 1200
