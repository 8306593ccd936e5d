"""Conditions that no row can meet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasmetrics.definitions.conditions import conditions
from saasmetrics.definitions.contradictions import contradictions


@pytest.mark.parametrize(
    "tests",
    [{"gt": 100, "lt": 50}, {"gt": 5, "le": 5}, {"ge": 5, "lt": 5}, {"gt": "b", "lt": "a"}, {"eq": 1, "in": [2, 3]},
     {"eq": "a", "ne": "a"},
     {"eq": "a", "not_in": ["a", "b"]}, {"in": ["a", "b"], "not_in": ["b", "a", "c"]}, {"in": [1, 2], "gt": 2},
     {"eq": "x", "like": "y*"},
     {"exists": False, "eq": "a"}, {"exists": False, "gt": 1}, {"exists": False, "ne": "a"}],
)  # fmt: skip
def test_what_cannot_be_is_found(tests: dict[str, Any]) -> None:
    assert [column for column, _ in contradictions(conditions({"x": tests, "y": 1}))] == ["x"]


@pytest.mark.parametrize(
    "tests",
    [{"gt": 50, "lt": 100}, {"ge": 5, "le": 5}, {"gt": 1, "lt": "a"}, {"eq": "5", "gt": 7}, {"in": [1, 2], "gt": 1},
     {"exists": True, "eq": 1},
     {"exists": False}, {"eq": "a[b", "like": "a[*"}, {"ne": "a", "not_in": ["b"]}, {"eq": 5, "like": "5*"},
     {"eq": True, "ne": 1}],
)  # fmt: skip
def test_what_may_be_is_let_pass(tests: dict[str, Any]) -> None:
    assert list(contradictions(conditions({"x": tests}))) == []


@given(
    st.integers(-3, 3),
    st.dictionaries(st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), st.integers(-3, 3), min_size=1),
)
def test_a_condition_that_some_number_meets_is_never_called_impossible(number: int, tests: dict[str, int]) -> None:
    meets = {"eq": "__eq__", "ne": "__ne__", "gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__"}
    if all(getattr(number, meets[op])(limit) for op, limit in tests.items()):
        assert list(contradictions(conditions({"x": tests}))) == []


@given(st.integers(-2, 2), st.sampled_from(["gt", "ge", "lt", "le", "ne"]), st.integers(-2, 2))
def test_one_wanted_value_meets_a_limit_or_is_called_impossible(wanted: int, op: str, limit: int) -> None:
    meets = getattr(wanted, f"__{op}__")(limit)
    assert bool(list(contradictions(conditions({"x": {"eq": wanted, op: limit}})))) == (not meets)


@given(st.sampled_from(["gt", "ge"]), st.integers(-1, 1), st.sampled_from(["lt", "le"]), st.integers(-1, 1))
def test_a_range_is_empty_when_no_number_is_in_it(low: str, least: int, high: str, most: int) -> None:
    quarters = [n / 4 for n in range(-8, 9)]
    inside = [n for n in quarters if getattr(n, f"__{low}__")(least) and getattr(n, f"__{high}__")(most)]
    assert bool(list(contradictions(conditions({"x": {low: least, high: most}})))) == (not inside)
