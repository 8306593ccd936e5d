"""How a table is shown: as it is, or as the picture its room asks for: bars, a funnel, a triangle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl
from rich.text import Text

from saasmetrics.outputs.cells import words
from saasmetrics.outputs.grid import GAP, fits
from saasmetrics.outputs.screen import Screen
from saasmetrics.outputs.strips import Strip, strips
from saasmetrics.outputs.triangle import triangle
from saasmetrics.tables import Table

BIGGEST = "biggest drop"


@dataclass(frozen=True)
class Block:
    """Columns to lay out, the heading over them and the legend below."""

    strips: Sequence[Strip]
    heading: str = ""
    legend: Sequence[str] = ()
    gap: int = GAP


def blocks(table: Table, screen: Screen) -> Iterator[Block]:
    """The table in the picture it asks for."""
    match table.picture:
        case ("triangle", row, column, value):
            for heading, part in _apart(table, {row, column}):
                shown, legend = triangle(part, row, column, value, screen)
                yield Block(shown, heading, legend, gap=1)
        case ("funnel", label, value):
            yield _funnel(table, label, value, screen)
        case ("bars", value):
            yield Block(_with_bars(table, value, screen))
        case _:
            yield Block(strips(table, screen))


def _with_bars(table: Table, value: str, screen: Screen) -> list[Strip]:
    shown = strips(table, screen)
    at = table.frame.columns.index(value) + 1
    return [*shown[:at], Strip("", fractions=_floats(table.frame[value])), *shown[at:]]


def _funnel(table: Table, label: str, value: str, screen: Screen) -> Block:
    """Bars from the top of the funnel, and a mark at the step that most were lost before."""
    apart = [pl.col(key) for key in _other_keys(table, {label})] or [pl.lit(0)]
    reached = pl.col(value).cast(pl.Float64).fill_null(0.0)
    drop = reached.shift(1) - reached
    worst = (drop > 0) & (drop == drop.max())
    first = (worst & (worst.cum_sum() == 1)).fill_null(False)
    made = table.frame.select((reached / reached.max()).over(apart).alias("fraction"), first.over(apart).alias("worst"))
    bars, shown = Strip("", fractions=_floats(made["fraction"])), strips(table, screen)
    told = [*shown, bars, _marks(made["worst"], f"{screen.glyphs.drop} {BIGGEST}")]
    if fits(told, screen.width):
        return Block(told)
    at = table.frame.columns.index(label) + 1
    brief = [*shown[:at], _marks(made["worst"], screen.glyphs.drop), *shown[at:], bars]
    return Block(brief, legend=[f"{screen.glyphs.drop} {BIGGEST}"] * made["worst"].any())


def _marks(where: pl.Series, mark: str) -> Strip:
    return Strip("", [Text(mark if here else "", style="bold yellow") for here in where])


def _floats(values: pl.Series) -> list[float | None]:
    return values.cast(pl.Float64).fill_nan(None).to_list()


def _apart(table: Table, within: set[str]) -> Iterator[tuple[str, Table]]:
    """One table for each combination of the other keys, with its heading."""
    keys = _other_keys(table, within)
    for values, part in table.frame.group_by(keys, maintain_order=True) if keys else [((), table.frame)]:
        named = (f"{key}: {words(value, 'key')}" for key, value in zip(keys, values, strict=True))
        yield ", ".join(named), replace(table, frame=part)


def _other_keys(table: Table, within: set[str]) -> list[str]:
    """The keys that part a table, or are the same all over; not one that only numbers the labels (step 1, step 2)."""
    keys = [column.name for column in table.columns if column.unit == "key" and column.name not in within]
    most = table.frame.group_by(*within).agg(pl.col(keys).n_unique()).select(pl.col(keys).max())
    return [key for key in keys if most[key].to_list() != [1] or table.frame[key].n_unique() == 1]
