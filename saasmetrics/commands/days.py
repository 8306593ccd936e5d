"""Days that options name."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from saasmetrics.messages import refuse

WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)  # as those of the data


def day(option: str, text: str | None) -> date | None:
    """The day behind an option; none where it is not given."""
    if text is None:
        return None
    with suppress(ValueError):
        found = date.fromisoformat(text) if WRITTEN.fullmatch(text) else None
        if found and EARLIEST <= found <= LATEST:
            return found
        if found:
            refuse("SM130", f"{option} {text} lies outside 1990..2100")
    refuse("SM130", f"{option} '{text}' is not a day such as 2026-11-16")
