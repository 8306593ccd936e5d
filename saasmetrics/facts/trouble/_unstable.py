"""The weeks in which the product itself did not keep within its limits: said beside the numbers that they may have spoilt."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from saasmetrics.catalog import Room
from saasmetrics.clock import date_of
from saasmetrics.definitions.model import Definition
from saasmetrics.facts._book import Book

CHAPTERS = ("activation", "adoption", "retention")
SHOWN = 3
Weeks = list[dict[str, str]]


def concerned(room: Room, definition: Definition) -> bool:
    """Whether a table tells of what customers did over time, and the definition says what a stable week is."""
    return room.folder in CHAPTERS and definition.reliability.watched


def needed(rooms: Iterable[Room], definition: Definition) -> frozenset[str]:
    """The fact that is needed beside those that the tables ask for."""
    return frozenset({"stability"} if any(concerned(room, definition) for room in rooms) else ())


def unstable_weeks(book: Book) -> Weeks:
    """Every complete unstable week with its reasons, the last first."""
    found = book.get("stability").filter(pl.col("complete") & (pl.col("state") == "unstable")).sort("week", descending=True).collect()
    return [{"week": date_of(day).isoformat(), "reasons": reasons} for day, reasons in found.select("first_day", "reasons").rows()]


def told(weeks: Weeks) -> list[str]:
    """The same in one sentence; nothing when there are none."""
    if not weeks:
        return []
    listed = ", ".join(f"{one['week']} ({one['reasons']})" for one in weeks[:SHOWN])
    more = f" and {len(weeks) - SHOWN} more" if len(weeks) > SHOWN else ""
    return [f"unstable weeks: {listed}{more}: numbers that touch them may show the product's trouble, not the customers' (reliability stability)"]
