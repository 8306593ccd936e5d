"""Reads the worked examples of the rooms: small aligned tables → facts, and the table they become."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import polars as pl

from saasmetrics import catalog
from saasmetrics.clock import Clock, day_number, instant_of
from saasmetrics.tables import columns, finish


def facts_of(example: catalog.Example) -> dict[str, pl.LazyFrame]:
    return {name: fact(name, text) for name, text in example.given.items()}


def fact(name: str, text: str) -> pl.LazyFrame:
    """One aligned table as a fact: its columns have the units that the fact's docstring declares."""
    units = {column.name: column.unit for column in catalog.facts()[name].columns}
    head, rows = parsed(text)
    data = {column: [value(row[at], units.get(column, "label"), column) for row in rows] for at, column in enumerate(head)}
    types = {column: kind(units.get(column, "label"), column) for column in head}
    return pl.LazyFrame(data, schema=types)


def parsed(text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows; a cell begins where its header does."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("with ")]
    words = list(re.finditer(r"\S+", lines[0]))
    head, starts = [word.group() for word in words], [word.start() for word in words]
    cells = [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in lines[1:]]
    return head, cells


def value(text: str, unit: str, column: str) -> Any:
    if text == "·":
        return None
    if unit == "time":
        return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))
    if unit == "date" or column.endswith("day"):
        return day_number(date.fromisoformat(text))
    if unit == "money":
        return int(Decimal(text) * 10_000)
    if unit == "flag":
        return text == "true"
    if unit == "list":
        items = [item for item in text.strip("[]").split(",") if item]
        return [int(item) for item in items] if items and all(i.strip().lstrip("-").isdigit() for i in items) else items
    return float(text) if unit in ("share", "number") else int(text) if unit in ("count", "score") or column in ("position", "level", "n") else text


def kind(unit: str, column: str) -> Any:
    if column.endswith("day") or unit == "date":
        return pl.Int32
    if unit in ("time", "money", "count", "score") or column in ("position", "level", "n"):
        return pl.Int64
    if unit == "list":
        return pl.List(pl.Int64) if column in ("weekly", "last", "gaps") else pl.List(pl.String)
    return {"flag": pl.Boolean, "share": pl.Float64, "number": pl.Float64}.get(unit, pl.String)


def options(example: catalog.Example) -> dict[str, Any]:
    told = dict(part.split("=", 1) for part in example.settings.split())
    return {name: text if name == "as_of" or text[:1].isalpha() else ast.literal_eval(text) for name, text in told.items()}


def computed(room: catalog.Room, given: Mapping[str, pl.LazyFrame], told: dict[str, Any]) -> pl.DataFrame:
    """The room's table from these facts."""
    told = dict(told)
    clock = Clock(date.fromisoformat(told.pop("as_of", "2026-01-01")))
    function = getattr(import_module(room.module), room.name)
    optional = {need: None for need, kind in function.__annotations__.items() if "None" in kind}
    made = function(*({**optional, **given, "clock": clock}[need] for need in room.needs), **told)
    return finish(made, room, columns(room, told.get("by", ())))


def written(frame: pl.DataFrame) -> list[list[str]]:
    """The cells as an example writes them."""
    return [[cell(item) for item in row] for row in frame.rows()]


def cell(item: Any) -> str:
    if item is None:
        return "·"
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, float):
        return f"{item:.6f}".rstrip("0").rstrip(".")
    if isinstance(item, datetime):
        return item.strftime("%Y-%m-%d %H:%M")
    if isinstance(item, list):
        return f"[{','.join(map(str, item))}]"
    return str(item)
