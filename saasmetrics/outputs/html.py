"""HTML: one file that needs nothing else. No script, no request; light and dark; prints; inert whatever the data say.

For a browser, or a mail as its attachment. As the body of one it is looser: where CSS variables are unknown the colours are
those of daylight, where drawings (SVG) are taken out the trends are missing, where nothing folds all is open, where all styles
are taken out the tables keep their columns and the numbers stand to the right. This was looked at in Chromium, with the
styles and with the drawings taken out of the page; in no mail program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2
import polars as pl

from saasmetrics.messages import clean
from saasmetrics.outputs import Rendered
from saasmetrics.outputs.cells import SHAKY, UNSTABLE, UNSURE, is_numeric, share, words
from saasmetrics.outputs.provenance import origin
from saasmetrics.tables import Table

GOOD = "good"  # a column that colours its row instead of being shown
WIDE, HIGH = 120.0, 24.0  # of a trend line, in pixels
LONG = 40  # letters


class Cell(NamedTuple):
    """One cell: its text, and what is drawn with it."""

    text: str
    number: bool = False
    heat: float | None = None  # 0..1, the ground of a triangle's cell
    brief: str = ""  # its text on a phone
    bar: float | None = None  # 0..1, the length of a bar
    lines: Sequence[str] = ()  # the points of a trend line, of each part between its gaps
    mark: str = ""  # unsure, good, bad

    @property
    def long(self) -> bool:
        """Whether a word of it is wider than a column should be: then it may break anywhere."""
        return any(len(word) > LONG for word in self.text.split())


class Grid(NamedTuple):
    """Some rows under a heading of their own."""

    heading: str
    header: Sequence[tuple[str, str]]  # name, meaning
    rows: Sequence[Sequence[Cell]]
    triangle: bool = False


class Section(NamedTuple):
    """One table."""

    title: str
    grids: Sequence[Grid]
    folded: bool


def render(tables: Sequence[Table]) -> Rendered:
    """All tables on one page, where they come from at its end."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string(files(__package__).joinpath("page.html.j2").read_text("utf-8"))
    meta = tables[0].meta if tables else {}
    notes = list(dict.fromkeys(note for table in tables for note in table.meta.get("notes", ())))
    sections = [_section(table) for table in tables]
    text = page.render(product=clean(meta.get("product") or "saasmetrics"), sections=sections, origin=" · ".join(origin(meta)), notes=map(clean, notes), wide=WIDE, high=HIGH)
    return Rendered(text.encode())


def _section(table: Table) -> Section:
    match table.picture:
        case ("triangle", row, column, value):
            grids = [Grid("", *_triangle(table, row, column, value), triangle=True)]
        case ("groups", key):
            grids = [Grid(clean(str(group)), *_plain_grid(part, table, {key})) for (group,), part in table.frame.group_by(key, maintain_order=True)]
        case _:
            grids = [Grid("", *_plain_grid(table.frame, table, set()))]
    return Section(clean(table.title), grids, table.picture[:1] == ("groups",))


def _plain_grid(frame: pl.DataFrame, table: Table, without: set[str]) -> tuple[list[tuple[str, str]], list[list[Cell]]]:
    shown = [column for column in table.columns if column.name not in without | {GOOD}]
    bars = {table.picture[2] if table.picture[:1] == ("funnel",) else table.picture[1]} if table.picture[:1] in (("bars",), ("funnel",)) else set()
    columns = [_cells(column.unit, frame[column.name], column.name in bars) for column in shown]
    marks = [_mark(row) for row in frame.iter_rows(named=True)]
    rows = [[cell._replace(mark=mark) for cell in cells] for cells, mark in zip(zip(*columns, strict=True), marks, strict=True)]
    return [(column.name.replace("_", " "), column.meaning) for column in shown], rows


def _cells(unit: str, values: pl.Series, bar: bool) -> Iterator[Cell]:
    right = is_numeric(unit, values)
    series = isinstance(values.dtype, pl.List) and values.dtype.inner.is_numeric()
    for value in values.to_list():
        if series and value is not None:
            yield Cell("", lines=_points(value))
        else:
            yield Cell(clean(words(value, unit)), right, bar=float(value) if bar and value is not None else None)


def _mark(row: Mapping[str, Any]) -> str:
    if row.get(GOOD) is not None:
        return "good" if row[GOOD] else "bad"
    return "unsure" if row.get("status") in UNSURE else ""


def _points(values: Sequence[float | None]) -> list[str]:
    """From nothing at the bottom to the highest at the top; the line ends at a gap and begins anew behind it."""
    top = max((value for value in values if value is not None), default=0) or 1
    step = WIDE / max(len(values) - 1, 1)
    parts: list[list[str]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append(f"{at * step:.1f},{HIGH - 1 - (HIGH - 2) * max(value, 0) / top:.1f}")
    return [" ".join(part if len(part) > 1 else part * 2) for part in parts if part]


def _triangle(table: Table, row: str, column: str, value: str) -> tuple[list[tuple[str, str]], list[list[Cell]]]:
    """Cohorts down, periods across; the deeper the ground, the higher the value."""
    units = {each.name: each.unit for each in table.columns}
    across = table.frame[column].unique().sort().to_list()
    known = [float(one) for one in table.frame[value].drop_nulls()]
    low, span = (min(known), max(known) - min(known) or 1.0) if known else (0.0, 1.0)
    told = {(one[row], one[column]): one for one in table.frame.iter_rows(named=True)}
    rows = []
    for head in table.frame[row].unique(maintain_order=True).to_list():
        cells = [_tile(told.get((head, each), {}), value, units[value], low, span) for each in across]
        rows.append([Cell(clean(words(head, units[row]))), *cells])
    return [(row, ""), *((words(each, units[column]), "") for each in across)], rows


def _tile(one: Mapping[str, Any], value: str, unit: str, low: float, span: float) -> Cell:
    number = one.get(value)
    unsure = one.get("status") in UNSURE
    heat = None if number is None else (0.15 if unsure else 0.5) * (0.1 + 0.9 * (float(number) - low) / span)
    shaky = SHAKY * bool(number is not None and one.get(UNSTABLE))
    text = words(number, unit) + shaky
    brief = share(float(number), 0).rstrip("%") + shaky if number is not None and unit == "share" else text
    return Cell(text, True, heat, brief, mark="unsure" if unsure else "")
