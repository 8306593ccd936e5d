"""JSON values → the text by which they are compared; numbers stay as they were written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

ODD = r"^[\[{]|^-?\d+[.eE]|^-?\d{16,}$"  # what Polars' JSON may have rounded, or left in its list or object
TEXT = pl.col("text")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
        raise ValueError(f"key '{twice}' stands twice")
    return found


class Written(str):
    """A number with a point, as it is written in JSON."""


DECODER = json.JSONDecoder(parse_float=Written, parse_int=str, parse_constant=str, object_pairs_hook=_once)
CELL = json.JSONDecoder(parse_float=Written, parse_int=str, parse_constant=str)  # of a key that stands twice in a cell the last holds, as in Polars


def inside(text: str, path: str, decimal: str = ".") -> str | None:
    """The value below the first part of a path, out of a JSON text; null where there is none. Raises `ValueError` where the text is no JSON."""
    if not text or text.isspace():
        return None
    root, *parts = path.split(".")
    try:
        found = as_text(walk(CELL.decode(text), parts, CELL), decimal)
        (found or "").encode()
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{root} is not JSON: {why(error)}") from None
    return found


def at_path(column: pl.Expr, path: str, decimal: str = ".") -> pl.Expr:
    """As `inside`, for a column of JSON texts; null where `wrong` says what is."""
    return column.map_batches(lambda texts: _at_path(texts, path, decimal), return_dtype=pl.String, is_elementwise=True)


def _at_path(texts: pl.Series, path: str, decimal: str) -> pl.Series:
    frame = texts.to_frame("text").with_columns(quick=_quick(TEXT, path))
    held = TEXT.str.contains(path.rpartition(".")[2], literal=True)  # perhaps it is there all the same
    missed = frame.with_row_index("at").filter(pl.col("quick").is_null() & held).filter(_deep(path) | TEXT.str.json_path_match("$").is_null())
    odd = frame["quick"].str.contains(ODD).fill_null(False).arg_true().append(missed["at"])
    return frame["quick"].scatter(odd, [_told(text, path, decimal)[0] for text in texts.gather(odd)]) if len(odd) else frame["quick"]


def wrong(column: pl.Expr, paths: Sequence[str]) -> pl.Expr:
    """What is wrong with a text out of which these paths are wanted; null where it is JSON, or nothing at all."""
    return column.map_batches(lambda texts: _wrong(texts, paths), return_dtype=pl.String, is_elementwise=True)


def _wrong(texts: pl.Series, paths: Sequence[str]) -> pl.Series:
    frame = texts.to_frame("text").with_row_index("at")
    doubtful, blind = [], frame.filter(TEXT.str.contains(r"\S"))
    for path in paths:
        doubtful.append(frame.filter(_deep(path)).filter(_quick(TEXT, path).is_null()))
        blind = blind.filter(_quick(TEXT, path).is_null())  # what one path was found in is JSON
    rows = pl.concat([*doubtful, blind.filter(TEXT.str.json_path_match("$").is_null())]).unique("at").rows()
    told = {at: what for at, text in rows if (what := next((found for path in paths if (found := _told(text, path)[1])), None))}
    return texts.clear(len(texts)).scatter(list(told), list(told.values())) if told else texts.clear(len(texts))


def _quick(column: pl.Expr, path: str) -> pl.Expr:
    return column.str.json_path_match("$" + "".join(f"['{part}']" for part in path.split(".")[1:]))


def _deep(path: str) -> pl.Expr:
    """Whether the value may lie in a list, or in JSON that is itself a text of JSON."""
    lists = TEXT.str.contains("[", literal=True) if path.count(".") > 1 else TEXT.str.contains(r"^\s*\[")
    return (lists | TEXT.str.contains(f'\\"{path.rpartition(".")[2]}', literal=True)).fill_null(False)


def _told(text: str, path: str, decimal: str = ".") -> tuple[str | None, str | None]:
    """The value, or what is wrong."""
    try:
        return inside(text, path, decimal), None
    except ValueError as error:
        return None, str(error)


def why(error: Exception) -> str:
    """What is wrong with a JSON text, in words of that text."""
    if isinstance(error, UnicodeEncodeError):
        return "half a character"
    if isinstance(error, RecursionError):
        return "too many brackets within brackets"
    if isinstance(error, json.JSONDecodeError):
        whole = error.doc.strip() in ("{", "[") or error.msg == "Extra data" and not error.doc.startswith("{")
        return f"{error.msg.removesuffix(' at')} at column {error.colno}" + ("; write one object a line, as `jq -c .` does" if whole else "")
    return str(error)


def as_text(value: Any, decimal: str = ".") -> str | None:
    """A JSON value as the text by which it is compared; a list of one counts as its element, one of none as nothing. Numbers have the decimal sign that is read there."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Written):
        return value.replace(".", decimal)
    if isinstance(value, str):
        return value
    if value is None or value in ([], {}):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def walk(value: Any, parts: Sequence[str], decoder: json.JSONDecoder = DECODER) -> Any:
    """Down the keys, also through objects that are written as text, lists of one, and lists of keys with values."""
    for part in parts:
        if isinstance(value, str) and value[:1] in ("{", "["):
            value = decoder.decode(value)
        if isinstance(value, list):
            value = _of_list(value)
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _of_list(values: list[Any]) -> Any:
    """`[{"key": "plan", "value": …}, …]` as an object; a list of one as its element."""
    if values and all(isinstance(one, dict) and {"key", "value"} <= one.keys() for one in values):
        return {one["key"]: one["value"] for one in reversed(values) if isinstance(one["key"], str)}
    return values[0] if len(values) == 1 else None
