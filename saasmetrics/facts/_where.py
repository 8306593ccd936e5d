"""Structured conditions → expressions over columns of text. Nothing in a definition is ever run as code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import partial, reduce
from operator import and_

import polars as pl

from saasmetrics.definitions.conditions import Condition, Scalar
from saasmetrics.definitions.model import Definition
from saasmetrics.sources.numbers import SCALE, plain, scaled

Find = Callable[[str], pl.Expr]


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _number(column: str, decimal: str = ".") -> pl.Expr:
    return scaled(plain(_text(column), decimal))


def _never(column: str) -> pl.Expr:
    return pl.lit(None, pl.Int64)


def holds(where: Sequence[Condition], text: Find = _text, number: Find = _number, moment: Find = _never) -> pl.Expr:
    """Whether all conditions hold, never null; `text`, `number` and `moment` give the column of a name as such."""
    found = (_met(c, moment(c.column)) if c.op == "met" else _one(c, text(c.column), number(c.column)) for c in where)
    return reduce(and_, found, pl.lit(True))


def ours(definition: Definition, kind: str) -> pl.Expr:
    """Whether a row of the `accounts` or of the `users` is internal, never null."""
    where, source = getattr(definition.internal, kind), getattr(definition.sources, kind)
    return holds(where, number=partial(_number, decimal=source.decimal if source else ".")) if where else pl.lit(False)


def _met(condition: Condition, promised: pl.Expr) -> pl.Expr:
    """Nothing was kept or broken where nothing was promised."""
    return (pl.col("time") <= promised if condition.value else pl.col("time") > promised).fill_null(False)


def _one(condition: Condition, text: pl.Expr, number: pl.Expr) -> pl.Expr:
    value = condition.value
    if condition.op == "exists":
        return text.is_not_null() if value else text.is_null()
    if condition.op in ("in", "not_in"):
        found = reduce(lambda a, b: a | b, (_equal(text, number, item) for item in value))  # type: ignore[union-attr]
        return found if condition.op == "in" else ~found
    if condition.op in ("eq", "ne"):
        return _equal(text, number, value) if condition.op == "eq" else ~_equal(text, number, value)  # type: ignore[arg-type]
    if condition.op == "like":
        return text.str.contains(_glob(str(value))).fill_null(False)
    return _compared(condition.op, text, number, value)  # type: ignore[arg-type]


def _equal(text: pl.Expr, number: pl.Expr, value: Scalar) -> pl.Expr:
    if isinstance(value, bool):
        return (text.str.to_lowercase() == str(value).lower()).fill_null(False)
    if isinstance(value, Decimal):
        return (number == _whole(value)).fill_null(False)
    return (text == value).fill_null(False)


def _compared(op: str, text: pl.Expr, number: pl.Expr, value: Scalar) -> pl.Expr:
    left, right = (number, _whole(value)) if isinstance(value, Decimal) else (text, str(value))
    found = {"gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right}[op]
    return found.fill_null(False)


def _whole(value: Decimal) -> int:
    return int((value * SCALE).to_integral_value(ROUND_HALF_UP))


def _glob(pattern: str) -> str:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return f"(?s)^{''.join(parts)}$"
