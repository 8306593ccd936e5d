"""Conditions and rules, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from oracle.world import Row
from saasmetrics.definitions.conditions import Condition
from saasmetrics.definitions.work import Rule


def matches(rule: Rule, row: Row) -> bool:
    return row["event"] in rule.event and holds(rule.where, row)


def holds(conditions: Iterable[Condition], row: Row) -> bool:
    return all(one(condition, row.get(condition.column)) for condition in conditions)


def one(condition: Condition, cell: str | None) -> bool:
    """An empty cell equals nothing, and so is different from everything."""
    value = condition.value
    match condition.op:
        case "exists":
            return (cell is not None) == value
        case "eq" | "in":
            return any(same(cell, item) for item in (value if condition.op == "in" else [value]))  # type: ignore[union-attr]
        case "ne" | "not_in":
            return not any(same(cell, item) for item in (value if condition.op == "not_in" else [value]))  # type: ignore[union-attr]
        case "like":
            pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in str(value))
            return cell is not None and re.fullmatch(pattern, cell, re.DOTALL) is not None
    pair = comparable(cell, value)
    return pair is not None and {"gt": pair[0] > pair[1], "ge": pair[0] >= pair[1], "lt": pair[0] < pair[1], "le": pair[0] <= pair[1]}[condition.op]


def same(cell: str | None, value: Any) -> bool:
    pair = comparable(cell, value)
    return pair is not None and pair[0] == pair[1]


def comparable(cell: str | None, value: Any) -> tuple[Any, Any] | None:
    """Numbers as numbers, text as text; None when the cell is neither."""
    if cell is None:
        return None
    if isinstance(value, bool):
        return cell.lower(), str(value).lower()
    if not isinstance(value, Decimal):
        return cell, value
    try:
        return Decimal(cell), value
    except InvalidOperation:
        return None
