"""Lengths of time as they are written: `14d`, `2w`, `36h`, `5m`, `300s`."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import WithJsonSchema

from saasmetrics.definitions.base import By, fail, shown

SECOND = 1_000_000
UNITS = {"d": 86_400 * SECOND, "w": 7 * 86_400 * SECOND, "h": 3_600 * SECOND, "m": 60 * SECOND, "s": SECOND}
DAY = UNITS["d"]
LONGEST = 36_525 * DAY
NO_DURATION, NO_DAYS = "not a duration; write 14d, 2w or 36h", "not a number of days; write 14, 14d or 2w"
WRITTEN = re.compile(r"(0|[1-9][0-9]{0,11})([wdhms])")


def microseconds(value: Any) -> int:
    """`36h` → 129600000000."""
    found = WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise fail("SM112", f"{shown(value)} is {NO_DURATION}")
    length = int(found[1]) * UNITS[found[2]]
    if length > LONGEST:
        raise fail("SM112", f"{shown(value)} is longer than a hundred years")
    return length


def as_text(length: int) -> str:
    """The shortest exact spelling, whole days as days: 1209600000000 → `14d`."""
    unit = next((unit for unit in "dhms" if length % UNITS[unit] == 0), "s")
    return f"{length // UNITS[unit]}{unit}"


def written(default: object, annotation: str) -> object:
    """The default of a setting as a definition file writes it."""
    return as_text(default) if annotation == "Duration" and isinstance(default, int) else default


def whole_days(value: Any) -> int:
    """14, `14d` and `2w` → 14."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value * DAY <= LONGEST:
        return value
    if not isinstance(value, str) or value[-1:] not in ("d", "w"):
        raise fail("SM112", f"{shown(value)} is {NO_DAYS}")
    return microseconds(value) // DAY


def some_days(value: Any) -> int:
    """As `whole_days`, and at least one: a length of time without a day holds nothing."""
    found = whole_days(value)
    if found < 1:
        raise fail("SM112", f"{shown(value)} is too small; at least 1 day")
    return found


Duration = Annotated[
    int,
    By(microseconds, written=as_text),
    WithJsonSchema({"type": "string", "pattern": "^(0|[1-9][0-9]*)[wdhms]$", "examples": ["14d", "2w", "36h"], "errorMessage": NO_DURATION}),
]
Days = Annotated[
    int,
    By(whole_days),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": "^(0|[1-9][0-9]*)[wd]$", "errorMessage": NO_DAYS}),
]
SomeDays = Annotated[
    int,
    By(some_days),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "pattern": "^[1-9][0-9]*[wd]$", "errorMessage": NO_DAYS}),
]
