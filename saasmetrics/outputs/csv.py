"""CSV after RFC 4180, in UTF-8, a line feed a line: null is nothing, an empty text is "".

Several tables follow each other with one blank line between. Texts that a spreadsheet would run as a formula get a
leading apostrophe, and are counted; `raw` leaves them as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from saasmetrics.messages import noun
from saasmetrics.outputs import Rendered
from saasmetrics.outputs.cells import exact_time
from saasmetrics.tables import Table

# What already stands behind an apostrophe gets another one, so that distinct ids stay distinct.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
SPECIAL = re.compile(r'[",\r\n]')


def render(tables: Sequence[Table], *, raw: bool = False) -> Rendered:
    """All tables, each under its header."""
    grids = [[table.frame.columns, *table.frame.iter_rows()] for table in tables]
    found = 0 if raw else sum(is_formula(value) for grid in grids for row in grid for value in row)
    written = "\n".join("".join(_line(row, raw) for row in grid) for grid in grids)
    return Rendered(written.encode(), (f"{found} {noun(found, 'cell')} quoted",) if found else ())


def is_formula(value: object) -> bool:
    """Would a spreadsheet run this? Only texts: a negative number is a number."""
    return isinstance(value, (str, list)) and FORMULA.match(plain(value)) is not None


def plain(value: object) -> str:
    """The text of a value for machines: no rounding that a person could see, no float noise."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return exact_time(value)
    if isinstance(value, list):
        return "; ".join(map(plain, value))
    if isinstance(value, Decimal):
        return format(value, "f")
    return decimals(value) if isinstance(value, float) else str(value)


def decimals(value: float) -> str:
    """At most six digits after the point, never an exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _line(row: Iterable[object], raw: bool) -> str:
    line = ",".join(_field(value, raw) for value in row)
    return (line or '""') + "\n"  # a row of one null must not look like no row


def _field(value: object, raw: bool) -> str:
    text = plain(value)
    if not raw and is_formula(value):
        text = f"'{text}"
    if SPECIAL.search(text) or (text == "" and value == ""):
        return '"' + text.replace('"', '""') + '"'
    return text
