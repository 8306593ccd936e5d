"""The merges: accounts that became part of another. Grain: one account that is gone. Columns: from, to, effective (µs)."""

from __future__ import annotations

import polars as pl

from saasmetrics.definitions.sources import Merges
from saasmetrics.messages import refuse
from saasmetrics.sources.keys import once
from saasmetrics.sources.reading import Reader
from saasmetrics.sources.rows import read as read_rows


def read(reader: Reader, source: Merges) -> pl.DataFrame:
    """All merges, whenever they took effect (null: ever since). Refuses an account that would come round to itself."""
    rows = read_rows(reader, source, "merges", [], ["effective"], ["from", "to"])
    kept = once(rows, ["from"], "merges", reader)
    into = dict(kept.select("from", "to").iter_rows())
    for file, line, name in kept.select("_file", "_line", "from").iter_rows():
        if _comes_round(name, into):
            refuse("SM314", f"account '{name}' is merged into others that are merged into it", rows.entries[file].path, line)
    return kept.select("from", "to", "effective")


def _comes_round(name: str, into: dict[str, str]) -> bool:
    passed, at = {name}, into.get(name)
    while at is not None and at not in passed:
        passed.add(at)
        at = into.get(at)
    return at is not None
