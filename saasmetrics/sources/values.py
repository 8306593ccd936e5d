"""JSON values → the text by which they are compared; numbers stay as they were written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

ODD = r"^\[|^-?\d+[.eE]|^-?\d{16,}$"  # what Polars' JSON may have rounded or left in its list


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
        raise ValueError(f"key '{twice}' stands twice")
    return found



class Written(str):
    """A number with a point, as it is written in JSON."""


DECODER = json.JSONDecoder(parse_float=Written, parse_int=str, parse_constant=str, object_pairs_hook=_once)


def inside(text: str, path: str, decimal: str = ".") -> str | None:
    """The value below the first part of a path, out of a JSON text; null where there is none."""
    try:
        return as_text(walk(DECODER.decode(text), path.split(".")[1:]), decimal)
    except ValueError:
        return None


def at_path(column: pl.Expr, path: str, decimal: str = ".") -> pl.Expr:
    """As `inside`, for a column of JSON texts."""
    quick = column.str.json_path_match("$" + "".join(f"['{part}']" for part in path.split(".")[1:]))
    lists = quick.is_null() & (column.str.contains("[", literal=True) if path.count(".") > 1 else column.str.starts_with("["))
    odd = quick.str.contains(ODD).fill_null(False) | lists.fill_null(False)
    exact = pl.when(odd).then(column).map_elements(lambda text: inside(text, path, decimal), return_dtype=pl.String)
    return pl.when(odd).then(exact).otherwise(quick)


def as_text(value: Any, decimal: str = ".") -> str | None:
    """A JSON value as the text by which it is compared; a list of one counts as its element. Numbers have the decimal sign that is read there."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Written):
        return value.replace(".", decimal)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def walk(value: Any, parts: Sequence[str]) -> Any:
    """Down the keys, also through objects that are written as text, lists of one, and lists of keys with values."""
    for part in parts:
        if isinstance(value, str) and value[:1] in ("{", "["):
            value = DECODER.decode(value)
        if isinstance(value, list):
            value = _of_list(value)
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _of_list(values: list[Any]) -> Any:
    """`[{"key": "plan", "value": …}, …]` as an object; a list of one as its element."""
    if values and all(isinstance(one, dict) and {"key", "value"} <= one.keys() for one in values):
        return {one["key"]: one["value"] for one in reversed(values) if isinstance(one["key"], str)}
    return values[0] if len(values) == 1 else None
