"""On a screen too narrow for all columns, or for a text on one line, a column that says the same in every row is said once, below the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from saasmetrics.outputs.grid import unfolded
from saasmetrics.outputs.screen import Screen
from saasmetrics.outputs.strips import FOLDED, Strip

FEWEST = 3  # rows, before it is a pattern


def telling(strips: Sequence[Strip], screen: Screen) -> tuple[list[Strip], list[str]]:
    """The columns that differ from row to row, and what the others say of all the rows."""
    rows = max((len(strip.cells) for strip in strips), default=0)
    if rows < FEWEST or unfolded(strips, screen.width):
        return list(strips), []
    same = [strip for strip in strips if _same(strip)]
    same = same if any(strip.key and strip not in same for strip in strips) else [strip for strip in same if not strip.key]
    return [strip for strip in strips if strip not in same], [*_said(same, screen)]


def _same(strip: Strip) -> bool:
    texts = {cell.plain for cell in strip.cells}
    return len(texts) == 1 and strip.header != "account" and len(texts.pop()) <= FOLDED


def _said(same: Sequence[Strip], screen: Screen) -> Iterator[str]:
    null = screen.glyphs.null
    told = [f"{strip.header} {strip.cells[0].plain}" for strip in same if strip.cells[0].plain != null]
    empty = [strip.header for strip in same if strip.cells[0].plain == null]
    yield from _begun("in each of these rows: ", told)
    yield from _begun("empty in all of them: ", empty)


def _begun(words: str, parts: Sequence[str]) -> list[str]:
    """The words before the first part; the screen folds between the parts."""
    return [words + part if at == 0 else part for at, part in enumerate(parts)]
