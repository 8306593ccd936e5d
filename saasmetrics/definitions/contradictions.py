"""Conditions that no row can meet, found without any data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import groupby, product

from saasmetrics.definitions.conditions import Condition, Scalar

LOWER, UPPER = ("gt", "ge"), ("lt", "le")
BOUNDS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def contradictions(parts: Sequence[Condition]) -> Iterator[tuple[str, str]]:
    """(column, what contradicts what); only what is certain, whatever the data hold."""
    for column, group in groupby(sorted(parts, key=lambda part: part.column), key=lambda part: part.column):
        found = _of(list(group))
        if found:
            yield column, found


def _of(parts: list[Condition]) -> str:
    others = [part for part in parts if part.op not in ("eq", "in", "exists", "met")]
    wanted = [part for part in parts if part.op in ("eq", "in")]
    if any(part.op == "exists" and part.value is False for part in parts) and len(parts) > 1:
        return "it is to be empty and to have a value"
    if wanted:
        left = [value for value in _values(wanted[0]) if all(_may_be(value, part) for part in [*wanted[1:], *others])]
        return "" if left else "no wanted value meets its other conditions"
    return _empty_range(parts)


def _values(part: Condition) -> tuple[Scalar, ...]:
    return part.value if isinstance(part.value, tuple) else (part.value,)


def _may_be(value: Scalar, part: Condition) -> bool:
    if part.op in ("eq", "in"):
        return _among(value, part)
    if part.op in ("ne", "not_in"):
        return not _among(value, part)
    if part.op == "like":
        return not isinstance(value, str) or fnmatchcase(value, str(part.value).replace("[", "[[]"))
    return _within(value, part)


def _among(value: Scalar, part: Condition) -> bool:
    return any(type(value) is type(one) and value == one for one in _values(part))


def _within(value: Scalar, part: Condition) -> bool:
    order = _order(value, part.value)
    return order is None or {"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[part.op]


def _order(one: object, other: object) -> int | None:
    """-1, 0, 1; None where only the data can tell, as with a number against text."""
    for kind in (Decimal, str):
        if isinstance(one, kind) and isinstance(other, kind):
            return (one > other) - (one < other)  # type: ignore[operator]
    return None


def _empty_range(parts: list[Condition]) -> str:
    lower, upper = ([part for part in parts if part.op in ops] for ops in (LOWER, UPPER))
    for low, high in product(lower, upper):
        order = _order(low.value, high.value)
        touching = order == 0 and (low.op, high.op) != ("ge", "le")
        if touching or (order is not None and order > 0):
            return f"nothing is {BOUNDS[low.op]} {low.value} and {BOUNDS[high.op]} {high.value}"
    return ""
