"""Days as they are written: 2026-11-30."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import WithJsonSchema

from saasmetrics.definitions.base import By, fail, shown

NO_DAY = "not a day; write it as 2026-11-30"
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(value: Any) -> date:
    """`2026-11-30` → that day."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and WRITTEN.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise fail("SM112", f"{shown(value)} is {NO_DAY}")


Date = Annotated[
    date,
    By(day, written=date.isoformat),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{WRITTEN.pattern}$", "errorMessage": NO_DAY, "examples": ["2026-11-30"]}),
]
