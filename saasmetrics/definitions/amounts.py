"""The kinds of numbers in a definition. Yes is `true`, a share is 0..1, nothing is read from text."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from saasmetrics.definitions.base import By, fail, shown

LARGEST = 10**12


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise fail("SM112", f"{shown(value)} is neither true nor false; write one of the two")
    return value


def whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST:
        raise fail("SM112", f"{shown(value)} is not a whole number{_unquote(value)}")
    return value


def number(value: Any) -> float:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST:
        return float(value)
    raise fail("SM112", f"{shown(value)} is not a number{_unquote(value)}")


def share(value: Any) -> float:
    if isinstance(value, str) and value.endswith("%"):
        raise fail("SM112", f"{shown(value)} is not a share; write 30 % as 0.3")
    found = number(value)
    if not 0 <= found <= 1:
        raise fail("SM112", f"{shown(value)} is not a share; write a number from 0 to 1, 30 % as 0.3")
    return found


def _unquote(value: object) -> str:
    return "; write it without quotes, such as 1000 or 0.5" if isinstance(value, str) else ""


def _exact(value: float) -> Decimal:
    """The decimal that was written: 0.3 → Decimal("0.3"), so that a second reading gives the same."""
    return Decimal(repr(value))


Flag = Annotated[bool, By(flag, bool)]
Whole = Annotated[int, By(whole, before=True)]
Count = Annotated[int, By(whole, before=True), Field(ge=0)]
AtLeastOne = Annotated[Count, Field(ge=1)]
Points = Annotated[int, By(whole, before=True), Field(ge=0, le=100, description="out of 100; 0 leaves it out")]
Number = Annotated[float, By(number, before=True, written=_exact)]
Amount = Annotated[float, By(number, before=True, written=_exact), Field(ge=0)]
Times = Annotated[float, By(number, before=True, written=_exact), Field(ge=1)]
Share = Annotated[float, By(share, before=True, written=_exact), Field(ge=0, le=1)]
