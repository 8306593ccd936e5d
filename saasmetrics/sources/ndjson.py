"""NDJSON → text columns: one JSON object a line, numbers kept as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from saasmetrics.messages import did_you_mean
from saasmetrics.sources.columns import Piece, Want, batched, missing
from saasmetrics.sources.files import Input
from saasmetrics.sources.ledger import Entry, Ledger

DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def read(given: Input, path: Path, wants: Sequence[Want], entry: Entry, ledger: Ledger) -> Iterator[Piece]:
    """Pieces of one plain file. A required key that no object has is refused; an optional one is said to be missing."""
    found: set[str] = set()
    keys: dict[str, None] = {}
    yield from batched(_rows(path, wants, entry, ledger, found, keys), wants)
    for want in wants:
        if want.path not in found and entry.rows_read:
            if want.required:
                missing(want, list(keys), given.shown)
            entry.missing[want.name] = did_you_mean(want.path, keys)


def inside(text: str, path: str) -> str | None:
    """The value below the first part of a path, out of a JSON text; null where there is none."""
    try:
        value = DECODER.decode(text) if text else None
    except ValueError:
        return None
    return as_text(_walk(value, path.split(".")[1:]))


def as_text(value: Any) -> str | None:
    """A JSON value as the text by which it is compared; a list of one counts as its element."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _rows(
    path: Path, wants: Sequence[Want], entry: Entry, ledger: Ledger, found: set[str], keys: dict[str, None]
) -> Iterator[tuple[int, list[str | None]]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            entry.rows_read += 1
            record = _object(line, number, entry, ledger)
            if record is not None:
                keys.update(dict.fromkeys(record))
                yield number, [_value(record, want.path, found) for want in wants]


def _object(line: bytes, number: int, entry: Entry, ledger: Ledger) -> dict[str, Any] | None:
    try:
        record = DECODER.decode(line.decode("utf-8-sig").strip())
    except UnicodeDecodeError:
        ledger.reject(entry, "SM308", "not UTF-8", [(number, f"line {number}: not UTF-8")])
        return None
    except (ValueError, RecursionError) as error:
        ledger.reject(entry, "SM307", "not JSON", [(number, f"line {number}: not JSON: {error}")])
        return None
    if not isinstance(record, dict):
        ledger.reject(entry, "SM307", "not an object", [(number, f"line {number}: not a JSON object")])
        return None
    return record


def _value(record: dict[str, Any], path: str, found: set[str]) -> str | None:
    value = record[path] if path in record else _walk(record, path.split("."))
    if path in record or value is not None:
        found.add(path)
    return as_text(value)


def _walk(value: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(value, str) and value[:1] == "{":
            value = DECODER.decode(value)
        value = value.get(part) if isinstance(value, dict) else None
    return value
