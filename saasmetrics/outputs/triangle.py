"""A long table as a triangle: cohorts down, periods across, each value on a ground as deep as it is high."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import polars as pl
from rich.cells import cell_len
from rich.text import Text

from saasmetrics.outputs.cells import SHAKY, UNSTABLE, UNSURE, share, words
from saasmetrics.outputs.grid import fits
from saasmetrics.outputs.screen import Screen
from saasmetrics.outputs.strips import Strip, strip
from saasmetrics.tables import Table

ENOUGH = 3  # cells that a column must have before its median means anything
SPAN = 0.20  # shares nearer to each other than this do not use all shades
PALE, DEEP = (222, 235, 247), (8, 69, 148)


@dataclass(frozen=True)
class Cell:
    """One value of the triangle, the upper end of its interval, and its marks."""

    value: float | None
    high: float | None
    text: str
    mark: str = ""
    sure: bool = True


def triangle(table: Table, row: str, column: str, value: str, screen: Screen) -> tuple[list[Strip], list[str]]:
    """The strips of the triangle, and the legend for what is marked or left away."""
    frame, declared = table.frame, {each.name: each for each in table.columns}
    others = _others(table, {row, column, value, "status", UNSTABLE})
    before = _constant(table, row, others)
    heads = frame.unique(row, keep="first", maintain_order=True)
    left = [replace(strip(declared[name], heads[name], screen), key=name == row) for name in (row, *before)]
    columns = list(_columns(table, heads[row], column, value, screen))
    marks = {cell.mark for _, cells in columns for cell in cells if cell.mark}
    width = max(
        (cell_len(text) for name, cells in columns for text in (name, *(cell.text for cell in cells))), default=0
    )
    shade = _shades(
        [cell.value for _, cells in columns[1:] for cell in cells if cell.sure], declared[value].unit, screen
    )
    tiles = [_tiles(name, cells, width, max(map(len, marks), default=0), shade) for name, cells in columns]
    hidden = [name for name in others if name not in before]
    short = len(before) == 1 and not fits([*left, *tiles], screen.width, 1)
    left[1:] = [replace(left[1], header="n")] if short else left[1:]
    named = [f"{value} by {row} and {column}", *[f"n {name}" for name in before if short]]
    return [*left, *tiles], [*named, *_legend({*"".join(marks)}, hidden, screen)]


def _others(table: Table, drawn: set[str]) -> list[str]:
    """The columns that are neither in the picture nor, as a key of all of it, in its heading."""
    same = {each.name for each in table.columns if each.unit == "key" and table.frame[each.name].n_unique() == 1}
    return [each.name for each in table.columns if each.name not in drawn | same]


def _constant(table: Table, row: str, names: Sequence[str]) -> list[str]:
    """The columns that say something of a row as a whole."""
    most = table.frame.group_by(row).agg(pl.col(names).n_unique()).select(pl.col(names).max())
    return [name for name in names if most[name].to_list() == [1]]


def _columns(
    table: Table, rows: pl.Series, column: str, value: str, screen: Screen
) -> Iterator[tuple[str, list[Cell]]]:
    """Each period with its cells, top to bottom."""
    units = {each.name: each.unit for each in table.columns}
    extra = [pl.col(name) if name in units else pl.lit(None).alias(name) for name in ("high", "status", UNSTABLE)]
    for (period,), part in table.frame.sort(column).group_by(column, maintain_order=True):
        found = {head: rest for head, *rest in part.select(rows.name, pl.col(value).alias(" "), *extra).iter_rows()}
        cells = [_cell(units[value], screen, *found.get(row, [None] * 4)) for row in rows]
        yield words(period, units[column], screen.glyphs), _below(cells, screen.glyphs.below)


def _cell(unit: str, screen: Screen, value: float | None, high: float | None, status: str | None, unstable: float | None) -> Cell:
    text = share(float(value), 0) if unit == "share" and value is not None else words(value, unit, screen.glyphs)
    if value is None:
        return Cell(value, high, text)
    mark = UNSURE.get(status or "", "")
    return Cell(value, high, text, mark + SHAKY * bool(unstable), not mark)


def _below(cells: list[Cell], mark: str) -> list[Cell]:
    """Marks what is below the middle of its column by more than chance: the eye finds it without colour too."""
    sure = [cell.value for cell in cells if cell.sure and cell.value is not None]
    if len(sure) < ENOUGH:
        return cells
    middle = median(sure)
    low = [cell.sure and cell.high is not None and cell.high < middle for cell in cells]
    return [replace(cell, mark=mark + cell.mark) if far else cell for cell, far in zip(cells, low, strict=True)]


def _tiles(name: str, cells: Sequence[Cell], width: int, slot: int, shade: Callable[[float], str]) -> Strip:
    """One period, each text to the right with a slot for its marks."""
    styles = ["dim" if cell.value is None or not cell.sure else shade(cell.value) for cell in cells]
    texts = [" " * (width - cell_len(cell.text)) + cell.text + cell.mark.ljust(slot) for cell in cells]
    return Strip(name.rjust(width) + " " * slot, [Text(text, style) for text, style in zip(texts, styles, strict=True)])


def _shades(values: Iterable[float | None], unit: str, screen: Screen) -> Callable[[float], str]:
    """Value → style, over the range of the values; none without enough colours."""
    known = sorted(float(value) for value in values if value is not None)
    known = known[len(known) // 20 : len(known) - len(known) // 20]  # the odd cell of two accounts sets no scale
    if screen.colors in (None, "standard") or not known:
        return lambda value: ""
    low = known[0]
    span = max(known[-1] - low, SPAN if unit == "share" else 0.0) or 1.0
    return lambda value: _style(max(0.0, min(1.0, (float(value) - low) / span)))


def _style(depth: float) -> str:
    ground = [round(pale + (deep - pale) * depth) for pale, deep in zip(PALE, DEEP, strict=True)]
    return f"{'#ffffff' if depth > 0.55 else '#000000'} on rgb({','.join(map(str, ground))})"


def _legend(marks: set[str], hidden: Sequence[str], screen: Screen) -> Iterator[str]:
    yield from (f"{mark} {status}" for status, mark in UNSURE.items() if mark in marks)
    if screen.glyphs.below in marks:
        yield f"{screen.glyphs.below} 95 % interval below the median of its column"
    if SHAKY in marks:
        yield f"{SHAKY} touches an unstable week (-f csv: {UNSTABLE})"
    if hidden:
        yield f"-f csv has {', '.join(hidden)} too"
