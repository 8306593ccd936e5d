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
    """All tables, one below the other; what two of them say alike of their making is left to the later one."""
    later = [*map(_footer, tables[1:]), []]
    pages = [[*_head(table), *(footer if footer != after else [])] for table, footer, after in zip(tables, map(_footer, tables), later, strict=True)]
    return Rendered("\n".join("\n\n".join(page) + "\n" for page in pages).encode())


def escaped(text: str) -> str:
    """Text that means itself in Markdown."""
    return SPECIAL.sub(r"\\\g<0>", clean(" ".join(text.splitlines())))


def _head(table: Table) -> list[str]:
    return [f"**{escaped(table.title)}**", "\n".join(_lines(table))]


def _footer(table: Table) -> list[str]:
    notes = "\n".join(f"- {escaped(note)}" for note in table.meta.get("notes") or ())
    return [*filter(None, [escaped(" · ".join(origin(table.meta))), notes])]


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
