"""Columns on a screen: what fits beside each other, what is folded, what goes below. Nothing is ever cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rich.box import Box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Column as RichColumn
from rich.table import Table as RichTable
from rich.text import Text

from saasmetrics.outputs.cells import Glyphs
from saasmetrics.outputs.strips import FOLDED, Strip, pieces

GAP = 2
FEW = 3  # rows: fewer are read one by one


def layout(strips: Sequence[Strip], width: int | None, glyphs: Glyphs, gap: int = GAP) -> Iterator[RenderableType]:
    """The columns as one table; or as several below each other, each with the keys, or where none is shown with the first
    column; or as one block a row."""
    strips = strips if any(strip.key for strip in strips) else [*(replace(strip, key=True) for strip in strips[:1]), *strips[1:]]
    plain = [strip for strip in strips if strip.fractions is None]
    gap = gap if fits(plain, width, gap) or not fits(plain, width, 1) else 1
    if width is None or fits(strips, width, gap):
        parts = [strips]
    else:
        parts = [plain] if fits(plain, width, gap) else _parts(strips, width, gap)
    tables = (_table(part, width, glyphs, gap) for part in parts)
    return _stacked(tables if parts or width is None else _records(plain, width))


def fits(strips: Sequence[Strip], width: int | None, gap: int = GAP) -> bool:
    """Do they stand beside each other?"""
    return width is None or _room(strips, width, gap) >= 0


def unfolded(strips: Sequence[Strip], width: int | None) -> bool:
    """Do they, with every text on one line?"""
    if width is None or not fits(strips, width, 1):
        return width is None
    return all(room >= strip.widest for strip, room in zip(strips, _widths(strips, width, 1), strict=True) if strip.folds)


def _stacked(blocks: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """An empty line between each two."""
    for at, block in enumerate(blocks):
        yield from ([Text()] if at else [])
        yield block


def _room(strips: Sequence[Strip], width: int, gap: int) -> int:
    """Cells left over when every strip has its least; below zero it does not fit."""
    return width - sum(strip.least + gap for strip in strips) + gap


def _parts(strips: Sequence[Strip], width: int, gap: int) -> list[Sequence[Strip]]:
    """As many columns as fit, again and again, behind the keys, long texts last; nothing when that would be no help."""
    keys = [strip for strip in strips if strip.key]
    rest = sorted((strip for strip in strips if not strip.key), key=lambda strip: strip.folds and strip.widest > FOLDED)
    rows = max((len(strip.cells) for strip in strips), default=0)
    if rows < FEW or any(_room([*keys, strip], width, gap) < 0 for strip in rest) or _room(keys, width, gap) < width // 3:
        return []
    parts: list[Sequence[Strip]] = [keys]
    for strip in rest:
        if _room([*parts[-1], strip], width, gap) < 0:
            parts.append(keys)
        parts[-1] = [*parts[-1], strip]
    return parts


def _widths(strips: Sequence[Strip], width: int | None, gap: int) -> list[int]:
    """Each its least; what is left goes to folded text by its need, then to headers that it unfolds, and to bars."""
    if width is None:
        return [strip.widest for strip in strips]
    more = [strip.widest - strip.least for strip in strips]
    room = _room(strips, width, gap)
    needed = sum(more[at] for at, strip in enumerate(strips) if strip.folds)
    for at in sorted(range(len(strips)), key=lambda at: (not strips[at].folds, more[at])):
        if strips[at].folds:
            more[at] = min(more[at], _room(strips, width, gap) * more[at] // max(needed, 1))
        elif more[at] > room:
            more[at] = room if strips[at].fractions is not None else 0
        room -= more[at]
    return [strip.least + extra for strip, extra in zip(strips, more, strict=True)]


def _table(strips: Sequence[Strip], width: int | None, glyphs: Glyphs, gap: int) -> RichTable:
    widths = _widths(strips, width, gap)
    columns = [
        RichColumn(_folded(strip.header, room), justify="right" if strip.right else "left", width=room, overflow="fold")
        for strip, room in zip(strips, widths, strict=True)
    ]
    line = glyphs.rule
    box = Box(f"    \n    \n {line}{line} \n    \n    \n    \n    \n    \n")
    table = RichTable(*columns, box=box, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0))
    table.header_style, table.border_style = "bold", "dim"
    for row in zip(*(_cells(strip, room, glyphs) for strip, room in zip(strips, widths, strict=True)), strict=True):
        table.add_row(*row)
    return table


def _cells(strip: Strip, width: int, glyphs: Glyphs) -> Sequence[Text]:
    if strip.fractions is None:
        return strip.cells
    return [Text(bar(fraction, width, glyphs), style="cyan") for fraction in strip.fractions]


def _records(strips: Sequence[Strip], width: int) -> Iterator[RenderableType]:
    """One block a row, one line a column; for what is too wide for any table. Of many rows, in as few lines as it takes."""
    if any(len(strip.cells) >= FEW for strip in strips):
        yield from (_brief(row, strips, width) for row in zip(*(strip.cells for strip in strips), strict=True))
        return
    names = min(max(cell_len(strip.header) for strip in strips), width // 2)
    for row in zip(*(strip.cells for strip in strips), strict=True):
        columns = RichColumn(width=names, overflow="fold", style="dim"), RichColumn(overflow="fold")
        block = RichTable.grid(*columns, padding=(0, GAP, 0, 0))
        for strip, cell in zip(strips, row, strict=True):
            block.add_row(Text(strip.header), cell)
        yield block


def _brief(row: Sequence[Text], strips: Sequence[Strip], width: int) -> RenderableType:
    """The keys, the figures one behind the other, each long text below them."""
    block = RichTable.grid(RichColumn(width=width, overflow="fold"))
    pairs = list(zip(strips, row, strict=True))
    long = [strip for strip in strips if strip.folds and strip.widest > FOLDED]
    block.add_row(Text("  ".join(cell.plain for strip, cell in pairs if strip.key), style="bold"))
    figures = [f"{strip.header} {cell.plain}" for strip, cell in pairs if not strip.key and strip not in long]
    lines = "\n".join(_lines(figures, width))
    block.add_row(Text(lines) if lines else Text())
    for cell in (cell for strip, cell in pairs if strip in long):
        block.add_row(cell)
    return block


def _lines(parts: Sequence[str], width: int) -> Iterator[str]:
    """Parts side by side, as many as a line takes."""
    line = ""
    for part in parts:
        if line and cell_len(line) + GAP + cell_len(part) > width:
            yield line
            line = ""
        line = f"{line}{' ' * GAP}{part}" if line else part
    if line:
        yield line


def bar(fraction: float | None, width: int, glyphs: Glyphs) -> str:
    """A bar of `fraction` of the width; what is more than nothing shows."""
    steps = len(glyphs.bars)
    length = round(max(0.0, min(1.0, fraction or 0.0)) * width * steps)
    full, part = divmod(max(length, 1 if fraction and fraction > 0 else 0), steps)
    return glyphs.bars[-1] * full + (glyphs.bars[part - 1] if part else "")


def _folded(header: str, width: int) -> Text:
    """`eligible_accounts` in eight cells: `eligible_` over `accounts`."""
    lines = [""]
    for piece in pieces(header):
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return Text("\n".join(lines))


def flow(parts: Sequence[str], width: int | None, glyphs: Glyphs) -> Iterator[Text]:
    """Parts with a dot between, folded between two parts where that is possible."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} {glyphs.dot} {part}" if lines else part
        if lines and (width is None or cell_len(longer) <= width):
            lines[-1] = longer
        else:
            lines.append(part)
    return (Text(line, style="dim") for line in lines)
