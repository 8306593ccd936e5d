"""The conditions of a definition file (`where:`), read backwards: which text meets one, and which does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt
from random import Random
from typing import Any

Test = Callable[[str, Any], bool]


def text(value: Any) -> str:
    """A scalar of the definition file as it stands in an export."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def compare(operator: Callable[[Decimal, Decimal], bool]) -> Test:
    """A test of two numbers; what is no number fails it."""

    def holds_for(value: str, operand: Any) -> bool:
        try:
            return operator(Decimal(value), Decimal(text(operand)))
        except InvalidOperation:
            return False

    return holds_for


def is_in(value: str, operand: Any) -> bool:
    """Is the value one of the listed ones?"""
    return value in map(text, operand)


OPERATORS: Mapping[str, Test] = {
    "eq": lambda value, operand: value == text(operand),
    "ne": lambda value, operand: value != text(operand),
    "in": is_in,
    "not_in": lambda value, operand: not is_in(value, operand),
    "like": lambda value, operand: fnmatchcase(value, text(operand)),
    "gt": compare(gt),
    "ge": compare(ge),
    "lt": compare(lt),
    "le": compare(le),
}


def parts(condition: Any) -> Mapping[str, Any]:
    """A condition as operators and operands; a bare scalar means equality."""
    return condition if isinstance(condition, Mapping) else {"eq": condition}


def holds(condition: Any, value: str | None) -> bool:
    """Does the value meet every part of the condition? A missing value meets only `exists: false`."""
    asked = {**parts(condition)}
    exists = asked.pop("exists", None)
    if exists is not None and exists != bool(value):
        return False
    return all(value and OPERATORS[name](value, operand) for name, operand in asked.items())


def near(operand: Any) -> Iterator[str]:
    """Texts on both sides of one operand."""
    yield text(operand).replace("*", "sample")
    if isinstance(operand, (int, float)) and not isinstance(operand, bool):
        yield from (f"{Decimal(text(operand)) + Decimal(step):.2f}" for step in ("-0.75", "1.25", "175.5", "640"))


def candidates(condition: Any) -> list[str]:
    """Texts among which some meet the condition and some do not."""
    lists = (operand if isinstance(operand, list) else [operand] for operand in parts(condition).values())
    return [*(value for operands in lists for operand in operands for value in near(operand)), "", "other"]


def meeting(condition: Any, rng: Random) -> str:
    """A text that meets the condition."""
    found = [value for value in candidates(condition) if holds(condition, value)]
    if not found:
        raise SystemExit(f"no example value meets the condition {condition!r}")
    return rng.choice(found)


def failing(condition: Any) -> str:
    """A text that does not meet the condition."""
    return next(value for value in reversed(candidates(condition)) if not holds(condition, value))
