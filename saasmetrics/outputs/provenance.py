"""Where a table comes from, in the two forms outputs need: a line for people, plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from saasmetrics.messages import noun
from saasmetrics.outputs.cells import UNICODE, Glyphs, words
from saasmetrics.tables import Table


def about(table: Table) -> dict[str, Any]:
    """Name, title and columns of a table with its meta, ready for JSON."""
    columns = [{"name": column.name, "unit": column.unit, "meaning": column.meaning} for column in table.columns]
    return {"name": table.name, "title": table.title, "columns": columns, **table.meta}


def origin(meta: Mapping[str, Any], glyphs: Glyphs = UNICODE) -> list[str]:
    """`as of 2026-11-16`, `Europe/Berlin`, `definitions 9f3c2a1`, …, `3 files, …`, as far as it is known."""
    return list(_parts(meta, glyphs))


def _parts(meta: Mapping[str, Any], glyphs: Glyphs) -> Iterator[str]:
    if meta.get("as_of"):
        yield f"as of {meta['as_of']}"
    if meta.get("timezone"):
        yield str(meta["timezone"])
    if fingerprint := (meta.get("definitions") or {}).get("fingerprint"):
        yield f"definitions {str(fingerprint)[:7]}"
    if meta.get("version"):
        yield f"saasmetrics {meta['version']}"
    files, ledger = _files(meta, glyphs), _ledger(meta, glyphs)
    if files or ledger:
        yield ", ".join(filter(None, (files, ledger)))


def _files(meta: Mapping[str, Any], glyphs: Glyphs) -> str:
    n = len(meta.get("inputs") or meta.get("ledger") or ())
    return f"{words(n, 'count', glyphs)} {noun(n, 'file')}" if n else ""


def _ledger(meta: Mapping[str, Any], glyphs: Glyphs) -> str:
    ledger = meta.get("ledger") or ()
    if not ledger:
        return ""
    counts = {
        what: sum(_count(entry.get(what)) for entry in ledger) for what in ("rows_read", "used", "filtered", "rejected")
    }
    told = {what: words(n, "count", glyphs) for what, n in counts.items()}
    rest = [f"{told[what]} {what}" for what in ("filtered", "rejected") if counts[what]]
    return ", ".join([f"{told['rows_read']} rows: {told['used']} used", *rest])


def _count(entry: Any) -> int:
    return sum(entry.values()) if isinstance(entry, Mapping) else int(entry or 0)
