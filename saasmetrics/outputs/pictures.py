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
from saasmetrics.outputs.telling import telling
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
        case ("funnel", label, value, *flag):
            yield _funnel(table, label, value, flag, screen)
        case ("bars", value):
            yield _block(_with_bars(table, value, screen), screen)
        case _:
            yield _block(strips(table, screen), screen)


def _block(shown: Sequence[Strip], screen: Screen) -> Block:
    kept, legend = telling(shown, screen)
    return Block(kept, legend=legend)


def _with_bars(table: Table, value: str, screen: Screen) -> list[Strip]:
    shown = strips(table, screen)
    at = table.frame.columns.index(value) + 1
    return [*shown[:at], Strip("", fractions=_floats(table.frame[value])), *shown[at:]]


def _funnel(table: Table, label: str, value: str, flag: Sequence[str], screen: Screen) -> Block:
    """Bars, and a mark where most is lost: at the step that the flag column names, else at the biggest drop."""
    fractions, worst = _drops(table, label, value)
    worst = table.frame[flag[0]] if flag else worst
    told = [each for each, column in zip(strips(table, screen), table.columns, strict=True) if column.name not in flag]
    bars = Strip("", fractions=_floats(fractions))
    full = [*told, bars, _marks(worst, f"{screen.glyphs.drop} {BIGGEST}")]
    if fits(full, screen.width):
        return Block(full)
    at = [column.name for column in table.columns if column.name not in flag].index(label) + 1
    brief = [*told[:at], _marks(worst, screen.glyphs.drop), bars, *told[at:]]
    return Block(brief, legend=[f"{screen.glyphs.drop} {BIGGEST}"] * bool(worst.any()))


def _drops(table: Table, label: str, value: str) -> tuple[pl.Series, pl.Series]:
    """Each step as a part of the top, and whether most were lost before it; a share is a part of all already."""
    apart = [pl.col(key) for key in _other_keys(table, {label})] or [pl.lit(0)]
    share = next(column.unit for column in table.columns if column.name == value) == "share"
    reached = pl.col(value).cast(pl.Float64).fill_null(0.0)
    drop = reached.shift(1, fill_value=1.0 if share else None) - reached
    worst = (drop > 0) & (drop == drop.max())
    first = (worst & (worst.cum_sum() == 1)).fill_null(False)
    part = reached if share else reached / reached.max()
    made = table.frame.select(part.over(apart).alias("part"), first.over(apart).alias("worst"))
    return made["part"], made["worst"]


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
