"""What can be named in a record: columns, and the paths into objects, into JSON that is written as text, into lists of keys with values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from saasmetrics.sources.parquet import fields_of
from saasmetrics.sources.values import DECODER

DEEPEST, MOST = 4, 200


def in_records(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """The paths to single values in JSON objects: in the order in which they are met, the rare ones left out when there are many."""
    return _frequent(path for record in records for path in dict.fromkeys(_walk(record, "", 1)))


def in_texts(column: str, texts: Iterable[str]) -> list[str]:
    """The paths into a column of JSON texts."""
    return _frequent(path for text in texts for path in dict.fromkeys(_walk(_decoded(text), column, 2)) if path != column)


def in_type(column: str, dtype: Any) -> list[tuple[str, Any]]:
    """(path, type) of every field of a typed column; of a list of keys with values its own path."""
    fields = fields_of(dtype)
    if not fields:
        return [(column, dtype)]
    return [found for name, inner in fields.items() if "." not in name for found in in_type(f"{column}.{name}", inner)]


def keyed(dtype: Any) -> Any:
    """Of a list of keys with values, the type of the values."""
    fields = fields_of(dtype.inner) if isinstance(dtype, pl.List) else {}
    return fields["value"] if {"key", "value"} <= fields.keys() else None


def _frequent(paths: Iterable[str]) -> list[str]:
    counts = Counter(paths)
    kept = {path for path, _ in counts.most_common(MOST)}
    return [path for path in counts if path in kept]


def _decoded(text: str) -> Any:
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, str) and value[:1] in ("{", "[") and path:
        value = _decoded(value) or value
    inner = _inner(value)
    if inner is None or depth > DEEPEST or not inner and path:
        yield from [path] * bool(path)
        return
    for key, below in inner.items():
        if "." not in key or not path:
            yield from _walk(below, f"{path}.{key}" if path else key, depth + 1)


def _inner(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, list) and value and all(isinstance(one, dict) and {"key", "value"} <= one.keys() for one in value):
        return {str(one["key"]): one["value"] for one in value}
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    return value if isinstance(value, dict) else None
