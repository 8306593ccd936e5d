"""One cell as a person reads it. Its unit decides how; rounding never makes a nothing or a whole of what is neither."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from saasmetrics.catalog import PARTS

if TYPE_CHECKING:
    import polars as pl

NUMERIC = ("count", "share", "ratio", "days", "money", "score", "number")
UNSURE = {"provisional": "*", "censored": "+", "insufficient": "~"}
UNSTABLE = "unstable_days"  # a column: cells with such days are marked
SHAKY = "!"


class Glyphs(NamedTuple):
    """The characters we draw with."""

    null: str
    thousands: str
    dot: str
    rule: str
    bars: str
    sparks: str
    drop: str
    below: str


UNICODE = Glyphs("·", "\u202f", "·", "─", "▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█", "◀", "▼")
ASCII = Glyphs("-", ",", "-", "-", "#", "_.-=#", "<", "v")


def is_numeric(unit: str, values: pl.Series) -> bool:
    """Does the column stand to the right?"""
    return unit in NUMERIC or values.dtype.is_numeric()


def words(value: object, unit: str, glyphs: Glyphs = UNICODE) -> str:
    """The text of one value."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return glyphs.null
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "; ".join(words(each, "text", glyphs) for each in value)
    if isinstance(value, (int, float, Decimal)):
        return number(value, unit).replace(",", glyphs.thousands)
    return str(value)


def number(value: float | Decimal, unit: str) -> str:
    """A number by its unit; thousands are parted by commas."""
    if unit in PARTS:
        return share(float(value))
    if unit in ("days", "number"):
        return _never_nothing(float(value), 1)
    if unit == "money":
        return f"{value:,.2f}"
    if unit in NUMERIC:
        return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return str(value)


def share(value: float, places: int = 1) -> str:
    """0.637 → 63.7%, but 0.0004 → <0.1% and 0.9996 → >99.9%."""
    text = _never_nothing(100 * value, places)
    if float(text.strip("-<").replace(",", "")) == 100 and abs(value) != 1:
        text = text.replace(f"{100:.{places}f}", f">{100 - 10**-places:.{places}f}" if abs(value) < 1 else ">100")
    return f"{text}%"


def utc(value: datetime) -> datetime:
    """In UTC; a time without a zone is UTC already."""
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def civil(frame: pl.DataFrame, zone: str | None) -> pl.DataFrame:
    """Its instants as the clocks of that zone showed them: people read days and weeks of the product, and so its hours."""
    import polars as pl

    aware = [pl.col(name) if kind.time_zone else pl.col(name).dt.replace_time_zone("UTC") for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    return frame.with_columns(column.dt.convert_time_zone(zone) for column in aware) if zone and aware else frame


def spark(values: Sequence[float | None], glyphs: Glyphs = UNICODE) -> str:
    """A series as a line of little columns, the highest of them full: `█▆▃▁`."""
    top = max((value for value in values if value is not None), default=0) or 1
    last = len(glyphs.sparks) - 1
    steps = [None if value is None else min(last, max(0, math.ceil(last * value / top))) for value in values]
    return "".join(glyphs.null if step is None else glyphs.sparks[step] for step in steps)


def exact_time(value: datetime) -> str:
    """ISO in UTC with Z, as exact as it is."""
    return utc(value).isoformat().replace("+00:00", "Z")


def _never_nothing(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    if value and float(text.replace(",", "")) == 0:
        return f"{'-' if value < 0 else ''}<{10**-places:.{places}f}"
    return text
