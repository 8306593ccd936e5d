"""Tables → bytes, nothing else: one file a format, each with a `render`; `write` alone knows where bytes go."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from saasmetrics.messages import did_you_mean, refuse

if TYPE_CHECKING:
    from saasmetrics.tables import Table

FORMATS = {"table": "terminal", **{name: name for name in ("csv", "json", "ndjson", "parquet")}, "md": "markdown", **{name: name for name in ("html", "xlsx")}}
READ = ("table", "md", "html", "xlsx")  # by people; programs get UTC
ENDINGS = {"txt": "table", "htm": "html", "jsonl": "ndjson", **{name: name for name in FORMATS if name != "table"}}

Color = Literal["auto", "always", "never"]


class Rendered(NamedTuple):
    """The bytes of an output, and what a person should be told about their making."""

    data: bytes
    notes: tuple[str, ...] = ()


class Files(NamedTuple):
    """One file a table, by file name, as `write.to_directory` takes them; `about` is what its manifest tells."""

    data: dict[str, bytes]
    about: dict[str, dict[str, Any]]
    notes: tuple[str, ...] = ()


def render(
    tables: Sequence[Table],
    fmt: str,
    *,
    limit: int = 0,
    raw: bool = False,
    color: Color = "auto",
    width: int | None = None,
) -> Rendered:
    """The tables as one output.

    `limit` rows a table (0: all). `raw` is for csv: formulas are left alive. `color` and `width` are for table:
    width None asks the terminal, and where there is none, or for 0, every line is as long as it needs to be.
    """
    if fmt not in FORMATS:
        refuse("SM130", f"there is no format '{fmt}'{did_you_mean(fmt, FORMATS)}; formats: {', '.join(FORMATS)}")
    if fmt == "parquet" and len(tables) > 1:
        names = ", ".join(table.name for table in tables)
        refuse("SM130", f"parquet holds one table a file: choose one of {names}, or write them all with -o DIRECTORY/")
    tables = _civil(tables) if fmt in READ else tables
    made = import_module(f"{__name__}.{FORMATS[fmt]}").render
    given = {"limit": limit, "raw": raw, "color": color, "width": width}
    taken = {name: value for name, value in given.items() if name in inspect.signature(made).parameters}
    if "limit" in taken:
        return cast(Rendered, made(tables, **taken))
    shortened, cuts = _shortened(tables, limit)
    rendered: Rendered = made(shortened, **taken)
    return Rendered(rendered.data, cuts + rendered.notes)


def render_each(tables: Sequence[Table], fmt: str, **options: Any) -> Files:
    """One file a table, named after it."""
    from saasmetrics.outputs.provenance import about

    ending = fmt if fmt in ENDINGS else next(ending for ending, known in ENDINGS.items() if known == fmt)
    made = {f"{table.name}.{ending}": render([table], fmt, **options) for table in tables}
    data = {name: rendered.data for name, rendered in made.items()}
    notes = tuple(f"{name}: {note}" for name, rendered in made.items() for note in rendered.notes)
    return Files(data, dict(zip(made, map(about, tables), strict=True)), notes)


def format_of(path: str | PurePath) -> str:
    """The format a file's ending asks for."""
    ending = PurePath(path).suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{each}" for each in ENDINGS)
        refuse("SM130", f"no format writes '{PurePath(path).name}'; endings are {known}; or give one with -f")
    return ENDINGS[ending]


def _civil(tables: Sequence[Table]) -> list[Table]:
    """Their times as the product's clocks showed them."""
    from saasmetrics.outputs.cells import civil

    return [replace(table, frame=civil(table.frame, table.meta.get("timezone"))) for table in tables]


def _shortened(tables: Sequence[Table], limit: int) -> tuple[list[Table], tuple[str, ...]]:
    from saasmetrics.outputs.limit import shorten

    pairs = [shorten(table, limit) for table in tables]
    return [table for table, _ in pairs], tuple(f"{table.name}: {cut}" for table, cut in pairs if cut)
