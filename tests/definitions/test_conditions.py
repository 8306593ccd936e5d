"""`where:` as data."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from saasmetrics.definitions.conditions import Condition, Where, as_mapping, conditions


def test_scalars_are_equality_and_numbers_exact() -> None:
    assert conditions({"status": "ok", "amount": {"gt": 100, "le": Decimal("0.10")}}) == (
        Condition("amount", "gt", Decimal(100)),
        Condition("amount", "le", Decimal("0.10")),
        Condition("status", "eq", "ok"),
    )


def test_every_operator_reads_and_dumps_back() -> None:
    every = {"eq": True, "ne": "a", "gt": Decimal(1), "ge": "2026-01-01", "lt": Decimal(2), "le": Decimal(3)}
    written = {"x": every | {"in": ("a", Decimal(1)), "not_in": ("b",), "like": "*@a.?", "exists": True, "met": False}}
    assert as_mapping(conditions(written)) == written


def test_order_of_writing_means_nothing() -> None:
    assert conditions({"b": 1, "a": {"lt": 2, "gt": 1}}) == conditions({"a": {"gt": 1, "lt": 2}, "b": 1})


@pytest.mark.parametrize("text", ["plan = 'pro'", "amount > 100", "", "true"])
def test_promise_47_text_is_never_a_condition(text: str) -> None:
    with pytest.raises(
        ValidationError, match=r"not allowed: .* a condition is a mapping such as {plan: pro}, never text"
    ):
        TypeAdapter(Where).validate_python(text)


@pytest.mark.parametrize("column", ["__class__", "${HOME}", "COUNT(*)", "../x", "1=1; --", "a\x00b"])
def test_promise_47_code_is_not_a_column(column: str) -> None:
    with pytest.raises(ValidationError, match=r"not allowed|control characters"):
        conditions({column: "x"})


@pytest.mark.parametrize("value", ["SELECT * FROM x", "__class__", "${HOME}", "../..", "'; DROP", "\x1b[31m", ""])
def test_promise_47_values_are_only_compared_with(value: str) -> None:
    assert conditions({"note": value}) == (Condition("note", "eq", value),)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"x": ["a"]}, r"a list needs an operator; write {in: \[...\]}"),
        ({"x": None}, "for an empty column write {exists: false}"),
        ({"x": {}}, "says nothing; write one of eq, ne, gt"),
        ({"x": {"in": "a"}}, r"'a' is no choice; write \[first, second\]"),
        ({"x": {"in": []}}, "an empty list is no choice"),
        ({"x": {"in": [["a"]]}}, "a list needs an operator"),
        ({"x": {"gt": True}}, "true is neither more nor less than anything"),
        ({"x": {"exists": "no"}}, "'no' is neither true nor false"),
        ({"x": {"like": {"a": 1}}}, "a mapping is not text"),
        ({"x": {"eq": {"a": 1}}}, "a mapping is not a value to compare with"),
        (7, "7 is not a condition; write a mapping"),
        (["x"], "a list is not a condition"),
    ],
)
def test_what_is_no_condition_says_what_would_be(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Where).validate_python(written)


def test_true_is_not_one_and_text_is_not_a_number() -> None:
    values = [conditions({"x": value})[0].value for value in (True, 1, "1")]
    assert [type(value) for value in values] == [bool, Decimal, str]


def test_conditions_made_in_python_are_taken_as_they_are() -> None:
    made = (Condition("b", "eq", "x"), Condition("a", "exists", False))
    assert conditions(made) == made[::-1]
