"""A table as strips: one a column, its cells as words, ready to be laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rich.cells import cell_len
from rich.text import Text

from saasmetrics.catalog import Column
from saasmetrics.outputs.cells import UNSURE, is_numeric, spark, words
from saasmetrics.outputs.screen import Screen
from saasmetrics.tables import Table

FOLDED = 24  # a text column may be folded down to this
BAR = (6, 16)  # the shortest bar that says something, the longest that says more


@dataclass(frozen=True)
class Strip:
    """One column to show; one with `fractions` is a bar chart, which gives way when room is short."""

    header: str
    cells: Sequence[Text] = ()
    key: bool = False
    right: bool = False
    folds: bool = False
    fractions: Sequence[float | None] | None = None

    @property
    def widest(self) -> int:
        """What it takes at its best."""
        return BAR[1] if self.fractions is not None else max(cell_len(self.header), self._cells)

    @property
    def least(self) -> int:
        """What it cannot do without: a header folds at its underscores."""
        if self.fractions is not None:
            return BAR[0]
        cells = min(self._cells, FOLDED) if self.folds else self._cells
        return max(cells, *map(cell_len, pieces(self.header)))

    @property
    def _cells(self) -> int:
        return max((cell_len(cell.plain) for cell in self.cells), default=0)


def pieces(header: str) -> list[str]:
    """Where a header may be folded."""
    return header.replace("_", "_\n").splitlines() or [""]


def strips(table: Table, screen: Screen) -> list[Strip]:
    """All columns; a row whose status is not final is dim."""
    unsure = [status in UNSURE for status in table.frame["status"]] if "status" in table.frame.columns else []
    return [strip(column, table.frame[column.name], screen, unsure) for column in table.columns]


def strip(column: Column, values: pl.Series, screen: Screen, unsure: Sequence[bool] = ()) -> Strip:
    """One column as words."""
    doubts = unsure or [False] * values.len()
    texts = [screen.safe(text) for text in _texts(column, values, screen)]
    faint = [doubt or text == screen.glyphs.null for text, doubt in zip(texts, doubts, strict=True)]
    cells = [Text(text, style="dim" if dim else "") for text, dim in zip(texts, faint, strict=True)]
    right = is_numeric(column.unit, values)
    return Strip(screen.safe(column.name), cells, column.unit == "key", right, column.unit in ("text", "label", "list"))


def _texts(column: Column, values: pl.Series, screen: Screen) -> list[str]:
    """A list of numbers is a series: a spark line where there is a screen, the numbers where lines have no end."""
    if isinstance(values.dtype, pl.List) and values.dtype.inner.is_numeric() and screen.width is not None:
        return [screen.glyphs.null if value is None else spark(value, screen.glyphs) for value in values.to_list()]
    return [words(value, column.unit, screen.glyphs) for value in values.to_list()]
