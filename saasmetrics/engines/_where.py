"""Structured conditions → SQL with the meaning that facts/_where.py gives them: true or false, never NULL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from saasmetrics.definitions.conditions import Condition, Scalar
from saasmetrics.engines._render import quoted
from saasmetrics.sources.numbers import SCALE

SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
MOST = 2**62  # no amount is as large
Find = Callable[[str], str]


def as_number(condition: Condition) -> bool:
    """Whether any value of it is a number."""
    return any(isinstance(value, Decimal) for value in _values(condition))


def as_text(condition: Condition) -> bool:
    """Whether any value of it is a text or a flag."""
    return condition.op not in ("exists", "met") and any(not isinstance(value, Decimal) for value in _values(condition))


def holds(where: Sequence[Condition], text: Find, number: Find, moment: Find, given: Find) -> str:
    """Whether all conditions hold; the functions give the column of a name as such."""
    return " AND ".join(_one(condition, text, number, moment, given) for condition in where)


def _one(condition: Condition, text: Find, number: Find, moment: Find, given: Find) -> str:
    column, op, value = condition.column, condition.op, condition.value
    if op == "exists":
        return given(column) if value else f"NOT {given(column)}"
    if op == "met":
        return f"COALESCE(time_ {'<=' if value else '>'} {moment(column)}, FALSE)"
    if op == "like":
        return f"COALESCE({text(column)} LIKE {quoted(_glob(str(value)))}, FALSE)"
    if op in SIGNS:
        left, right = (number(column), str(_whole(value))) if isinstance(value, Decimal) else (text(column), quoted(str(value)))
        return f"COALESCE({left} {SIGNS[op]} {right}, FALSE)"
    found = " OR ".join(_equal(column, item, text, number) for item in _values(condition))
    return f"({found})" if op in ("eq", "in") else f"NOT ({found})"


def _equal(column: str, value: Scalar, text: Find, number: Find) -> str:
    if isinstance(value, Decimal):
        return f"COALESCE({number(column)} = {_whole(value)}, FALSE)"
    left, right = (f"LOWER({text(column)})", str(value).lower()) if isinstance(value, bool) else (text(column), value)
    return f"COALESCE({left} = {quoted(right)}, FALSE)"


def _values(condition: Condition) -> Sequence[Scalar]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _whole(value: Decimal) -> int:
    return max(-MOST, min(MOST, int((value * SCALE).to_integral_value(ROUND_HALF_UP))))


def _glob(pattern: str) -> str:
    return "".join({"*": "%", "?": "_"}.get(char, f"\\{char}" if char in "%_\\" else char) for char in pattern)
