"""Vendors' exports, as data: which columns tell one, and which of them are what.

A preset is a file `sources/presets/NAME.yaml`. `needs` are the columns by which it is recognised, `columns` and `time`
fill those of the source, `settings` its other keys, `account` lists the places where the account may be (`*`: any key), `note` is what to know.
`unfit` says why such a file cannot be read as it is: it is recognised, never used.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from saasmetrics.messages import did_you_mean

HOME = Path(__file__).parent.parent / "sources" / "presets"


class Preset(NamedTuple):
    """One kind of export of one vendor."""

    name: str
    title: str
    table: str
    source: str
    needs: tuple[str, ...]
    columns: Mapping[str, str] = {}
    account: tuple[str, ...] = ()
    time: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}
    note: str = ""
    unfit: str = ""


@cache
def named(name: str) -> Preset:
    """The preset of that name."""
    from saasmetrics.definitions.tree import parse

    path = HOME / f"{name}.yaml"
    told = parse(path.read_bytes(), str(path)).data
    lists = {key: tuple(told[key]) for key in ("needs", "account") if key in told}
    return Preset(name, **{**told, **lists})


@cache
def names() -> tuple[str, ...]:
    """All presets, in the order of the alphabet."""
    return tuple(sorted(path.stem for path in HOME.glob("*.yaml")))


def settings_of(name: object, table: str) -> Mapping[str, Any]:
    """The keys of a source that a preset fills; none for what is no preset of that table."""
    known = isinstance(name, str) and name in names() and named(name).table == table
    return named(str(name)).settings if known else {}


def fitting(table: str) -> list[str]:
    """Those that a source of that table can have."""
    return [name for name in names() if named(name).table == table and not named(name).unfit]


def problem_of(name: str, table: str) -> str | None:
    """Why a source of that table cannot have that preset."""
    if name not in names():
        near = did_you_mean(name, fitting(table)) or f"; for {table} there are {', '.join(fitting(table)) or 'none'}"
        return f"there is no preset '{name}'{near}"
    preset = named(name)
    if preset.unfit:
        return f"'{name}' is recognised, but not read: {preset.unfit}"
    return None if preset.table == table else f"'{name}' is for sources.{preset.table}, not for {table}"
