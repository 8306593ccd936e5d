"""One JSON object a line and nothing else; of several tables, each row names its own in `table`."""

from __future__ import annotations

from collections.abc import Sequence

from saasmetrics.outputs import Rendered
from saasmetrics.outputs.json import dumps, rows
from saasmetrics.tables import Table


def render(tables: Sequence[Table]) -> Rendered:
    """All rows of all tables."""
    several = len(tables) > 1
    lines = [dumps({"table": table.name, **row} if several else row) for table in tables for row in rows(table)]
    return Rendered("".join(f"{line}\n" for line in lines).encode())
