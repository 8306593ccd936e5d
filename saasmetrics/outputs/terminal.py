"""Tables for a terminal: title, rows or picture, and where they come from. Data are shown, never obeyed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from saasmetrics.outputs import Color, Rendered
from saasmetrics.outputs.grid import flow, layout
from saasmetrics.outputs.limit import shorten
from saasmetrics.outputs.pictures import blocks
from saasmetrics.outputs.provenance import origin
from saasmetrics.outputs.screen import Screen, screen
from saasmetrics.tables import Table

ENDLESS = 1_000_000


def render(tables: Sequence[Table], *, limit: int = 0, color: Color = "auto", width: int | None = None) -> Rendered:
    """All tables, one below the other."""
    seen = screen(color, width)
    sink = io.StringIO()
    console = _console(sink, seen)
    for table, following in zip(tables, [*tables[1:], None], strict=True):
        for piece in _pieces(table, following, limit, seen):
            console.print(piece)
        if following:
            console.print()
    return Rendered(_harmless(sink.getvalue()).encode(seen.encoding, "backslashreplace"))


def _pieces(table: Table, following: Table | None, limit: int, seen: Screen) -> Iterator[RenderableType]:
    shown, cut = shorten(table, limit)
    yield Text.assemble((seen.safe(table.title), "bold"), (f"  {seen.safe(table.name)}", "dim"))
    for at, block in enumerate(blocks(shown, seen)):
        yield from [Text()] * (at > 0) + [Text(seen.safe(line)) for line in [block.heading] if line]
        yield from layout(block.strips, seen.width, seen.glyphs, block.gap)
        yield from flow([seen.safe(part) for part in block.legend], seen.width, seen.glyphs)
    behind = str(table.meta.get("account_by_account", "")).replace(".", " ").replace("_", "-")
    more = [cut] * bool(cut) + [f"account by account: {behind}"] * bool(behind)
    alone = str(table.meta.get("one_account", ""))
    more += [f"one account: {alone}"] * bool(alone)
    footer = [["no rows"] * (shown.frame.height == 0), more, *_footer(table, following, seen)]
    for parts in footer:
        yield from flow([seen.safe(part) for part in parts], seen.width, seen.glyphs)


def _footer(table: Table, following: Table | None, seen: Screen) -> Iterator[list[str]]:
    """Where the table comes from and its notes: what the following table will say too is left to it."""
    later = following.meta if following else {}
    source = origin(table.meta, seen.glyphs)
    yield source if source != origin(later, seen.glyphs) else []
    yield from ([str(note)] for note in table.meta.get("notes") or () if note not in (later.get("notes") or ()))


def _console(sink: io.StringIO, seen: Screen) -> Console:
    return Console(
        file=sink,
        width=seen.width or ENDLESS,
        height=ENDLESS,
        color_system=seen.colors,  # type: ignore[arg-type]
        force_terminal=seen.colors is not None,
        no_color=seen.colors is None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


def _harmless(text: str) -> str:
    """No blanks at line ends; no line that GitHub Actions takes for a command."""
    return re.sub(r"(?m)^((?:\s|\x1b\[[\d;]*m)*):(?=:)", r"\1\\x3a", re.sub(r"(?m) +$", "", text))
