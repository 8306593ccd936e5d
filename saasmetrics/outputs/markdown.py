"""Markdown: a bold title, a pipe table that is aligned as text too, and the footer as text.

Every character of data that Markdown could take for its own is escaped; a newline is folded to a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from saasmetrics.messages import clean
from saasmetrics.outputs import Rendered
from saasmetrics.outputs.cells import is_numeric, words
from saasmetrics.outputs.provenance import origin
from saasmetrics.tables import Table

# The colon of `://` and the point of `www.` too: GitHub makes links of bare addresses.
SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~&]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def render(tables: Sequence[Table]) -> Rendered:
    """All tables, one below the other."""
    return Rendered("\n".join("\n\n".join(_paragraphs(table)) + "\n" for table in tables).encode())


def escaped(text: str) -> str:
    """Text that means itself in Markdown."""
    return SPECIAL.sub(r"\\\g<0>", clean(" ".join(text.splitlines())))


def _paragraphs(table: Table) -> Iterator[str]:
    yield f"**{escaped(table.title)}**"
    yield "\n".join(_lines(table))
    if parts := origin(table.meta):
        yield escaped(" · ".join(parts))
    if notes := table.meta.get("notes"):
        yield "\n".join(f"- {escaped(note)}" for note in notes)


def _lines(table: Table) -> Iterator[str]:
    numeric = [is_numeric(column.unit, table.frame[column.name]) for column in table.columns]
    columns = [[words(value, column.unit) for value in table.frame[column.name].to_list()] for column in table.columns]
    grid = [[escaped(column.name), *map(escaped, cells)] for column, cells in zip(table.columns, columns, strict=True)]
    widths = [max(3, *map(_width, cells)) for cells in grid]
    header, *body = zip(*grid, strict=True)
    rule = ["-" * (width - right) + ":" * right for width, right in zip(widths, numeric, strict=True)]
    return (_row(row, widths, numeric) for row in (header, rule, *body))


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    return f"| {' | '.join(_padded(*cell) for cell in zip(cells, widths, numeric, strict=True))} |"


def _padded(cell: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(cell))
    return gap + cell if right else cell + gap


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
