"""Whether both sides found the same: every column that the SQL makes, every row."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from math import isclose
from pathlib import Path
from typing import Any


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any], who: str = "duckdb") -> list[str]:
    """Table by table, the first rows that differ."""
    return [line for name, (columns, rows) in theirs.items() for line in _table(name, columns, rows, ours[name], who)]


def _table(name: str, columns: list[str], rows: list[Any], ours: Any, who: str) -> list[str]:
    names, found = ours
    places = [names.index(column) for column in columns]
    left = sorted(([_plain(row[at]) for at in places] for row in found), key=_rough)
    right = sorted(([_plain(value) for value in row] for row in rows), key=_rough)
    unlike = [(a, b) for a, b in zip(left, right, strict=False) if not all(map(_same, a, b))]
    sizes = [f"{name}: {len(left)} rows, {who} has {len(right)}"] if len(left) != len(right) else []
    return sizes + [f"{name} {columns}:\n  ours   {a}\n  {who} {b}" for a, b in unlike[:3]]


def _trends(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    for name, values in theirs.items():
        if len(values) != len(ours[name]) or not all(_same(_plain(a), _plain(b)) for a, b in zip(ours[name], values, strict=True)):
            yield f"report, {name}:\n  ours   {ours[name]}\n  duckdb {values}"


def _plain(value: Any) -> Any:
    """Dates without a time of day, and every number as a float."""
    if isinstance(value, str):
        return value[:10] if value[4:5] == "-" and value[7:8] == "-" else value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _rough(row: list[Any]) -> str:
    return str([f"{value:.4g}" if isinstance(value, float) else value for value in row])


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return bool(a == b)


def unlike(folder: Path, names: list[str]) -> Iterator[str]:
    """What differs between our side and each of the others, of these measurements."""
    for name in names:
        for who in (".duckdb.", ".chdb.", ".pandas."):
            twin = name.replace(".ours.", who)
            if twin in names and twin != name:
                ours, theirs = (json.loads((folder / f"{each}.json").read_text("utf-8")) for each in (name, twin))
                if name.startswith("report"):
                    yield from _trends(ours, theirs)
                elif name.startswith(("fold", "duties")):
                    yield from [] if ours == theirs else [f"{name} {ours}\n{twin} {theirs}"]
                else:
                    yield from differences(ours, theirs, who.strip("."))


if __name__ == "__main__":
    problems = list(unlike(Path(sys.argv[1]), sys.argv[2:]))
    sys.exit("\n".join(problems) if problems else 0)
